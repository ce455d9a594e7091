import { setTimeout } from 'node:timers/promises';

/** Waits so many milliseconds, or until `signal` is aborted; never rejects. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

export const sleep: Sleep = async (milliseconds, signal) => {
  await setTimeout(milliseconds, undefined, signal ? { signal } : {}).catch(() => undefined);
};
