import { MediaChromeButton } from 'media-chrome/dist/media-chrome-button.js';
import { element } from './dom.ts';
import { icon, type IconName } from './icons.ts';

/** A control of media-chrome's looks and keyboard that does something of the player's own. */
class CommandButton extends MediaChromeButton {
  run: () => void = () => undefined;

  /** media-chrome calls this for a click, Enter and Space. */
  override handleClick(): void {
    this.run();
  }

  /** What it does, for the eye and for screen readers. */
  set label(text: string) {
    this.setAttribute('aria-label', text);
    const tooltip = this.querySelector('[slot="tooltip-content"]');
    if (tooltip) tooltip.textContent = text;
  }

  /** For a control that is on or off. */
  set pressed(on: boolean) {
    this.setAttribute('aria-pressed', String(on));
  }
}

customElements.define('player-button', CommandButton);

export type { CommandButton };

export function commandButton(name: IconName, label: string, run: () => void): CommandButton {
  const button = new CommandButton();
  button.run = run;
  button.dataset['command'] = name;
  button.append(icon(name), element('span', { slot: 'tooltip-content' }));
  button.label = label;
  return button;
}
