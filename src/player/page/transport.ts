import { nextSpeed, type TransportCommand } from '../keys.ts';
import type { PlayerStrings } from '../protocol.ts';
import { stepFrames } from '../time.ts';
import type { FrameClock } from './frameClock.ts';
import type { ReverseShuttle } from './shuttle.ts';
import { fill } from './text.ts';

/** Seconds of one frame where the frame rate is not known. */
export const UNKNOWN_FRAME = 1 / 25;

/** Seconds within which two places are one: media elements round to microseconds. */
const SAME_PLACE = 1e-5;

export interface TransportOptions {
  readonly video: HTMLVideoElement;
  readonly clock: FrameClock;
  readonly shuttle: ReverseShuttle;
  readonly strings: PlayerStrings;
  /** Tells a screen reader what cannot be heard. */
  readonly say: (text: string) => void;
  readonly onLoop: (on: boolean) => void;
}

/** Moves through the video: plays, seeks, steps, changes speed, volume and repeat. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #video: HTMLVideoElement;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#video = options.video;
  }

  run(command: TransportCommand): void {
    const { shuttle, strings, say } = this.#options;
    const video = this.#video;
    switch (command.do) {
      case 'togglePlay':
        if (shuttle.speed > 0 || !video.paused) this.pause();
        else this.#play();
        break;
      case 'shuttleBack':
        shuttle.faster();
        say(fill(strings.backwards, String(shuttle.speed)));
        break;
      case 'shuttleForward':
        shuttle.stop();
        if (video.paused) this.#play();
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
        this.#sayVolume();
        break;
      case 'changeSpeed':
        this.#changeSpeed(command.steps);
        break;
      case 'toggleMute':
        video.muted = !video.muted;
        if (video.muted) say(strings.muted);
        else this.#sayVolume();
        break;
      case 'toggleLoop':
        this.setLoop(!video.loop);
        say(video.loop ? strings.repeats : strings.repeatsNot);
        break;
    }
  }

  /** Stops where it is, whichever way it goes. */
  pause(): void {
    this.#options.shuttle.stop();
    this.#video.pause();
  }

  setSpeed(speed: number): void {
    this.#video.defaultPlaybackRate = speed; // what a new address starts with
    this.#video.playbackRate = speed;
  }

  setLoop(on: boolean): void {
    this.#video.loop = on;
    this.#options.onLoop(on);
  }

  #play(): void {
    void this.#video.play().catch(() => undefined);
  }

  #seek(seconds: number): void {
    const video = this.#video;
    this.#options.shuttle.stop();
    if (!Number.isFinite(video.duration)) return;
    const place = Math.min(video.duration, Math.max(0, seconds));
    // On the last frame of a video that repeats, Chromium takes a seek to where it is for the end, and starts anew.
    if (Math.abs(place - video.currentTime) > SAME_PLACE) video.currentTime = place;
  }

  #stepFrames(frames: number): void {
    const video = this.#video;
    this.pause();
    const { frameRate } = this.#options.clock.shown;
    if (frameRate === undefined) this.#seek(video.currentTime + frames * UNKNOWN_FRAME);
    else this.#seek(stepFrames(video.currentTime, frames, frameRate, this.#duration()));
  }

  /** Seconds that the picture lasts: the sound may last longer. */
  #duration(): number {
    const { frameRate, frames } = this.#options.clock.shown;
    if (frameRate === undefined || frames === undefined) return this.#video.duration;
    return Math.min(this.#video.duration, frames / frameRate);
  }

  #lastFrameSeconds(): number {
    const { frameRate } = this.#options.clock.shown;
    if (frameRate === undefined) return this.#video.duration;
    return stepFrames(this.#duration(), 0, frameRate, this.#duration());
  }

  #changeSpeed(steps: 1 | -1): void {
    this.setSpeed(nextSpeed(this.#video.playbackRate, steps));
    this.#options.say(fill(this.#options.strings.speedValue, String(this.#video.playbackRate)));
  }

  #sayVolume(): void {
    this.#options.say(fill(this.#options.strings.volumeValue, String(Math.round(this.#video.volume * 100))));
  }
}
