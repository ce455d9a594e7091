import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';

/** What the worker is told: paths only, so that no file passes through the thread that asks. */
export interface ConvertRequest {
  readonly source: string;
  /** Where the playback copy is to be; a file that is there is replaced. */
  readonly target: string;
  /** Where it grows: beside the target, so that it can be renamed. */
  readonly unfinished: string;
}

/** What became of a conversion. `detail` is for the log, not for people. */
export type ConvertResult =
  | {
      readonly kind: 'made';
      /** Size of the copy. */
      readonly bytes: number;
      /** Of sound. */
      readonly seconds: number;
      readonly frames: number;
      /** Damaged access units that were replaced by a fade. */
      readonly badFrames: number;
      /** HE-AAC: only the core was decoded. */
      readonly sbr: boolean;
    }
  /** The file has no AAC track and can be played as it is. No copy was written. */
  | { readonly kind: 'nothingToDo' }
  | {
      readonly kind: 'failed';
      /** Who says so: `mp4` and `sound` by the kind of their errors, `disk` by its code (ENOSPC, …), `worker` when it died. */
      readonly by: 'mp4' | 'sound' | 'disk' | 'worker';
      readonly reason: string;
      readonly detail: string;
    }
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'aborted' };

export interface ConvertOptions {
  readonly source: string;
  readonly target: string;
  readonly signal: AbortSignal;
  /** Milliseconds; a file of half an hour takes about 10 s. */
  readonly timeLimit?: number;
}

const DEFAULT_TIME_LIMIT = 60_000;
/**
 * MiB of JavaScript objects, twice what the limits of the room `mp4` let a file cost: a thread that passes it may take the whole
 * process with it. Samples and files are held outside of this heap.
 */
const MAX_HEAP = 512;

/**
 * Makes a playback copy in a thread of its own, which ends with the promise: also when aborted, or after the time limit. Never
 * rejects. The target appears whole or not at all.
 * @param workerFile path or file: URL of the built `convertWorker`
 */
export async function convertInWorker(
  workerFile: string | URL,
  { source, target, signal, timeLimit = DEFAULT_TIME_LIMIT }: ConvertOptions,
): Promise<ConvertResult> {
  if (signal.aborted) return { kind: 'aborted' };
  const unfinished = `${target}.${randomUUID()}.part`;
  const workerData: ConvertRequest = { source, target, unfinished };
  let worker: Worker;
  try {
    worker = new Worker(workerFile, { workerData, resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP } });
  } catch (error) {
    return { kind: 'failed', by: 'worker', reason: 'start', detail: String(error) };
  }
  const { promise, resolve } = Promise.withResolvers<ConvertResult>();
  const died = (reason: string, detail: string): void =>
    resolve({ kind: 'failed', by: 'worker', reason, detail });
  const abort = (): void => resolve({ kind: 'aborted' });

  worker.once('message', (result: ConvertResult) => resolve(result));
  worker.once('error', error => died(error.name, error.message));
  worker.once('exit', code => died('exit', `exit code ${code}`));
  signal.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => resolve({ kind: 'timedOut' }), timeLimit);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    await worker.terminate();
    // Gone already unless the worker was stopped half way; and then a later cleaning of the folder finds it as well.
    await rm(unfinished, { force: true }).catch(() => undefined);
  }
}
