export interface WatchdogOptions {
  readonly signal?: AbortSignal;
  readonly stallSeconds: number;
  readonly now: () => number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Aborts its signal when nothing has happened for `stallSeconds`, or when the caller's signal does. */
export class Watchdog {
  readonly signal: AbortSignal;
  /** Nothing happened for too long. */
  barked = false;
  readonly #options: WatchdogOptions;
  readonly #stop = new AbortController();
  readonly #done = new AbortController();
  #last: number;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#last = options.now();
    const signals = options.signal ? [options.signal] : [];
    this.signal = AbortSignal.any([this.#stop.signal, ...signals]);
    void this.#watch();
  }

  /** Something happened. */
  touch(): void {
    this.#last = this.#options.now();
  }

  dispose(): void {
    this.#done.abort();
    // Ends a request whose answer nobody reads any more.
    this.#stop.abort();
  }

  async #watch(): Promise<void> {
    const { stallSeconds, now, sleep } = this.#options;
    while (!this.#done.signal.aborted) {
      // A clock that was set back would keep the dog asleep.
      this.#last = Math.min(this.#last, now());
      const left = this.#last + stallSeconds * 1000 - now();
      if (left <= 0) {
        this.barked = true;
        this.#stop.abort();
        return;
      }
      await sleep(left, this.#done.signal).catch(() => {});
    }
  }
}
