import type { PlayerStrings } from '../protocol.ts';
import { commandButton, type CommandButton } from './commandButton.ts';
import { element } from './dom.ts';
import { SPEEDS, type KeyCommand } from '../keys.ts';

/** The parts of the page that change. */
export interface Layout {
  readonly video: HTMLVideoElement;
  /** Lies over the video, to cover it. */
  readonly still: HTMLCanvasElement;
  readonly stage: HTMLElement;
  readonly time: HTMLElement;
  readonly details: HTMLElement;
  /** Lies over the picture when there is none. */
  readonly problem: HTMLElement;
  /** One line below the controls that stays until something else is to be said. */
  readonly status: HTMLElement;
  /** Heard by screen readers, not seen. */
  readonly announcement: HTMLElement;
  readonly loopButton: CommandButton;
  readonly detailsButton: CommandButton;
  readonly fullscreenButton: CommandButton;
}

export function buildLayout(
  strings: PlayerStrings,
  run: (command: KeyCommand) => void,
  copyMarkdown: () => void,
): Layout {
  // Frames of another origin (VS Code serves files from one) may only be read when the file was asked for with CORS.
  const video = element('video', {
    slot: 'media',
    playsinline: true,
    preload: 'auto',
    crossorigin: 'anonymous',
    'aria-label': strings.player,
  });
  const still = element('canvas', { id: 'still', 'aria-hidden': 'true', hidden: true });
  const problem = element('p', { id: 'problem', role: 'alert', hidden: true });
  const time = element('div', { id: 'time', role: 'timer', 'aria-label': strings.time });
  const details = element('aside', { id: 'details', 'aria-label': strings.details, hidden: true });
  const status = element('div', { id: 'status', role: 'status' });
  const announcement = element('div', { id: 'announcement', class: 'heard', 'aria-live': 'polite' });
  const loopButton = commandButton('loop', strings.loop, () => run({ do: 'toggleLoop' }));
  const detailsButton = commandButton('details', strings.showDetails, () => run({ do: 'toggleDetails' }));
  detailsButton.setAttribute('aria-controls', 'details');
  const fullscreenButton = commandButton('fullscreen', strings.enterFullscreen, () =>
    run({ do: 'toggleFullscreen' }),
  );
  const stage = element(
    'main',
    { id: 'stage' },
    element(
      'div',
      { id: 'picture' },
      element(
        'media-controller',
        { id: 'controller', nohotkeys: true, noautohide: true, novolumepref: true, nomutedpref: true },
        video,
      ),
      still,
      problem,
    ),
    element(
      'media-control-bar',
      { id: 'controls', mediacontroller: 'controller' },
      element('media-time-range'),
      element(
        'div',
        { class: 'group' },
        commandButton('previousFrame', strings.previousFrame, () => run({ do: 'stepFrames', frames: -1 })),
        element('media-play-button'),
        commandButton('nextFrame', strings.nextFrame, () => run({ do: 'stepFrames', frames: 1 })),
        time,
      ),
      element(
        'div',
        { class: 'group' },
        loopButton,
        element('media-playback-rate-button', { rates: SPEEDS.join(' ') }),
        element('media-mute-button'),
        element('media-volume-range'),
      ),
      element(
        'div',
        { class: 'group' },
        commandButton('saveFrame', strings.saveFrame, () => run({ do: 'saveFrame' })),
        commandButton('copyMarkdown', strings.copyMarkdown, copyMarkdown),
        detailsButton,
        fullscreenButton,
      ),
    ),
    status,
    announcement,
  );
  document.body.append(stage, details);
  return {
    video,
    still,
    stage,
    time,
    details,
    problem,
    status,
    announcement,
    loopButton,
    detailsButton,
    fullscreenButton,
  };
}
