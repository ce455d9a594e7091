/** Milliseconds. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
/** … and however long EvoLink asks for: the user is waiting. */
const LONGEST_ASKED_PAUSE = 3600_000;

/**
 * Milliseconds before a request that was not taken is sent again.
 * @param step of the back-off, from 1
 * @param random from 0 to 1
 */
export function retryPause(
  step: number,
  error: { readonly retryAfterSeconds?: number },
  random: number,
): number {
  const pause = Math.min(FIRST_PAUSE * 2 ** (step - 1), LONGEST_PAUSE) * (0.75 + random / 2);
  const asked = Math.min((error.retryAfterSeconds ?? 0) * 1000, LONGEST_ASKED_PAUSE);
  return Math.max(pause, asked);
}
