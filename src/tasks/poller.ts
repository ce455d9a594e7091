import type { RemoteTask } from '../evolink/answers.ts';
import type { EvoLinkClient } from '../evolink/client.ts';
import { EvoLinkError, type ErrorKind } from '../evolink/errors.ts';
import type { Ledger } from './ledger.ts';
import { Looks, PastTasks } from './looks.ts';
import type { TaskRecord } from './record.ts';
import { newBudget, slowDown, spend, type RequestBudget } from './requestBudget.ts';
import { lookTogether, MAX_BATCH } from './scheduleShared.ts';
import type { TaskError } from './task.ts';
import { toTaskError } from './taskErrors.ts';
import type { TaskEvent } from './transitions.ts';
import { verdictOn } from './verdict.ts';

export type PollingClient = Pick<EvoLinkClient, 'query' | 'batch'>;

export interface PollerOptions {
  readonly ledger: Ledger;
  /** The client with the key for an origin; undefined where this window has no key. */
  readonly clientFor: (origin: string) => Promise<PollingClient | undefined>;
  /** Moves a task in the ledger if the ledger's state allows it still and this process follows still. */
  readonly write: (task: TaskRecord, event: TaskEvent) => Promise<TaskRecord | undefined>;
  /** Something was answered: look at the plan again. */
  readonly wake: () => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/** Requests to one origin that are under way at once. */
const MAX_OPEN = 4;
/** Milliseconds between two looks for a key that was missing. */
export const KEY_PAUSE = 15_000;
/** Milliseconds between two tries whether the network is back: the first, doubling up to the last. */
const FIRST_PROBE = 5_000;
const LAST_PROBE = 60_000;
/** Failures of a batch query that single queries would meet too. */
const NOT_OF_BATCH: ReadonlySet<ErrorKind> = new Set([
  'unreachable',
  'network',
  'timeout',
  'rateLimit',
  'server',
  'aborted',
]);

/** What is known of one origin. Times are milliseconds since 1970. */
interface Origin {
  budget: RequestBudget;
  hasBatch: boolean;
  open: number;
  serving: boolean;
  /** Nothing is asked before: no key, no budget, or no network. */
  notBefore: number;
  /** Tries in a row that found no network. */
  unreachable: number;
}

/** Asks EvoLink how tasks are, each when its schedule says so, all of an origin out of one budget and together where they can. */
export class Poller {
  readonly #options: PollerOptions;
  readonly #past: PastTasks;
  readonly #origins = new Map<string, Origin>();
  readonly #looks = new Map<string, Looks>();
  readonly #asked = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  #abort = new AbortController();

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#past = new PastTasks(options.ledger);
  }

