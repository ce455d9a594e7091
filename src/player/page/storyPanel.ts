import type { PlayerAction, PlayerStrings, Story } from '../protocol.ts';
import { element } from './dom.ts';

/** How the video was made, beside the picture. Prompts are shown as text, whatever they hold. */
export function storyPanel(
  story: Story,
  strings: PlayerStrings,
  run: (action: PlayerAction) => void,
): readonly Node[] {
  const button = (action: PlayerAction, label: string): HTMLButtonElement => {
    const made = element('button', { type: 'button', 'data-action': action }, label);
    made.addEventListener('click', () => run(action));
    return made;
  };
  const nodes: Node[] = [
    element('h2', {}, strings.prompt),
    element('p', { class: 'prompt', dir: 'auto' }, story.prompt),
    element(
      'div',
      { class: 'actions' },
      button('generateAgain', strings.generateAgain),
      button('editAndGenerate', strings.editAndGenerate),
    ),
  ];
  const details = story.details.flatMap(({ label, value }) => [
    element('dt', {}, label),
    element('dd', {}, value),
  ]);
  if (story.source !== undefined) {
    const link = button('openSource', story.source);
    link.className = 'link';
    link.setAttribute('aria-label', `${strings.openSource}: ${story.source}`);
    link.title = strings.openSource;
    details.push(element('dt', {}, strings.source), element('dd', {}, link));
  }
  if (details.length > 0) nodes.push(element('h2', {}, strings.details), element('dl', {}, ...details));
  return nodes;
}
