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
  #sought = false;

  constructor(video: HTMLVideoElement, onFrame: (shown: ShownFrame) => void) {
    this.#video = video;
    this.#onFrame = onFrame;
    this.#next();
    video.addEventListener('seeked', () => this.#settle());
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
   * Brings a paused video to rest, and looks at it then: before, what is drawn may be newer than what was told last, and what is
   * told may be one that was on its way and is not drawn any more.
   */
  look<T>(look: (shown: ShownFrame) => T): Promise<T> {
    const video = this.#video;
    const done = new AbortController();
    return new Promise(resolve => {
      const arrive = (): void =>
        afterDrawing(() => {
          if (video.seeking || done.signal.aborted) return;
          done.abort();
          resolve(look(this.#atRest()));
        });
      video.addEventListener('seeked', arrive, { signal: done.signal });
      this.#presentAnew();
    });
  }

  /** What a video shows that has come to rest, though what was told last be older. */
  #atRest(): ShownFrame {
    const { frameRate, frame } = this.#shown;
    if (frameRate === undefined) return this.#shown;
    const drawn = frameAt(this.#video.currentTime, frameRate);
    return drawn === frame ? this.#shown : { ...this.#shown, seconds: drawn / frameRate, frame: drawn };
  }

  #next(): void {
    this.#video.requestVideoFrameCallback((_now, { mediaTime }) => {
      // First: what is presented before the next one is asked for is never told.
      this.#next();
      this.#present(mediaTime);
    });
  }

  /** Goes to another place in the same frame, since a seek to where it is presents nothing. */
  #presentAnew(): void {
    const video = this.#video;
    const { currentTime } = video;
    const { frameRate } = this.#shown;
    if (frameRate === undefined) video.currentTime = currentTime > NUDGE ? currentTime - NUDGE : NUDGE;
    else {
      const middle = middleOfFrame(frameAt(currentTime, frameRate), frameRate);
      video.currentTime = Math.abs(middle - currentTime) > NUDGE ? middle : middle - NUDGE;
    }
  }

  /** The frame that a seek brings to a pause comes once: should it have come between two callbacks, it is made to come again. */
  #settle(): void {
    if (this.#sought) {
      this.#sought = false;
      return;
    }
    afterDrawing(() => {
      const video = this.#video;
      const { frameRate, frame } = this.#shown;
      if (!video.paused || video.seeking || frameRate === undefined) return;
      if (frame === frameAt(video.currentTime, frameRate)) return;
      this.#sought = true;
      this.#presentAnew();
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

/** After the next two frames of the page: by then what a seek brought is told of. */
function afterDrawing(act: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(act));
}
