import type { Ledger } from './ledger.ts';
import type { OutcomeCheck } from './outcomes.ts';
import type { TaskRecord } from './record.ts';
import type { Sleep } from './sleep.ts';

/** Milliseconds between the looks at EvoLink's list for one task: a list may lag, and after some time it tells nothing new. */
const PAUSES = [10_000, 60_000, 300_000];
/** Milliseconds after the POST beyond which nothing is looked up by itself any more. */
const TOO_OLD = 24 * 3600 * 1000;

/** Answers after which another look may tell more. */
const OPEN: ReadonlySet<OutcomeCheck['kind']> = new Set(['none', 'candidates', 'noKey']);

export interface OutcomeWatchOptions {
  readonly ledger: Ledger;
  /** Asks EvoLink's list, and adopts the task where that is certain. */
  readonly check: (id: string) => Promise<OutcomeCheck>;
  /** Whether this process looks after the task: it sent it, or the one that did is gone. */
  readonly isMine: (task: TaskRecord) => boolean;
  readonly sleep: Sleep;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/**
 * Finds out by itself what became of requests whose outcome is unknown, where EvoLink's list tells; the rest is left to the
 * user. Has a timer only while there is one to ask about.
 */
export class OutcomeWatch {
  readonly #options: OutcomeWatchOptions;
  readonly #stopListening: () => void;
  /** By task id; what was looked up to the end stays, so that a change of the task does not begin it anew. */
  readonly #looks = new Map<string, AbortController>();

  constructor(options: OutcomeWatchOptions) {
    this.#options = options;
    this.#stopListening = options.ledger.onDidChange(({ id, task }) => {
      if (task?.state === 'uncertain') this.#take(task);
      else this.#forget(id);
    });
    for (const task of options.ledger.inStates(['uncertain'])) this.#take(task);
  }

  dispose(): void {
    this.#stopListening();
    for (const id of this.#looks.keys()) this.#forget(id);
  }

  #take(task: TaskRecord): void {
    const { isMine, now } = this.#options;
    const isTooOld = now() - (task.sentAt ?? task.createdAt) > TOO_OLD;
    if (this.#looks.has(task.id) || isTooOld || !isMine(task)) return;
    const looks = new AbortController();
    this.#looks.set(task.id, looks);
    void this.#look(task.id, looks.signal);
  }

  /** Never rejects. */
  async #look(id: string, signal: AbortSignal): Promise<void> {
    const { check, sleep, log } = this.#options;
    for (const pause of PAUSES) {
      await sleep(pause, signal);
      if (signal.aborted) return;
      try {
        const { kind } = await check(id);
        if (!OPEN.has(kind)) return;
      } catch (error) {
        log(`Task ${id}: its outcome could not be looked up: ${String(error)}`);
      }
    }
  }

  #forget(id: string): void {
    this.#looks.get(id)?.abort();
    this.#looks.delete(id);
  }
}
