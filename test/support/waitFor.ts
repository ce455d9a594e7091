import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two looks at a condition. */
const interval = 40;

/** What a condition gives while it does not hold. */
export type Nothing = undefined | null | false;

/**
 * Looks at a condition until it gives something else than undefined, null or false, and returns that.
 * @param what names the condition in the error: "Timed out after 10 s waiting for …"
 * @param limit milliseconds
 */
export async function waitFor<T>(
  what: string,
  probe: () => T | Nothing | Promise<T | Nothing>,
  limit = 10_000,
): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    const value = await within(Math.max(end - Date.now(), interval), probe);
    if (value !== undefined && value !== null && value !== false) return value;
    if (Date.now() > end) throw new Error(`Timed out after ${limit / 1000} s waiting for ${what}.`);
    await sleep(interval);
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
