import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two looks at a condition. */
const interval = 40;

/** Milliseconds for which one look counts at most: a limit then means the same on a machine that is many times slower than an idle one. */
const longest = 3 * interval;

/** What a condition gives while it does not hold. */
export type Nothing = undefined | null | false;

/**
 * Looks at a condition until it gives something else than undefined, null or false, and returns that.
 * @param what names the condition in the error: "Timed out after 10 s waiting for …"
 * @param limit milliseconds, of those that this process gets: where much else is to be done on the machine it lasts longer
 */
export async function waitFor<T>(
  what: string,
  probe: () => T | Nothing | Promise<T | Nothing>,
  limit = 60_000,
): Promise<T> {
  let waited = 0;
  for (;;) {
    const began = performance.now();
    const value = await within(Math.max(limit - waited, interval), probe);
    if (value !== undefined && value !== null && value !== false) return value;
    if (waited >= limit) throw new Error(`Timed out after ${limit / 1000} s waiting for ${what}.`);
    await sleep(interval);
    waited += Math.min(performance.now() - began, longest);
  }
}

/**
 * What `action` gives, or undefined where it does not answer in so many milliseconds: a question to a page that is still loading
 * or was replaced meanwhile may never be answered.
 */
export async function within<T>(milliseconds: number, action: () => T | Promise<T>): Promise<T | undefined> {
  const answered = new AbortController();
  try {
    return await Promise.race([
      action(),
      sleep(milliseconds, undefined, { signal: answered.signal }).catch(() => undefined),
    ]);
  } finally {
    answered.abort();
  }
}
