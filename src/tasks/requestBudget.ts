/** A token bucket for all looks at one origin. A plain value: keep what `spend` and `slowDown` return. */
export interface RequestBudget {
  /** Requests that may be sent at once. */
  readonly tokens: number;
  /** When `tokens` was right, in milliseconds since 1970 like all times here. */
  readonly at: number;
  /** Nothing is sent before. */
  readonly pausedUntil: number;
  /** How many times slower than usual tokens come: 1 or more, after a 429. */
  readonly slowness: number;
}

/** Requests in a row at most. */
export const BURST = 10;
/** One more comes each so many seconds. EvoLink publishes no limit; its own client sends one in 3 to 8 s for one task. */
export const REFILL_SECONDS = 1;
export const MAX_SLOWNESS = 32;
/** Without further 429 the slowness halves in this time. */
const CALM_SECONDS = 60;
const MAX_PAUSE_SECONDS = 3600;

export function newBudget(now: number): RequestBudget {
  return { tokens: BURST, at: now, pausedUntil: now, slowness: 1 };
}

/** Takes one request out of the budget; if there is none, says when to ask again. */
export function spend(
  budget: RequestBudget,
  now: number,
):
  | { readonly budget: RequestBudget; readonly granted: true }
  | { readonly budget: RequestBudget; readonly granted: false; readonly at: number } {
  const filled = refill(budget, now);
  if (now >= filled.pausedUntil && filled.tokens >= 1) {
    return { granted: true, budget: { ...filled, tokens: filled.tokens - 1 } };
  }
  const missing = Math.max(0, 1 - filled.tokens) * REFILL_SECONDS * filled.slowness;
  return {
    granted: false,
    budget: filled,
    at: Math.max(filled.pausedUntil, Math.ceil(now + missing * 1000)),
  };
}

/** EvoLink answered 429: pause as long as it asks (`Retry-After`, an hour at most), go half as fast, start without a burst. */
export function slowDown(budget: RequestBudget, now: number, retryAfterSeconds = 0): RequestBudget {
  const filled = refill(budget, now);
  const pause = retryAfterSeconds > 0 ? Math.min(retryAfterSeconds, MAX_PAUSE_SECONDS) : 0;
  return {
    tokens: 0,
    at: now,
    pausedUntil: Math.max(filled.pausedUntil, now + pause * 1000),
    slowness: Math.min(MAX_SLOWNESS, filled.slowness * 2),
  };
}

/** A clock set back moves the pause along; one set forward fills the bucket once, not more. */
function refill({ tokens, at, pausedUntil, slowness }: RequestBudget, now: number): RequestBudget {
  const elapsed = Math.max(0, now - at) / 1000;
  return {
    tokens: Math.min(BURST, tokens + elapsed / (REFILL_SECONDS * slowness)),
    at: now,
    pausedUntil: pausedUntil + Math.min(0, now - at),
    slowness: Math.max(1, slowness * 2 ** (-elapsed / CALM_SECONDS)),
  };
}
