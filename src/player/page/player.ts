import { commandOf, goesOn, type KeyCommand } from '../keys.ts';
import {
  MAX_THUMBNAIL_SIDE,
  type Media,
  type OpenMessage,
  type PageMessage,
  type PlayerAction,
  type Preferences,
  type Story,
} from '../protocol.ts';
import type { Requests } from '../requests.ts';
import { clockTime, timeCode } from '../time.ts';
import { Autoplay } from './autoplay.ts';
import { decodeSound } from './decodeSound.ts';
import { element } from './dom.ts';
import { FrameClock, type ShownFrame } from './frameClock.ts';
import { grabFrame } from './grabFrame.ts';
import { HeldFrame } from './heldFrame.ts';
import { buildLayout, type Layout } from './layout.ts';
import type { PageMemory } from './memory.ts';
import { Notices } from './notices.ts';
import { ReverseShuttle } from './shuttle.ts';
import { SoundPath } from './soundPath.ts';
import { storyPanel } from './storyPanel.ts';
import { fill, messageOf } from './text.ts';
import { Transport, UNKNOWN_FRAME } from './transport.ts';

export interface Host {
  readonly memory: PageMemory;
  readonly requests: Requests;
  readonly post: (message: PageMessage) => void;
  readonly decodesAac: Promise<boolean>;
}

/** The player as a person uses it: connects its parts, and asks the extension for what the page cannot do. */
export class Player {
  readonly #open: OpenMessage;
  readonly #host: Host;
  readonly #layout: Layout;
  readonly #clock: FrameClock;
  readonly #shuttle: ReverseShuttle;
  readonly #transport: Transport;
  readonly #notices: Notices;
  readonly #autoplay: Autoplay;
  readonly #soundPath: SoundPath;
  #wantsThumbnail: boolean;
  #detailsOpen: boolean;
  #hasStory = false;
  #said: Preferences | undefined;
  #media: Media;

