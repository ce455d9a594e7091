/**
 * Starts a video without a click. A page that was never touched may not be heard in most browsers, VS Code on the desktop
 * among them (`autoplayPolicy: 'user-gesture-required'`): then the video starts muted, and is heard from the first click or
 * key on.
 */
export class Autoplay {
  readonly #video: HTMLVideoElement;
  readonly #onMuted: (muted: boolean) => void;
  #mutes = false;

  /** @param onMuted the video had to be muted; it is not any more */
  constructor(video: HTMLVideoElement, onMuted: (muted: boolean) => void) {
    this.#video = video;
    this.#onMuted = onMuted;
    video.addEventListener('volumechange', () => {
      if (this.#mutes && !video.muted) this.#end();
    });
    // The last events of a click and a key: what these do to the volume by themselves is done by then.
    for (const type of ['click', 'keyup'] as const) window.addEventListener(type, () => this.#unmute());
    // A click on the picture is to be heard then, and does not stop the video.
    video.parentElement?.addEventListener('click', event => this.#unmute() && event.stopPropagation(), {
      capture: true,
    });
  }

  /** Whether it is the browser that wants the video muted, and not the person. */
  get mutes(): boolean {
    return this.#mutes;
  }

  async play(): Promise<void> {
    const video = this.#video;
    try {
      await video.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
      this.#mutes = true;
      video.muted = true;
      this.#onMuted(true);
      await video.play().catch(() => undefined);
    }
  }

  /** @returns whether it was to be done */
  #unmute(): boolean {
    // Escape and Control alone do not count as a touch: unmuting would stop the video.
    if (!this.#mutes || !navigator.userActivation.isActive) return false;
    this.#video.muted = false;
    return true;
  }

  #end(): void {
    this.#mutes = false;
    this.#onMuted(false);
  }
}
