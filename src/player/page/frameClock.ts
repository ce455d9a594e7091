import { countFrames, estimateFrameRate, frameAt, middleOfFrame } from '../time.ts';

const MAX_TIMES = 40;
/** Seconds: far less than a frame, and more than media elements round to. */
const NUDGE = 1e-4;

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
    // Sound alone has no frames.
    for (const type of ['loadeddata', 'timeupdate', 'seeked'] as const)
      video.addEventListener(type, () => {
        if (video.videoWidth === 0) this.#tell({ seconds: video.currentTime });
      });
  }

  /** What the file tells; given anew for each file. */
  set facts(facts: { frameRate?: number | undefined; frames?: number | undefined }) {
    this.#known = facts;
    this.#times = [];
  }

  get shown(): ShownFrame {
    return this.#shown;
  }

  /**
   * Brings a paused video to rest, and looks at it while the frame that it is told of is on screen: what is drawn of a video
   * may else be newer than what was told last.
   */
  look<T>(look: (shown: ShownFrame) => T): Promise<T> {
    const video = this.#video;
    const { currentTime } = video;
    const { frameRate } = this.#shown;
    // Another place in the same frame, since a seek to where it is presents nothing.
    if (frameRate === undefined) video.currentTime = currentTime > NUDGE ? currentTime - NUDGE : NUDGE;
    else {
      const middle = middleOfFrame(frameAt(currentTime, frameRate), frameRate);
      video.currentTime = Math.abs(middle - currentTime) > NUDGE ? middle : middle - NUDGE;
    }
    return new Promise(resolve => {
      const wait = (): void => {
        video.requestVideoFrameCallback(() => {
          const { frame } = this.#shown;
          // One that was on its way before the seek is told first, and not drawn any more.
          const isThere = frameRate === undefined || frame === frameAt(video.currentTime, frameRate);
          if (isThere) resolve(look(this.#shown));
          else wait();
        });
      };
      wait();
    });
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
    this.#tell({
      seconds,
      ...(frameRate !== undefined && { frameRate, frame: frameAt(seconds, frameRate) }),
      ...(frames !== undefined && { frames }),
    });
  }

  #tell(shown: ShownFrame): void {
    this.#shown = shown;
    this.#onFrame(shown);
  }
}
