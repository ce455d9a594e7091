import type { DecodedAudio } from '../../sound/decodeAudio.ts';
import type { Media } from '../protocol.ts';
import { firstRoute, isSilent, nextRoute, type Route } from '../route.ts';
import { DecodeError } from './decodeSound.ts';
import { SyncedSound } from './syncedSound.ts';

/** Milliseconds after which the silent picture is shown while its sound is still being prepared. */
const PATIENCE = 200;

/** Why there is no sound; a sentence where the host said why. */
export type SoundProblem = DecodeError['kind'] | { readonly sentence: string };

export interface SoundPathServices {
  /** Settles before the first video is loaded. */
  readonly decodesAac: Promise<boolean>;
  /** Address of a copy whose sound every page decodes. Rejects with a sentence when there is none. */
  playbackCopy(): Promise<string>;
  /** The sound of a file; undefined when it has none. Rejects with a DecodeError. */
  decode(url: string, signal: AbortSignal): Promise<DecodedAudio | undefined>;
  /** Starts the video, as far as the browser lets it. */
  play(): void;
  /** The address is about to change, and the picture stays the same. */
  onSwap(): void;
  /** Neither the file nor the copy can be shown. */
  onUnplayable(): void;
  /** The route that is taken now; `problem` when it is the last and there is something to explain. */
  onRoute(route: Route | 'preparing', problem?: SoundProblem): void;
}

/** Where to go on after the address changes. */
export interface Resume {
  readonly seconds: number;
  readonly playing: boolean;
}

/** Gives the video an address under which it is heard, and finds another way when it stays silent. */
export class SoundPath {
  readonly #video: HTMLVideoElement;
  readonly #services: SoundPathServices;
  #media: Media | undefined;
  #route: Route = 'original';
  /** The silent picture is shown until there is a copy: its silence proves nothing. */
  #preparing = false;
  /** Where to go on as soon as the file of the present address is known. */
  #resume: Resume | undefined;
  #current = new AbortController();
  #synced: SyncedSound | undefined;
  #playedSeconds = 0;
  #lastTime = 0;

  constructor(video: HTMLVideoElement, services: SoundPathServices) {
    this.#video = video;
    this.#services = services;
    video.addEventListener('loadedmetadata', () => this.#goOn());
    video.addEventListener('timeupdate', () => this.#watchForSilence());
    video.addEventListener('error', () => {
      if (this.#route === 'copy' && !this.#preparing) void this.#take('webAudio', this.#current.signal);
      else services.onUnplayable();
    });
  }

  /** Whether the video plays, or is going to when it is loaded. */
  get playing(): boolean {
    return this.#resume?.playing ?? !this.#video.paused;
  }

  /** Shows a file, from the first route on. */
  async load(media: Media, resume: Resume): Promise<void> {
    this.#current.abort();
    this.#current = new AbortController();
    const { signal } = this.#current;
    this.#media = media;
    this.#resume = resume;
    const decodesAac = await this.#services.decodesAac;
    if (!signal.aborted) await this.#take(firstRoute(media.sound, decodesAac), signal);
  }

  dispose(): void {
    this.#current.abort();
    this.#synced?.dispose();
  }

  async #take(route: Route, signal: AbortSignal, problem?: SoundProblem): Promise<void> {
    const media = this.#media;
    if (!media || signal.aborted) return;
    this.#synced?.dispose();
    this.#synced = undefined;
    this.#route = route;
    this.#preparing = false;
    switch (route) {
      case 'original':
        this.#show(media.url);
        this.#services.onRoute(route);
        break;
      case 'copy':
        await this.#takeCopy(media, signal);
        break;
      case 'webAudio':
        await this.#takeWebAudio(media, signal, problem);
        break;
      case 'silent':
        this.#show(media.url);
        this.#services.onRoute(route, problem);
        break;
    }
  }

  async #takeCopy(media: Media, signal: AbortSignal): Promise<void> {
    let picture = Promise.resolve();
    const impatience = setTimeout(() => {
      if (signal.aborted) return;
      this.#preparing = true;
      this.#show(media.url);
      this.#services.onRoute('preparing');
      picture = this.#firstFrame(signal);
    }, PATIENCE);
    try {
      const url = await this.#services.playbackCopy();
      // To begin anew with the copy before there is a picture would only make it come later.
      await picture;
      if (signal.aborted) return;
      this.#preparing = false;
      this.#show(url);
      this.#services.onRoute('copy');
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      await this.#take('webAudio', signal, { sentence });
    } finally {
      clearTimeout(impatience);
    }
  }

  async #takeWebAudio(media: Media, signal: AbortSignal, problem?: SoundProblem): Promise<void> {
    this.#show(media.url);
    let sound: DecodedAudio | undefined;
    try {
      sound = await this.#services.decode(media.url, signal);
    } catch (error) {
      const kind = error instanceof DecodeError ? error.kind : 'undecodable';
      // A file that was read and not decoded is the reason for all that failed before.
      await this.#take('silent', signal, kind === 'undecodable' ? kind : (problem ?? kind));
      return;
    }
    if (signal.aborted) return;
    if (sound) this.#synced = new SyncedSound(this.#video, sound);
    this.#services.onRoute('webAudio');
  }

  #show(url: string): void {
    const video = this.#video;
    if (video.src === url) {
      // It is known already, and stays where it is.
      if (video.readyState >= HTMLMediaElement.HAVE_METADATA) this.#resume = undefined;
      return;
    }
    if (!this.#resume) {
      this.#services.onSwap();
      this.#resume = { seconds: video.currentTime, playing: !video.paused };
    }
    this.#playedSeconds = 0;
    video.src = url;
  }

  #goOn(): void {
    const { seconds, playing } = this.#resume ?? { seconds: 0, playing: false };
    this.#resume = undefined;
    if (seconds > 0) this.#video.currentTime = Math.min(seconds, this.#video.duration);
    if (playing) this.#services.play();
  }

  /** Resolves when a frame is on screen, or when none will be: the file cannot be played, or the page is hidden. */
  #firstFrame(signal: AbortSignal): Promise<void> {
    const video = this.#video;
    return new Promise(resolve => {
      const done = (): void => resolve();
      if (document.hidden) done();
      video.requestVideoFrameCallback(done);
      video.addEventListener('error', done, { signal });
      video.addEventListener('loadeddata', () => video.videoWidth === 0 && done(), { signal });
      document.addEventListener('visibilitychange', done, { signal });
      signal.addEventListener('abort', done);
    });
  }

  #watchForSilence(): void {
    const video = this.#video;
    const passed = video.currentTime - this.#lastTime;
    this.#lastTime = video.currentTime;
    if (passed > 0 && passed < 1 && !video.seeking && !video.paused) this.#playedSeconds += passed;
    const sound = this.#media?.sound ?? 'unknown';
    const decodedBytes =
      'webkitAudioDecodedByteCount' in video ? Number(video.webkitAudioDecodedByteCount) : undefined;
    if (this.#preparing) return;
    if (isSilent(sound, this.#route, this.#playedSeconds, decodedBytes))
      void this.#take(nextRoute(this.#route, sound), this.#current.signal, 'undecodable');
  }
}
