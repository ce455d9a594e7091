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
  #resume: Resume = { seconds: 0, playing: false };
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
    const impatience = setTimeout(() => {
      if (signal.aborted) return;
      this.#preparing = true;
      this.#show(media.url);
      this.#services.onRoute('preparing');
    }, PATIENCE);
    try {
      const url = await this.#services.playbackCopy();
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
    if (video.src === url) return;
    if (video.readyState >= HTMLMediaElement.HAVE_METADATA)
      this.#resume = { seconds: video.currentTime, playing: !video.paused };
    this.#playedSeconds = 0;
    video.src = url;
  }

  #goOn(): void {
    const { seconds, playing } = this.#resume;
    if (seconds > 0) this.#video.currentTime = Math.min(seconds, this.#video.duration);
    if (playing) void this.#play();
  }

  async #play(): Promise<void> {
    const video = this.#video;
    try {
      await video.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
      // A page that was never touched may only play without sound in some browsers.
      video.muted = true;
      await video.play().catch(() => undefined);
    }
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
