import * as v from 'valibot';
import { commandOf, nextSpeed, type KeyCommand } from '../keys.ts';
import {
  MAX_THUMBNAIL_SIDE,
  pageState,
  type Media,
  type OpenMessage,
  type PageMessage,
  type PageState,
  type PlayerAction,
  type Story,
} from '../protocol.ts';
import type { Requests } from '../requests.ts';
import type { Route } from '../route.ts';
import { clockTime, stepFrames, timeCode } from '../time.ts';
import { decodeSound } from './decodeSound.ts';
import { element } from './dom.ts';
import { FrameClock, type ShownFrame } from './frameClock.ts';
import { grabFrame } from './grabFrame.ts';
import { buildLayout, type Layout } from './layout.ts';
import { ReverseShuttle } from './shuttle.ts';
import { SoundPath, type SoundProblem } from './soundPath.ts';
import { storyPanel } from './storyPanel.ts';

/** Seconds of one frame where the frame rate is not known. */
const UNKNOWN_FRAME = 1 / 25;

export interface Host {
  readonly state: { getState(): unknown; setState(state: PageState): void };
  readonly requests: Requests;
  readonly post: (message: PageMessage) => void;
  readonly decodesAac: Promise<boolean>;
}

/** The player as a person uses it: commands, keys, what is shown and said. */
export class Player {
  readonly #open: OpenMessage;
  readonly #host: Host;
  readonly #layout: Layout;
  readonly #clock: FrameClock;
  readonly #shuttle: ReverseShuttle;
  readonly #soundPath: SoundPath;
  #wantsThumbnail: boolean;
  #detailsOpen: boolean;
  #hasStory = false;

