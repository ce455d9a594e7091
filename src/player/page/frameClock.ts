import { countFrames, estimateFrameRate, frameAt } from '../time.ts';

const MAX_TIMES = 40;

/** The frame that is on screen: not where the element's clock is, but what was really presented. */
export interface ShownFrame {
  readonly seconds: number;
  /** Frames per second; absent while unknown. */
  readonly frameRate?: number;
  readonly frame?: number;
  readonly frames?: number;
}

/** Tells each presented frame of a video, and its number where the file or the frames themselves tell the rate. */
export class FrameClock {
  readonly #video: HTMLVideoElement;
  readonly #onFrame: (shown: ShownFrame) => void;
  #known: { frameRate?: number | undefined; frames?: number | undefined } = {};
  #times: number[] = [];
  #shown: ShownFrame = { seconds: 0 };

  constructor(video: HTMLVideoElement, onFrame: (shown: ShownFrame) => void) {
    this.#video = video;
    this.#onFrame = onFrame;
    this.#next();
  }

  /** What the file tells; given anew for each file. */
  set facts(facts: { frameRate?: number | undefined; frames?: number | undefined }) {
    this.#known = facts;
    this.#times = [];
  }

  get shown(): ShownFrame {
    return this.#shown;
  }

  #next(): void {
    this.#video.requestVideoFrameCallback((_now, { mediaTime }) => {
      this.#present(mediaTime);
      this.#next();
    });
  }

  #present(seconds: number): void {
    let { frameRate } = this.#known;
    if (frameRate === undefined) {
      const last = this.#times.at(-1);
      if (last !== undefined && seconds < last) this.#times = [];
      if (this.#times.length < MAX_TIMES) this.#times.push(seconds);
      frameRate = estimateFrameRate(this.#times);
      if (this.#times.length === MAX_TIMES) this.#known = { ...this.#known, frameRate };
    }
    const frames =
      this.#known.frames ??
      (frameRate !== undefined && Number.isFinite(this.#video.duration)
        ? countFrames(this.#video.duration, frameRate)
        : undefined);
    this.#shown = {
      seconds,
      ...(frameRate !== undefined && { frameRate, frame: frameAt(seconds, frameRate) }),
      ...(frames !== undefined && { frames }),
    };
    this.#onFrame(this.#shown);
  }
}
