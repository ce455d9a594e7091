/** Milliseconds since 1970. */
export interface Clock {
  now(): number;
}

/** Goes on with another clock, from wherever it was set to: a day passes in a test without waiting for it. */
export class SettableClock implements Clock {
  readonly #base: Clock;
  #offset = 0;

  constructor(base: Clock = Date) {
    this.#base = base;
  }

  now(): number {
    return this.#base.now() + this.#offset;
  }

  set(now: number): void {
    this.#offset = now - this.#base.now();
  }

  advance(milliseconds: number): void {
    this.#offset += milliseconds;
  }
}
