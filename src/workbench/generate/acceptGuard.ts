/** Milliseconds without another accept before one that counts: a key that is held down repeats faster. */
export const QUIET_BEFORE = 300;
/** … and after some that came quicker than that: a busy window may hand the last repetition of a held key over late. */
export const QUIET_AFTER_BURST = 1_000;
/** Milliseconds without another accept after it. */
export const QUIET_AFTER = 150;

export interface GuardClock {
  /** Milliseconds that only go forward. */
  readonly now: () => number;
  /** Runs `act` later, unless the returned function is called before. */
  readonly after: (milliseconds: number, act: () => void) => () => void;
}

/** Lets an accept of the question through only where it was one press, and meant. */
export class AcceptGuard {
  readonly #clock: GuardClock;
  #last = -Infinity;
  #needed = QUIET_BEFORE;
  #cancel: () => void = () => {};

  constructor(clock: GuardClock) {
    this.#clock = clock;
  }

  /**
   * Runs `act` after {@link QUIET_AFTER}, unless another accept came within {@link QUIET_BEFORE} before (after several, {@link QUIET_AFTER_BURST}) or comes meanwhile.
   * @param isClear whether nothing is typed in the filter, and a row is active
   * @param refused is run where it does not count
   */
  accept(isClear: boolean, act: () => void, refused: () => void): void {
    const now = this.#clock.now();
    const quiet = now - this.#last >= this.#needed;
    this.#needed = quiet ? QUIET_BEFORE : QUIET_AFTER_BURST;
    this.#last = now;
    this.cancel();
    if (isClear && quiet) this.#cancel = this.#clock.after(QUIET_AFTER, act);
    else refused();
  }

  /** What was accepted last does not count after all. */
  cancel(): void {
    this.#cancel();
    this.#cancel = () => {};
  }

  /** Nothing that was accepted counts any more. */
  dispose(): void {
    this.cancel();
  }
}
