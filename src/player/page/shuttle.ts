/** Fastest play backwards; seeking is work for the decoder. */
const MAX_SPEED = 4;

/** Plays backwards by seeking, since browsers only play forwards. Silent. */
export class ReverseShuttle {
  readonly #video: HTMLVideoElement;
  #animation: number | undefined;
  #speed = 0;
  /** Seconds where it last went to. */
  #place = 0;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
    video.addEventListener('play', () => this.stop());
    video.addEventListener('emptied', () => this.stop());
    video.addEventListener('seeking', () => {
      // The person takes it elsewhere.
      if (Math.abs(video.currentTime - this.#place) > 0.001) this.stop();
    });
  }

  /** Times real speed; 0 when it does not run. */
  get speed(): number {
    return this.#speed;
  }

  /** Starts at real speed; doubles when it runs already. */
  faster(): void {
    const speed = this.#speed === 0 ? 1 : Math.min(MAX_SPEED, this.#speed * 2);
    this.stop();
    this.#video.pause();
    this.#speed = speed;
    this.#place = this.#video.currentTime;
    this.#run(performance.now(), this.#video.currentTime);
  }

  stop(): void {
    if (this.#animation !== undefined) cancelAnimationFrame(this.#animation);
    this.#animation = undefined;
    this.#speed = 0;
  }

  #run(startedAt: number, from: number): void {
    this.#animation = requestAnimationFrame(now => {
      const video = this.#video;
      // A decoder that is slower leaves frames out.
      if (!video.seeking) {
        this.#place = Math.max(0, from - ((now - startedAt) / 1000) * this.#speed);
        video.currentTime = this.#place;
      }
      if (this.#place > 0) this.#run(startedAt, from);
      else this.stop();
    });
  }
}
