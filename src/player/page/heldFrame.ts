/** Seconds from the held frame within which one of the new address is the same, or the next. */
const NEAR = 0.1;

/** Lays the frame that is on screen over the video while its address changes, so that the change is not seen. */
export class HeldFrame {
  readonly #video: HTMLVideoElement;
  readonly #canvas: HTMLCanvasElement;

  /** @param canvas lies over the video, in the same place and size */
  constructor(video: HTMLVideoElement, canvas: HTMLCanvasElement) {
    this.#video = video;
    this.#canvas = canvas;
    video.addEventListener('error', () => this.#release());
    video.addEventListener('seeked', () => requestAnimationFrame(() => this.#release()));
  }

  /** To be called before the address changes; ends by itself when the new one is where the old one was. */
  hold(): void {
    const { videoWidth, videoHeight, currentTime } = this.#video;
    if (videoWidth === 0) return;
    this.#canvas.width = videoWidth;
    this.#canvas.height = videoHeight;
    this.#canvas.getContext('2d')?.drawImage(this.#video, 0, 0);
    this.#canvas.hidden = false;
    this.#waitForFrame(currentTime);
  }

  /** On its way there the video may show its start. */
  #waitForFrame(seconds: number): void {
    this.#video.requestVideoFrameCallback((_now, { mediaTime }) => {
      if (Math.abs(mediaTime - seconds) < NEAR) this.#release();
      else if (!this.#canvas.hidden) this.#waitForFrame(seconds);
    });
  }

  #release(): void {
    this.#canvas.hidden = true;
    this.#canvas.width = 0; // gives its pixels back
  }
}