  constructor(open: OpenMessage, host: Host) {
    this.#open = open;
    this.#host = host;
    this.#media = open.media;
    this.#wantsThumbnail = open.wantsThumbnail;
    const { strings } = open;
    this.#layout = buildLayout(
      strings,
      command => this.#run(command),
      () => void this.#act('copyMarkdown'),
    );
    const { video, still } = this.#layout;
    this.#notices = new Notices(this.#layout, strings, () => void this.#act('openExternally'));
    this.#clock = new FrameClock(video, shown => this.#showTime(shown));
    this.#shuttle = new ReverseShuttle(video);
    this.#transport = new Transport({
      video,
      clock: this.#clock,
      shuttle: this.#shuttle,
      strings,
      say: text => this.#notices.say(text),
      onLoop: on => {
        this.#layout.loopButton.pressed = on;
        this.#saveState();
      },
    });
    this.#autoplay = new Autoplay(video, muted =>
      this.#notices.showMuted(muted && this.#media.sound !== 'none'),
    );
    const heldFrame = new HeldFrame(video, still);
    this.#soundPath = new SoundPath(video, {
      decodesAac: host.decodesAac,
      playbackCopy: async () => (await host.requests.ask({ kind: 'playbackCopy' })).url,
      decode: decodeSound,
      play: () => void this.#autoplay.play(),
      onSwap: () => heldFrame.hold(),
      onUnplayable: () => this.#notices.showProblem(strings.cannotPlay, true),
      onRoute: (route, problem) => {
        document.body.dataset['route'] = route;
        host.post({ type: 'log', text: `sound route: ${route}` });
        this.#notices.showRoute(route, problem);
      },
    });

    const state = host.memory.state(open.continues);
    this.#detailsOpen = state?.detailsOpen ?? true;
    this.#transport.setLoop(state?.loop ?? open.settings.loop);
    this.#transport.setSpeed(state?.rate ?? 1);
    video.volume = open.preferences.volume;
    video.muted = open.preferences.muted;
    // The system says it, or VS Code's own setting, which is a class of the body.
    const reducesMotion =
      window.matchMedia('(prefers-reduced-motion: reduce)').matches ||
      document.body.classList.contains('vscode-reduce-motion');
    this.showStory(open.story);
    this.#listen();
    this.#load(open.media, {
      seconds: state?.seconds ?? 0,
      playing: (state?.playing ?? open.settings.autoplay) && !reducesMotion,
    });
  }

  /** The file was replaced: shows the new one from its start. */
  replaceMedia(media: Media): void {
    this.#load(media, { seconds: 0, playing: this.#soundPath.playing });
  }

  showGone(text: string): void {
    this.#layout.video.pause();
    this.#notices.showProblem(text);
  }

  showStory(story: Story | undefined): void {
    const { details, detailsButton } = this.#layout;
    details.replaceChildren(
      ...(story ? storyPanel(story, this.#open.strings, action => void this.#act(action)) : []),
    );
    this.#hasStory = story !== undefined;
    detailsButton.hidden = !this.#hasStory;
    this.#showDetails(this.#detailsOpen);
  }

  dispose(): void {
    this.#shuttle.stop();
    this.#soundPath.dispose();
  }

  #load(media: Media, resume: { seconds: number; playing: boolean }): void {
    this.#notices.hideProblem();
    this.#clock.facts = media;
    this.#media = media;
    void this.#soundPath.load(media, resume);
  }

  #listen(): void {
    const { video } = this.#layout;
    for (const type of ['timeupdate', 'play', 'pause', 'seeked', 'ratechange'] as const)
      video.addEventListener(type, () => this.#saveState());
    video.addEventListener('volumechange', () => {
      if (this.#autoplay.mutes) return;
      // Until the page is touched the volume is only what it was given.
      if (navigator.userActivation.hasBeenActive) this.#sayPreferences();
    });
    video.addEventListener('loadeddata', () => this.#checkPicture());
    // There may be a picture behind what is said of there being none.
    const refuse = (event: Event): void => {
      if (!this.#layout.problem.hidden) event.stopPropagation();
    };
    document.addEventListener('mediaplayrequest', refuse, { capture: true });
    document.addEventListener('keydown', event => this.#onKey(event));
    document.addEventListener('fullscreenchange', () => {
      const { enterFullscreen, exitFullscreen } = this.#open.strings;
      this.#layout.fullscreenButton.label = document.fullscreenElement ? exitFullscreen : enterFullscreen;
    });
  }

  /** Of a picture in a format that is unknown here (HEVC, for one) browsers play the sound alone, without a word. */
  #checkPicture(): void {
    const { video } = this.#layout;
    if (video.videoWidth > 0 || !this.#media.frames) this.#notices.hideProblem();
    else {
      video.pause();
      this.#notices.showProblem(this.#open.strings.cannotPlay, true);
    }
  }

  #saveState(): void {
    const { video } = this.#layout;
    if (video.readyState < HTMLMediaElement.HAVE_METADATA) return;
    this.#host.memory.save({
      seconds: video.currentTime,
      playing: !video.paused,
      rate: video.playbackRate,
      loop: video.loop,
      detailsOpen: this.#detailsOpen,
    });
  }

  #onKey(event: KeyboardEvent): void {
    const command = commandOf({
      key: event.key,
      code: event.code,
      shift: event.shiftKey,
      modified: event.ctrlKey || event.altKey || event.metaKey,
      focus: focusOf(event.target),
    });
    if (!command || event.defaultPrevented) return;
    event.preventDefault();
    if (!event.repeat || goesOn(command)) this.#run(command);
  }

  #run(command: KeyCommand): void {
    switch (command.do) {
      case 'toggleFullscreen':
        void this.#toggleFullscreen();
        break;
      case 'toggleDetails':
        this.#detailsOpen = !this.#detailsOpen;
        this.#showDetails(this.#detailsOpen);
        this.#saveState();
        break;
      case 'saveFrame':
        void this.#saveFrame();
        break;
      default:
        if (this.#layout.problem.hidden) this.#transport.run(command);
        // Not when the video tells of it: by then the page may be gone.
        if (command.do === 'changeVolume' || command.do === 'toggleMute') this.#sayPreferences();
    }
  }

  #showDetails(open: boolean): void {
    this.#layout.details.hidden = !open || !this.#hasStory;
    this.#layout.detailsButton.setAttribute('aria-expanded', String(open));
  }

  #sayPreferences(): void {
    const { volume, muted } = this.#layout.video;
    if (this.#said?.volume === volume && this.#said.muted === muted) return;
    const preferences = { volume, muted };
    this.#said = preferences;
    this.#host.memory.say(preferences);
    this.#host.post({ type: 'preferences', preferences });
  }

  async #toggleFullscreen(): Promise<void> {
    if (document.fullscreenElement) await document.exitFullscreen();
    else if (document.fullscreenEnabled) await this.#layout.stage.requestFullscreen();
    else this.#host.post({ type: 'toggleFullscreen' });
  }

  async #saveFrame(): Promise<void> {
    const { strings } = this.#open;
    const { video } = this.#layout;
    if (video.videoWidth === 0) {
      this.#notices.showStatus(fill(strings.frameFailed, strings.noPicture));
      return;
    }
    this.#transport.pause();
    try {
      const { shown, picture } = await this.#clock.look(seen => ({ shown: seen, picture: grabFrame(video) }));
      const { seconds, frame } = shown;
      const { name } = await this.#host.requests.ask({
        kind: 'saveFrame',
        png: await picture,
        seconds,
        ...(frame !== undefined && { frame }),
      });
      this.#notices.showStatus(fill(strings.frameSaved, name));
    } catch (error) {
      this.#notices.showStatus(fill(strings.frameFailed, messageOf(error)));
    }
  }

  async #act(action: PlayerAction): Promise<void> {
    const { strings } = this.#open;
    try {
      await this.#host.requests.ask({ kind: 'action', action });
      if (action === 'copyMarkdown') this.#notices.showStatus(strings.markdownCopied);
    } catch (error) {
      this.#notices.showStatus(fill(strings.actionFailed, messageOf(error)));
    }
  }

  #showTime(shown: ShownFrame): void {
    // While a frame covers the change of the address its time stays too.
    if (!this.#layout.still.hidden) return;
    const { strings } = this.#open;
    const { seconds, frameRate, frame, frames } = shown;
    const { time, video } = this.#layout;
    const parts =
      frameRate === undefined || frame === undefined
        ? [clockTime(seconds)]
        : [
            timeCode(frame, frameRate),
            frames === undefined
              ? fill(strings.frame, String(frame))
              : fill(strings.frameOf, String(frame), String(frames - 1)),
          ];
    time.replaceChildren(...parts.map(part => element('span', {}, part)));
    if (video.paused && this.#shuttle.speed === 0) this.#notices.say(parts.join(', '));
    if (this.#wantsThumbnail && seconds < UNKNOWN_FRAME / 2) this.#giveThumbnail();
  }

  #giveThumbnail(): void {
    this.#wantsThumbnail = false;
    void grabFrame(this.#layout.video, MAX_THUMBNAIL_SIDE).then(
      png => this.#host.post({ type: 'thumbnail', png }),
      (error: unknown) => this.#host.post({ type: 'log', text: `no thumbnail: ${messageOf(error)}` }),
    );
  }
}

function focusOf(target: EventTarget | null): 'page' | 'button' | 'slider' {
  if (!(target instanceof HTMLElement)) return 'page';
  if (target.matches('media-time-range, media-volume-range')) return 'slider';
  return target.matches('button, [role="button"]') ? 'button' : 'page';
}
