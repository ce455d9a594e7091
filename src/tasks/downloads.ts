import { isDeepStrictEqual } from 'node:util';
import { LINK_LIFE, linkDeadline } from './deadline.ts';
import type { Ledger } from './ledger.ts';
import type { TaskRecord } from './record.ts';
import { SaveError } from './saveError.ts';
import type { SavedVideo } from './task.ts';
import type { TaskEvent } from './transitions.ts';

/** Downloads that run at once. */
export const MAX_DOWNLOADS = 3;
/** Milliseconds after a first failure; doubles with each further one, up to the longest. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 300_000;
/** Milliseconds before a file that is too large is asked for again: each try may fetch up to the limit. */
const TOO_LARGE_PAUSE = 3600_000;
/** Where the server gives these when no link can live any more, it will not give the video again. */
const NO_VIDEO_THERE: ReadonlySet<string> = new Set(['notVideo', 'http']);
/** Milliseconds between two looks whether a parked video's folder can be used. */
const PARKED_PAUSE = 60_000;
/** Milliseconds between two words on the progress of a download. */
const PROGRESS_EVERY = 200;

export interface Saved {
  readonly video: SavedVideo;
  /** Called when the ledger knows the video: drops what was kept for going on after a crash. */
  readonly forget: () => Promise<void>;
}

/** Downloads, checks and places the result of a task. Throws {@link SaveError}. */
export type Save = (
  task: TaskRecord,
  signal: AbortSignal,
  onProgress: (bytes: number, total: number | undefined) => void,
) => Promise<Saved>;

export interface DownloadProgress {
  readonly id: string;
  readonly bytes: number;
  readonly total?: number;
}

export interface DownloadsOptions {
  readonly ledger: Ledger;
  readonly save: Save;
  /** Drops what was kept for going on with a task's download. Never throws. */
  readonly discard: (task: TaskRecord) => Promise<void>;
  /** Moves a task in the ledger if the ledger's state allows it still and this process follows still. */
  readonly write: (task: TaskRecord, event: TaskEvent) => Promise<TaskRecord | undefined>;
  readonly linkWasDead: (task: TaskRecord) => void;
  readonly onProgress: (progress: DownloadProgress) => void;
  /** A download ended: look at the plan again. */
  readonly wake: () => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (line: string) => void;
}

interface Retry {
  readonly failures: number;
  readonly at: number;
}

/** Brings finished videos home: those whose link dies first come first, a few at once, each again until it is saved. */
export class Downloads {
  readonly #options: DownloadsOptions;
  readonly #running = new Map<string, { readonly abort: AbortController; readonly done: Promise<void> }>();
  readonly #retries = new Map<string, Retry>();
  #tidying: Promise<unknown> = Promise.resolve();

  constructor(options: DownloadsOptions) {
    this.#options = options;
  }

