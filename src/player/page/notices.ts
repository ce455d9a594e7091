import type { PlayerStrings } from '../protocol.ts';
import type { Route } from '../route.ts';
import { element } from './dom.ts';
import type { Layout } from './layout.ts';
import type { SoundProblem } from './soundPath.ts';
import { fill } from './text.ts';

/** What the page tells a person: over the picture, in the line below the controls, and to screen readers. */
export class Notices {
  readonly #layout: Pick<Layout, 'problem' | 'status' | 'announcement'>;
  readonly #strings: PlayerStrings;
  readonly #openExternally: () => void;
  /** What the line says when there is nothing else to say. */
  #standing = '';

  constructor(
    layout: Pick<Layout, 'problem' | 'status' | 'announcement'>,
    strings: PlayerStrings,
    openExternally: () => void,
  ) {
    this.#layout = layout;
    this.#strings = strings;
    this.#openExternally = openExternally;
  }

  /**
   * There is no picture: the one thing that is said until there is.
   * @param external whether another player may do better
   */
  showProblem(text: string, external = false): void {
    const { problem } = this.#layout;
    this.showStatus('');
    problem.replaceChildren(text, ...(external ? [this.#externalButton()] : []));
    problem.hidden = false;
  }

  hideProblem(): void {
    this.#layout.problem.hidden = true;
  }

  /** @param external whether another player may do better */
  showStatus(text: string, external = false): void {
    this.#layout.status.replaceChildren(text, ...(external ? [this.#externalButton()] : []));
  }

  /** Tells of the sound only where something is to be explained, and there is a picture to be without it. */
  showRoute(route: Route | 'preparing', problem: SoundProblem | undefined): void {
    const { preparingSound, noSound } = this.#strings;
    if (!this.#layout.problem.hidden) return;
    if (route === 'preparing') this.showStatus(preparingSound);
    else if (route === 'silent' && problem) this.showStatus(fill(noSound, this.#reasonOf(problem)), true);
    else this.showStatus(this.#standing);
  }

  /** The video had to start without its sound; it is heard again. */
  showMuted(muted: boolean): void {
    const { status } = this.#layout;
    const was = this.#standing;
    this.#standing = muted ? this.#strings.startsMuted : '';
    if (status.textContent === was) this.showStatus(this.#standing);
  }

  /** Heard by screen readers. */
  say(text: string): void {
    this.#layout.announcement.textContent = text;
  }

  #reasonOf(problem: SoundProblem): string {
    switch (problem) {
      case 'unreadable':
        return this.#strings.soundUnreadable;
      case 'undecodable':
        return this.#strings.soundUndecodable;
      case 'tooLarge':
        return this.#strings.soundTooLarge;
      default:
        return problem.sentence;
    }
  }

  #externalButton(): HTMLElement {
    const button = element('button', { type: 'button' }, this.#strings.openExternally);
    button.addEventListener('click', this.#openExternally);
    return button;
  }
}