  constructor(open: OpenMessage, host: Host) {
    this.#open = open;
    this.#host = host;
    this.#wantsThumbnail = open.wantsThumbnail;
    this.#layout = buildLayout(
      open.strings,
      command => this.#run(command),
      () => void this.#act('copyMarkdown'),
    );
    const { video } = this.#layout;
    this.#clock = new FrameClock(video, shown => this.#showTime(shown));
    this.#shuttle = new ReverseShuttle(video);
    this.#soundPath = new SoundPath(video, {
      decodesAac: host.decodesAac,
      playbackCopy: async () => (await host.requests.ask({ kind: 'playbackCopy' })).url,
      decode: decodeSound,
      onUnplayable: () => this.#showProblem(open.strings.cannotPlay),
      onRoute: (route, problem) => this.#showRoute(route, problem),
    });

    const restored = v.safeParse(pageState, host.state.getState());
    const state = restored.success ? restored.output : undefined;
    this.#detailsOpen = state?.detailsOpen ?? true;
    this.#setLoop(state?.loop ?? open.settings.loop);
    this.#setSpeed(state?.rate ?? 1);
    video.volume = open.preferences.volume;
    video.muted = open.preferences.muted;
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.showStory(open.story);
    this.#listen();
    this.#load(open.media, {
      seconds: state?.seconds ?? 0,
      playing: (state?.playing ?? open.settings.autoplay) && !still,
    });
  }

  /** The file was replaced: shows the new one from its start. */
  replaceMedia(media: Media): void {
    this.#load(media, { seconds: 0, playing: !this.#layout.video.paused });
  }

  showGone(): void {
    this.#layout.video.pause();
    this.#showProblem(this.#open.strings.gone);
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
    this.#layout.problem.hidden = true;
    this.#clock.facts = media;
    void this.#soundPath.load(media, resume);
  }

  #listen(): void {
    const { video } = this.#layout;
    for (const type of ['timeupdate', 'play', 'pause', 'seeked', 'ratechange'] as const)
      video.addEventListener(type, () => this.#saveState());
    video.addEventListener('volumechange', () => {
      // Until the page is touched only the browser itself mutes, to be allowed to play.
      if (navigator.userActivation.hasBeenActive)
        this.#host.post({ type: 'preferences', preferences: { volume: video.volume, muted: video.muted } });
    });
    video.addEventListener('loadeddata', () => {
      this.#layout.problem.hidden = true;
    });
    document.addEventListener('keydown', event => this.#onKey(event));
    document.addEventListener('fullscreenchange', () => {
      const { fullscreenButton } = this.#layout;
      const { strings } = this.#open;
      fullscreenButton.setAttribute(
        'aria-label',
        document.fullscreenElement ? strings.exitFullscreen : strings.enterFullscreen,
      );
    });
  }

  #saveState(): void {
    const { video } = this.#layout;
    if (video.readyState < HTMLMediaElement.HAVE_METADATA) return;
    this.#host.state.setState({
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
      shift: event.shiftKey,
      modified: event.ctrlKey || event.altKey || event.metaKey,
      focus: focusOf(event.target),
    });
    if (!command || event.defaultPrevented) return;
    event.preventDefault();
    this.#run(command);
  }

  #run(command: KeyCommand): void {
    const { video } = this.#layout;
    const { strings } = this.#open;
    switch (command.do) {
      case 'togglePlay':
        if (this.#shuttle.speed > 0) this.#shuttle.stop();
        else if (video.paused) void video.play().catch(() => undefined);
        else video.pause();
        break;
      case 'shuttleBack':
        this.#shuttle.faster();
        this.#say(fill(strings.backwards, String(this.#shuttle.speed)));
        break;
      case 'shuttleForward':
        this.#shuttle.stop();
        if (video.paused) void video.play().catch(() => undefined);
        else this.#changeSpeed(1);
        break;
      case 'seekBy':
        this.#seek(video.currentTime + command.seconds);
        break;
      case 'stepFrames':
        this.#stepFrames(command.frames);
        break;
      case 'seekToStart':
        this.#seek(0);
        break;
      case 'seekToEnd':
        this.#seek(this.#lastFrameSeconds());
        break;
      case 'changeVolume':
        video.muted = false;
        video.volume = Math.min(1, Math.max(0, video.volume + command.by));
        this.#say(fill(strings.volumeValue, String(Math.round(video.volume * 100))));
        break;
      case 'changeSpeed':
        this.#changeSpeed(command.steps);
        break;
      case 'toggleMute':
        video.muted = !video.muted;
        this.#say(
          video.muted ? strings.muted : fill(strings.volumeValue, String(Math.round(video.volume * 100))),
        );
        break;
      case 'toggleLoop':
        this.#setLoop(!video.loop);
        this.#saveState();
        this.#say(video.loop ? strings.repeats : strings.repeatsNot);
        break;
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
    }
  }

  #seek(seconds: number): void {
    const { video } = this.#layout;
    this.#shuttle.stop();
    if (Number.isFinite(video.duration)) video.currentTime = Math.min(video.duration, Math.max(0, seconds));
  }

  #stepFrames(frames: number): void {
    const { video } = this.#layout;
    this.#shuttle.stop();
    video.pause();
    const { frameRate } = this.#clock.shown;
    if (frameRate === undefined) this.#seek(video.currentTime + frames * UNKNOWN_FRAME);
    else this.#seek(stepFrames(video.currentTime, frames, frameRate, this.#duration()));
  }

  /** Seconds that the picture lasts: the sound may last longer. */
  #duration(): number {
    const { frameRate, frames } = this.#clock.shown;
    if (frameRate === undefined || frames === undefined) return this.#layout.video.duration;
    return Math.min(this.#layout.video.duration, frames / frameRate);
  }

  #lastFrameSeconds(): number {
    const { frameRate } = this.#clock.shown;
    if (frameRate === undefined) return this.#layout.video.duration;
    return stepFrames(this.#duration(), 0, frameRate, this.#duration());
  }

  #setSpeed(speed: number): void {
    const { video } = this.#layout;
    video.defaultPlaybackRate = speed; // what a new address starts with
    video.playbackRate = speed;
  }

  #changeSpeed(steps: 1 | -1): void {
    this.#setSpeed(nextSpeed(this.#layout.video.playbackRate, steps));
    this.#say(fill(this.#open.strings.speedValue, String(this.#layout.video.playbackRate)));
  }

  #setLoop(on: boolean): void {
    this.#layout.video.loop = on;
    this.#layout.loopButton.pressed = on;
  }

  #showDetails(open: boolean): void {
    this.#layout.details.hidden = !open || !this.#hasStory;
    this.#layout.detailsButton.setAttribute('aria-expanded', String(open));
  }

  async #toggleFullscreen(): Promise<void> {
    if (document.fullscreenElement) await document.exitFullscreen();
    else if (document.fullscreenEnabled) await this.#layout.stage.requestFullscreen();
    else this.#host.post({ type: 'toggleFullscreen' });
  }

  async #saveFrame(): Promise<void> {
    const { strings } = this.#open;
    this.#layout.video.pause();
    try {
      const png = await grabFrame(this.#layout.video);
      const { seconds, frame } = this.#clock.shown;
      const { name } = await this.#host.requests.ask({
        kind: 'saveFrame',
        png,
        seconds,
        ...(frame !== undefined && { frame }),
      });
      this.#showStatus(fill(strings.frameSaved, name));
    } catch (error) {
      this.#showStatus(fill(strings.frameFailed, messageOf(error)));
    }
  }

  async #act(action: PlayerAction): Promise<void> {
    const { strings } = this.#open;
    try {
      await this.#host.requests.ask({ kind: 'action', action });
      if (action === 'copyMarkdown') this.#showStatus(strings.markdownCopied);
    } catch (error) {
      this.#showStatus(fill(strings.actionFailed, messageOf(error)));
    }
  }

  #showTime(shown: ShownFrame): void {
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
    if (video.paused && this.#shuttle.speed === 0) this.#say(parts.join(', '));
    if (this.#wantsThumbnail && seconds < UNKNOWN_FRAME / 2) {
      this.#wantsThumbnail = false;
      void grabFrame(video, MAX_THUMBNAIL_SIDE).then(
        png => this.#host.post({ type: 'thumbnail', png }),
        (error: unknown) => this.#host.post({ type: 'log', text: `no thumbnail: ${messageOf(error)}` }),
      );
    }
  }

  #showRoute(route: Route | 'preparing', problem: SoundProblem | undefined): void {
    const { strings } = this.#open;
    document.body.dataset['route'] = route;
    this.#host.post({ type: 'log', text: `sound route: ${route}` });
    if (route === 'preparing') this.#showStatus(strings.preparingSound);
    else if (route === 'silent' && problem)
      this.#showStatus(fill(strings.noSound, reasonOf(problem, strings)), true);
    else this.#showStatus('');
  }

  #showProblem(text: string): void {
    const { problem } = this.#layout;
    problem.replaceChildren(text, this.#externalButton());
    problem.hidden = false;
  }

  #showStatus(text: string, external = false): void {
    this.#layout.status.replaceChildren(text, ...(external ? [this.#externalButton()] : []));
  }

  #externalButton(): HTMLElement {
    const button = element('button', { type: 'button' }, this.#open.strings.openExternally);
    button.addEventListener('click', () => void this.#act('openExternally'));
    return button;
  }

  #say(text: string): void {
    this.#layout.announcement.textContent = text;
  }
}

function focusOf(target: EventTarget | null): 'page' | 'button' | 'slider' {
  if (!(target instanceof HTMLElement)) return 'page';
  if (target.matches('media-time-range, media-volume-range')) return 'slider';
  return target.matches('button, [role="button"]') ? 'button' : 'page';
}

function fill(text: string, ...values: readonly string[]): string {
  return text.replaceAll(/\{(\d)\}/g, (whole, index: string) => values[Number(index)] ?? whole);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function reasonOf(problem: SoundProblem, strings: OpenMessage['strings']): string {
  if (typeof problem === 'object') return problem.sentence;
  return problem === 'unreadable' ? strings.soundUnreadable : strings.soundUndecodable;
}