  /** Whether something is being brought home. */
  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /**
   * Starts those of `tasks` that are due and have room; ends all others, since they were stopped or removed, and forgets all
   * that are not among `followed`.
   */
  start(tasks: readonly TaskRecord[], followed: readonly TaskRecord[]): void {
    const now = this.#options.now();
    const ids = new Set(tasks.map(task => task.id));
    const known = new Set(followed.map(task => task.id));
    for (const id of this.#retries.keys()) if (!known.has(id)) this.#retries.delete(id);
    for (const [id, { abort }] of this.#running) if (!ids.has(id)) abort.abort();
    const due = tasks
      .filter(task => !this.#running.has(task.id) && (this.#retries.get(task.id)?.at ?? 0) <= now)
      .toSorted((a, b) => (linkDeadline(a) ?? Infinity) - (linkDeadline(b) ?? Infinity));
    for (const task of due.slice(0, Math.max(0, MAX_DOWNLOADS - this.#running.size))) this.#run(task);
  }

  /** When the next of `tasks` is due; Infinity where all run. */
  nextDue(tasks: readonly TaskRecord[]): number {
    if (this.#running.size >= MAX_DOWNLOADS) return Infinity;
    const waiting = tasks.filter(task => !this.#running.has(task.id));
    return Math.min(Infinity, ...waiting.map(task => this.#retries.get(task.id)?.at ?? 0));
  }

  /** All are due now. */
  refresh(): void {
    this.#retries.clear();
  }

  /** Ends what runs; resolves when no file is touched any more. The next process goes on with what is there. */
  async stop(): Promise<void> {
    for (const { abort } of this.#running.values()) abort.abort();
    await Promise.all([...this.#running.values()].map(({ done }) => done));
    await this.#tidying;
    this.#retries.clear();
  }

  /** Drops what a process left that was killed just after it had saved one of `tasks`. */
  tidy(tasks: readonly TaskRecord[]): void {
    const { discard } = this.#options;
    this.#tidying = Promise.all([this.#tidying, ...tasks.map(task => discard(task))]);
  }

  #run(task: TaskRecord): void {
    const { ledger, discard, log, wake } = this.#options;
    const abort = new AbortController();
    const done = this.#download(task, abort.signal)
      .catch((error: unknown) => {
        log(`Task ${task.id}: ${String(error)}`);
        this.#failed(task);
      })
      .then(async () => {
        // Whoever removed it could not know that it is being written.
        if (!ledger.get(task.id)) await discard(task);
      })
      .catch((error: unknown) => log(`Task ${task.id}: ${String(error)}`))
      .finally(() => {
        this.#running.delete(task.id);
        wake();
      });
    this.#running.set(task.id, { abort, done });
  }

  async #download(task: TaskRecord, signal: AbortSignal): Promise<void> {
    const { save, write, log } = this.#options;
    try {
      const { video, forget } = await save(task, signal, this.#progressOf(task.id));
      if (await write(task, { type: 'saved', video })) await forget();
    } catch (error) {
      if (signal.aborted) return;
      const problem = error instanceof SaveError ? error : new SaveError('internal', String(error));
      log(`Task ${task.id}: not saved yet (${problem.kind}): ${problem.message}`);
      await this.#explain(task, problem);
    }
  }

  async #explain(task: TaskRecord, { kind, message, details }: SaveError): Promise<void> {
    const { ledger, write, linkWasDead, now } = this.#options;
    const error = { kind, message };
    const known = ledger.get(task.id);
    const isKnown = known?.error?.kind === kind && known.error.message === message;
    if (details.parked) {
      this.#retries.set(task.id, { failures: 0, at: now() + PARKED_PAUSE });
      if (isKnown && isDeepStrictEqual(known.parked, details.parked)) return;
      await write(task, { type: 'parked', parked: details.parked, error });
      return;
    }
    if (kind === 'videoTooLarge') this.#retries.set(task.id, { failures: 1, at: now() + TOO_LARGE_PAUSE });
    else this.#failed(task, details.retryAfterSeconds);
    const isTooOld = now() - (task.completedAt ?? task.createdAt) > LINK_LIFE;
    if (details.linkDead === true || (isTooOld && NO_VIDEO_THERE.has(kind))) {
      if (isTooOld) {
        await write(task, { type: 'expired', error });
        return;
      }
      linkWasDead(task);
      await write(task, { type: 'completed', charged: task.charged });
      await write(task, { type: 'delayed', error });
    } else if (!isKnown) {
      await write(task, { type: 'delayed', error });
    }
  }

  #failed(task: TaskRecord, retryAfterSeconds = 0): void {
    const failures = (this.#retries.get(task.id)?.failures ?? 0) + 1;
    const pause = Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE);
    const asked = Math.min(retryAfterSeconds * 1000, LONGEST_PAUSE);
    this.#retries.set(task.id, { failures, at: this.#options.now() + Math.max(pause, asked) });
  }

  #progressOf(id: string): (bytes: number, total: number | undefined) => void {
    let told = -Infinity;
    return (bytes, total) => {
      if (performance.now() - told < PROGRESS_EVERY && bytes !== total) return;
      told = performance.now();
      this.#options.onProgress({ id, bytes, ...(total === undefined ? {} : { total }) });
    };
  }
}
