import type { Ledger } from './ledger.ts';
import type { TaskRecord } from './record.ts';
import {
  backOff,
  nextLook,
  tookSeconds,
  type LookContext,
  type NextLook,
  type PastTask,
} from './schedule.ts';
import { seeProgress, type SeenProgress } from './scheduleProgress.ts';

/** What this process remembers of its looks at one task; after a restart a look is due at once. Times are milliseconds. */
export class Looks {
  /** EvoLink is not asked before, unless a request goes out anyway from `from` on. */
  at: number;
  from: number;
  /** The batch query did not know the task: it is asked for by itself, to hear why. */
  alone = false;
  #lookedAt: number | undefined;
  #answeredAt: number | undefined;
  #failures = 0;
  #retryAfterSeconds: number | undefined;

  constructor(now: number) {
    this.at = this.from = now;
  }

  /** EvoLink said that the task still runs. Returns what is to be kept of its progress. */
  answered(task: TaskRecord, progress: number | undefined, now: number): SeenProgress | undefined {
    const start = task.acceptedAt ?? task.createdAt;
    const before = this.#answeredAt === undefined ? 0 : (this.#answeredAt - start) / 1000;
    this.#lookedAt = this.#answeredAt = now;
    this.#failures = 0;
    this.#retryAfterSeconds = undefined;
    return seeProgress(
      task.seenProgress,
      progress ?? 0,
      Math.max(0, (now - start) / 1000),
      Math.max(0, before),
    );
  }

  failed(now: number, retryAfterSeconds?: number): void {
    this.#lookedAt = now;
    this.#failures += 1;
    this.#retryAfterSeconds = retryAfterSeconds;
  }

  /** Something else than EvoLink's word asks for another look, more slowly each time. */
  postpone(now: number): void {
    this.failed(now);
    this.at = this.from = this.#backedOff(now);
  }

  /** Brings what was planned after a failure forward to when a look may be tried again. */
  notAfterBackOff(): void {
    if (this.#lookedAt === undefined || this.#failures === 0) return;
    this.at = Math.min(this.at, this.#backedOff(this.#lookedAt));
    this.from = Math.min(this.from, this.at);
  }

  #backedOff(since: number): number {
    return since + backOff(this.#failures, this.#retryAfterSeconds) * 1000;
  }

  /** Plans the next look; `stop` means that the task is not followed any more. */
  plan(task: TaskRecord, past: readonly PastTask[], now: number): NextLook {
    const next = nextLook(this.#context(task, past, now));
    if (next.kind === 'look') {
      this.at = next.at;
      this.from = next.from;
    }
    return next;
  }

  /** How long EvoLink took for a task that a look just found ended, in seconds; undefined where it came too late to tell. */
  took(task: TaskRecord, past: readonly PastTask[], now: number): number | undefined {
    return tookSeconds(this.#context(task, past, now), now);
  }

  #context(task: TaskRecord, past: readonly PastTask[], now: number): LookContext {
    return {
      now,
      createdAt: task.acceptedAt ?? task.createdAt,
      consecutiveFailures: this.#failures,
      past,
      offline: false,
      ...(task.estimatedSeconds === undefined ? {} : { estimatedSeconds: task.estimatedSeconds }),
      ...(task.seenProgress === undefined ? {} : { progress: task.seenProgress }),
      ...(this.#lookedAt === undefined ? {} : { lookedAt: this.#lookedAt }),
      ...(this.#answeredAt === undefined ? {} : { answeredAt: this.#answeredAt }),
      ...(this.#retryAfterSeconds === undefined ? {} : { retryAfterSeconds: this.#retryAfterSeconds }),
    };
  }
}

/** How many of the newest tasks teach how long the next ones take. */
const TEACHERS = 200;

/** How long each model's latest tasks took; read from the ledger again when `forget` was called. */
export class PastTasks {
  readonly #ledger: Ledger;
  #byModel: Map<string, PastTask[]> | undefined;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Oldest first. */
  of(model: string): readonly PastTask[] {
    this.#byModel ??= this.#read();
    return this.#byModel.get(model) ?? [];
  }

  forget(): void {
    this.#byModel = undefined;
  }

  #read(): Map<string, PastTask[]> {
    const byModel = new Map<string, PastTask[]>();
    for (const task of this.#ledger.lately(TEACHERS).toReversed()) {
      if (task.tookSeconds === undefined) continue;
      const past = byModel.get(task.request.model) ?? [];
      byModel.set(task.request.model, past);
      past.push({
        seconds: task.tookSeconds,
        ...(task.estimatedSeconds === undefined ? {} : { estimatedSeconds: task.estimatedSeconds }),
        ...(task.seenProgress === undefined ? {} : { progress: task.seenProgress }),
      });
    }
    return byModel;
  }
}