  /** Asks for those of `tasks` that are due; forgets all that are not among `followed`. */
  look(tasks: readonly TaskRecord[], followed: readonly TaskRecord[]): void {
    const ids = new Set(followed.map(task => task.id));
    for (const id of this.#looks.keys()) if (!ids.has(id)) this.#looks.delete(id);
    for (const name of new Set(tasks.map(task => task.origin))) {
      const origin = this.#originOf(name);
      if (!isFree(origin) || this.#options.now() < origin.notBefore) continue;
      const ready = tasks.filter(task => task.origin === name && !this.#asked.has(task.id));
      if (!ready.some(task => this.#looksOf(task).at <= this.#options.now())) continue;
      origin.serving = true;
      this.#run(
        this.#serve(name, origin, ready).finally(() => {
          origin.serving = false;
        }),
      );
    }
  }

  /** When the next of `tasks` is due; Infinity where an answer has to come first. */
  nextDue(tasks: readonly TaskRecord[]): number {
    const due = tasks
      .filter(task => !this.#asked.has(task.id) && isFree(this.#originOf(task.origin)))
      .map(task => Math.max(this.#looksOf(task).at, this.#originOf(task.origin).notBefore));
    return Math.min(Infinity, ...due);
  }

  /** The link that EvoLink gave for a task is dead: the next is asked for, more slowly each time. */
  linkWasDead(task: TaskRecord): void {
    this.#looksOf(task).postpone(this.#options.now());
  }

  /** Writes down that there is no key here to ask for a task with. */
  async tellOfKey(task: TaskRecord): Promise<void> {
    await this.#tell(task, { kind: 'key', message: '' });
  }

  /** Everything is due now: another key, the network is back, or the user asked. */
  refresh(): void {
    this.#looks.clear();
    for (const origin of this.#origins.values()) origin.notBefore = 0;
  }

  /** Ends what is under way. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await Promise.all(this.#running);
    this.#abort = new AbortController();
    this.refresh();
  }

  #run(work: Promise<void>): void {
    const guarded: Promise<void> = work
      .catch((error: unknown) => this.#options.log(`Looking at tasks failed: ${String(error)}`))
      .finally(() => {
        this.#running.delete(guarded);
        this.#options.wake();
      });
    this.#running.add(guarded);
  }

  async #serve(name: string, origin: Origin, tasks: readonly TaskRecord[]): Promise<void> {
    const { clientFor, now } = this.#options;
    const { signal } = this.#abort;
    let client: PollingClient | undefined;
    try {
      client = await clientFor(name);
    } catch (error) {
      origin.notBefore = now() + KEY_PAUSE;
      throw error;
    }
    if (signal.aborted) return;
    if (!client) {
      origin.notBefore = now() + KEY_PAUSE;
      for (const task of tasks) await this.tellOfKey(task);
      return;
    }
    while (hasRoom(origin)) {
      const wanted = this.#wanted(origin, tasks);
      if (wanted.length === 0) return;
      const turn = spend(origin.budget, now());
      origin.budget = turn.budget;
      if (!turn.granted) {
        origin.notBefore = turn.at;
        return;
      }
      this.#run(this.#ask(client, origin, wanted, signal));
    }
  }

  #wanted(origin: Origin, tasks: readonly TaskRecord[]): readonly TaskRecord[] {
    const { now } = this.#options;
    const free = tasks.filter(task => !this.#asked.has(task.id));
    const planned = (alone: boolean) =>
      free
        .filter(task => this.#looksOf(task).alone === alone)
        .map(task => ({ id: task.id, from: this.#looksOf(task).from, at: this.#looksOf(task).at }));
    const single = lookTogether(planned(true), now(), 1);
    const limit = origin.hasBatch && origin.unreachable === 0 ? MAX_BATCH : 1;
    const ids = new Set(single.length > 0 ? single : lookTogether(planned(false), now(), limit));
    return free.filter(task => ids.has(task.id));
  }

  async #ask(
    client: PollingClient,
    origin: Origin,
    tasks: readonly TaskRecord[],
    signal: AbortSignal,
  ): Promise<void> {
    origin.open += 1;
    for (const task of tasks) this.#asked.add(task.id);
    try {
      await this.#hear(client, origin, tasks, signal);
    } catch (error) {
      if (signal.aborted) return;
      // The ledger did not take the answer: EvoLink is not to blame, and not to be flooded.
      for (const task of tasks) this.#looksOf(task).postpone(this.#options.now());
      throw error;
    } finally {
      origin.open -= 1;
      for (const task of tasks) this.#asked.delete(task.id);
    }
  }

  async #hear(
    client: PollingClient,
    origin: Origin,
    tasks: readonly TaskRecord[],
    signal: AbortSignal,
  ): Promise<void> {
    const [first] = tasks;
    try {
      if (first && tasks.length === 1) {
        const remote = await client.query(first.remoteId ?? '', { signal });
        this.#reached(origin);
        this.#looksOf(first).alone = false;
        await this.#believe(first, remote);
      } else {
        await this.#askTogether(client, origin, tasks, signal);
      }
    } catch (error) {
      if (signal.aborted || !(error instanceof EvoLinkError)) throw error;
      await this.#failed(origin, tasks, error);
    }
  }

  async #askTogether(
    client: PollingClient,
    origin: Origin,
    tasks: readonly TaskRecord[],
    signal: AbortSignal,
  ): Promise<void> {
    const found = await client.batch(
      tasks.map(task => task.remoteId ?? ''),
      { signal },
    );
    this.#reached(origin);
    if (!found) {
      origin.hasBatch = false;
      return;
    }
    for (const task of tasks) {
      const remote = found.find(({ id }) => id === task.remoteId);
      if (remote) await this.#believe(task, remote);
      else this.#looksOf(task).alone = true;
    }
  }

  async #believe(task: TaskRecord, remote: RemoteTask): Promise<void> {
    const { write } = this.#options;
    const now = this.#options.now();
    const looks = this.#looksOf(task);
    const past = this.#past.of(task.request.model);
    const runs = remote.state === 'queued' || remote.state === 'generating';
    const event = verdictOn(task, remote, {
      now,
      ...(runs
        ? { seenProgress: looks.answered(task, remote.progress, now) }
        : { tookSeconds: looks.took(task, past, now) }),
    });
    if (!runs) this.#past.forget();
    const withoutLink = remote.state === 'completed' && remote.resultUrls.length === 0;
    if (withoutLink) looks.failed(now);
    const after = event && (await write(task, event));
    if (runs || withoutLink) await this.#plan(after ?? task, looks);
  }

  async #failed(origin: Origin, tasks: readonly TaskRecord[], error: EvoLinkError): Promise<void> {
    const now = this.#options.now();
    if (error.kind === 'unreachable') {
      origin.notBefore = now + Math.min(FIRST_PROBE * 2 ** origin.unreachable, LAST_PROBE);
      origin.unreachable += 1;
      for (const task of tasks) await this.#tell(task, toTaskError(error));
      return;
    }
    if (error.httpStatus !== undefined) this.#reached(origin);
    if (error.kind === 'rateLimit') origin.budget = slowDown(origin.budget, now, error.retryAfterSeconds);
    if (tasks.length > 1 && !NOT_OF_BATCH.has(error.kind)) {
      origin.hasBatch = false;
      return;
    }
    for (const task of tasks) {
      const looks = this.#looksOf(task);
      looks.failed(now, error.retryAfterSeconds);
      await this.#plan(task, looks);
      await this.#tell(task, toTaskError(error));
    }
  }

  /** The network is there: what waited for it is due. */
  #reached(origin: Origin): void {
    if (origin.unreachable === 0) return;
    origin.unreachable = 0;
    origin.notBefore = 0;
  }

  async #plan(task: TaskRecord, looks: Looks): Promise<void> {
    const next = looks.plan(task, this.#past.of(task.request.model), this.#options.now());
    // What is finished can be lost: how old it is says nothing about when to ask for its link.
    if (task.state === 'downloading') looks.notAfterBackOff();
    if (next.kind === 'stop') await this.#options.write(task, { type: 'stopFollowing' });
  }

  /** Writes down once what stands in the way. */
  async #tell(task: TaskRecord, error: TaskError): Promise<void> {
    const known = this.#options.ledger.get(task.id)?.error;
    if (known?.kind === error.kind && known.message === error.message) return;
    await this.#options.write(task, { type: 'delayed', error });
  }

  #originOf(name: string): Origin {
    let origin = this.#origins.get(name);
    if (!origin) {
      const budget = newBudget(this.#options.now());
      origin = { budget, hasBatch: true, open: 0, serving: false, notBefore: 0, unreachable: 0 };
      this.#origins.set(name, origin);
    }
    return origin;
  }

  #looksOf(task: TaskRecord): Looks {
    let looks = this.#looks.get(task.id);
    if (!looks) this.#looks.set(task.id, (looks = new Looks(this.#options.now())));
    return looks;
  }
}

/** Whether the origin can be asked something more. Without network one try at a time is enough. */
function hasRoom({ open, unreachable }: Origin): boolean {
  return open < (unreachable > 0 ? 1 : MAX_OPEN);
}

function isFree(origin: Origin): boolean {
  return !origin.serving && hasRoom(origin);
}
