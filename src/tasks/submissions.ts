import type { EvoLinkClient } from '../evolink/client.ts';
import type { EvoLinkError } from '../evolink/errors.ts';
import type { Ledger } from './ledger.ts';
import type { TaskRecord } from './record.ts';
import { holdsForAll, meetsTheSame } from './refusals.ts';
import { recordOutcome, type SendResult } from './sendResult.ts';
import type { Sleep } from './sleep.ts';
import { retryPause } from './retryPause.ts';
import { underWay } from './room.ts';
import { toTaskError } from './taskErrors.ts';
import { IllegalTransition } from './transitions.ts';

/** How often a request that provably never arrived is sent by itself before the user is asked. */
export const ATTEMPTS = 4;
/** Milliseconds after which a queue without room looks again, should nobody tell it of another window's change. */
const LOOK_AGAIN = 5_000;

export interface SubmissionOptions {
  readonly ledger: Ledger;
  /** The client with the key for an origin; undefined where there is no key. */
  readonly clientFor: (origin: string) => Promise<Pick<EvoLinkClient, 'create'> | undefined>;
  /** How many tasks may be under way at EvoLink at once. */
  readonly maxConcurrent: () => number;
  readonly sleep: Sleep;
  readonly random: () => number;
  readonly log: (line: string) => void;
}

interface Entry {
  readonly id: string;
  /** The task's window when it came into the queue: it is sent only while it belongs to that. */
  readonly owner: string | undefined;
  /** Place in the queue, kept when it is sent again. */
  readonly place: number;
  attempts: number;
  readonly promise: Promise<TaskRecord | undefined>;
  readonly resolve: (task: TaskRecord | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends recorded tasks in their order, at most so many at once. The only place that pays: a task is `submitting` on the disk
 * before its first byte leaves, and it is sent again by itself only where it provably was not taken.
 */
export class SubmissionQueue {
  readonly #options: SubmissionOptions;
  /** Waiting to be sent, by their places. */
  #waiting: Entry[] = [];
  /** All that are waiting or being sent. */
  readonly #entries = new Map<string, Entry>();
  readonly #sending = new Set<Promise<void>>();
  readonly #end = new AbortController();
  readonly #stopListening: () => void;
  #timer: NodeJS.Timeout | undefined;
  #places = 0;
  /** Taken out of the queue, but not `submitting` in the ledger yet. */
  #starting = 0;
  #pausing = 0;
  #backOff = 0;

  constructor(options: SubmissionOptions) {
    this.#options = options;
    this.#stopListening = options.ledger.onDidChange(() => this.#pump());
  }

  /**
   * Sends a task that is `waiting` in the ledger; one that is in the queue already is not sent twice. Resolves when EvoLink
   * accepted or refused it, when its outcome is unknown, or, `waiting` still, when EvoLink can't be reached or there is no
   * key; undefined where it was removed meanwhile.
   */
  submit(id: string): Promise<TaskRecord | undefined> {
    const known = this.#entries.get(id);
    if (known) return known.promise;
    if (this.#end.signal.aborted) return Promise.resolve(this.#options.ledger.get(id));
    const entry = {
      id,
      owner: this.#options.ledger.get(id)?.owner,
      place: this.#places++,
      attempts: 0,
      ...Promise.withResolvers<TaskRecord | undefined>(),
    };
    this.#entries.set(id, entry);
    this.#waiting.push(entry);
    this.#pump();
    return entry.promise;
  }

  /**
   * Sends nothing more; what is waiting stays recorded, and the user is asked about it next time. Resolves when the answers
   * to what was sent are in the ledger: it must stay open until then, for an answer that is lost may be a task that is paid for.
   */
  async end(): Promise<void> {
    this.#stopListening();
    clearTimeout(this.#timer);
    this.#end.abort();
    for (const entry of this.#waiting.splice(0)) this.#finish(entry, this.#options.ledger.get(entry.id));
    await Promise.all(this.#sending);
  }

  /** `end` for those who can't wait. */
  dispose(): void {
    void this.end();
  }

  #pump(): void {
    try {
      this.#sendAll();
    } catch (error) {
      this.#options.log(`The task list could not be read, will go on: ${String(error)}`);
      this.#lookAgain();
    }
  }

  #sendAll(): void {
    while (this.#pausing === 0 && !this.#end.signal.aborted && this.#hasRoom()) {
      const entry = this.#waiting.shift();
      if (!entry) return;
      this.#starting += 1;
      const sending = this.#send(entry)
        .catch(async (error: unknown) => {
          this.#entries.delete(entry.id);
          await this.#explain(entry, error);
          entry.reject(error);
        })
        .finally(() => {
          this.#sending.delete(sending);
          this.#pump();
        });
      this.#sending.add(sending);
    }
  }

  #hasRoom(): boolean {
    clearTimeout(this.#timer);
    const [next] = this.#waiting;
    if (!next) return false;
    const { ledger, maxConcurrent } = this.#options;
    if (underWay(ledger, next.id, maxConcurrent()) + this.#starting < maxConcurrent()) return true;
    this.#lookAgain();
    return false;
  }

  /** Other windows' changes are told by nobody where their files can't be watched. */
  #lookAgain(): void {
    clearTimeout(this.#timer);
    if (this.#end.signal.aborted) return;
    this.#timer = setTimeout(() => this.#pump(), LOOK_AGAIN);
    this.#timer.unref();
  }

  /** A task that could not be begun waits for the user, who has to see why. */
  async #explain({ id }: Entry, error: unknown): Promise<void> {
    const problem = { kind: 'internal', message: String(error) };
    await this.#options.ledger
      .apply(id, { type: 'delayed', error: problem }, task => task.state === 'waiting')
      .catch(() => undefined);
  }

  async #send(entry: Entry): Promise<void> {
    const started = await this.#start(entry).finally(() => (this.#starting -= 1));
    if (!started) return;
    const { client, task: sent } = started;
    entry.attempts += 1;
    // Not aborted at the end: a request on its way is paid for, and its answer is worth waiting for to the last moment.
    const outcome = await client
      .create(sent.request, { idempotencyKey: sent.idempotencyKey })
      .catch((error: unknown): SendResult => ({ outcome: 'threw', message: String(error) }));
    if (outcome.outcome === 'unsent') return await this.#goBack(entry, sent, outcome);
    this.#backOff = 0;
    if (outcome.outcome !== 'rejected' || !holdsForAll(outcome.error.kind))
      return this.#finish(entry, await recordOutcome(sent, outcome, this.#options));
    // Nobody behind it is sent before the cause is written to them.
    this.#pausing += 1;
    try {
      const task = await recordOutcome(sent, outcome, this.#options);
      await this.#holdBack(sent, outcome.error);
      this.#finish(entry, task);
    } finally {
      this.#pausing -= 1;
    }
  }

  /** It was not taken: it is sent again after a pause, or waits for the user. */
  async #goBack(entry: Entry, sent: TaskRecord, outcome: SendResult & { outcome: 'unsent' }): Promise<void> {
    // Nobody behind it overtakes while it goes back to its place.
    if (this.#pausing === 0) this.#backOff += 1;
    this.#pausing += 1;
    try {
      const task = await recordOutcome(sent, outcome, this.#options);
      if (task?.state === 'waiting' && this.#sendsAgain(entry, outcome.error)) {
        this.#waiting = [...this.#waiting, entry].toSorted((a, b) => a.place - b.place);
        await this.#pause(outcome.error);
      } else {
        await this.#holdBack(sent, outcome.error);
        this.#finish(entry, task);
      }
    } finally {
      this.#pausing -= 1;
    }
  }

  /**
   * What the rest of the queue would meet as well is not tried with each of it: they stay `waiting` with that cause, until
   * the user sends them.
   */
  async #holdBack(refused: TaskRecord, error: EvoLinkError): Promise<void> {
    if (!holdsForAll(error.kind)) return;
    const { ledger } = this.#options;
    const held = this.#waiting.flatMap(entry => {
      const task = ledger.get(entry.id);
      return task && task.owner === entry.owner && meetsTheSame(task, refused, error.kind)
        ? [{ entry, task }]
        : [];
    });
    const entries = new Set(held.map(({ entry }) => entry));
    this.#waiting = this.#waiting.filter(entry => !entries.has(entry));
    for (const { entry, task } of held) this.#finish(entry, await this.#writeCause(task, error));
  }

  /** Never fails: whoever waits for the task has to hear of it, and can send it, though its cause is not on the disk. */
  async #writeCause(task: TaskRecord, error: EvoLinkError): Promise<TaskRecord | undefined> {
    const { ledger, log } = this.#options;
    const cause = { type: 'delayed', error: toTaskError(error) } as const;
    try {
      const delayed = await ledger.apply(task.id, cause, ({ state }) => state === 'waiting');
      return delayed ?? ledger.get(task.id);
    } catch (failure) {
      log(`Why task ${task.id} was not sent could not be written: ${String(failure)}`);
      return task;
    }
  }

  /** Writes `submitting`. Undefined where there is nothing to send: then the entry is done with. */
  async #start(entry: Entry) {
    const { ledger, clientFor } = this.#options;
    const waiting = ledger.get(entry.id);
    const isMine = (task: TaskRecord): boolean => task.owner === entry.owner;
    if (waiting?.state !== 'waiting' || !isMine(waiting)) return this.#finish(entry, waiting);
    const client = await clientFor(waiting.origin);
    try {
      if (!client) {
        const error = { kind: 'key', message: '' };
        return this.#finish(entry, await ledger.apply(entry.id, { type: 'delayed', error }, isMine));
      }
      if (this.#end.signal.aborted) return this.#finish(entry, waiting);
      const task = await ledger.apply(entry.id, { type: 'submit' }, isMine);
      return task ? { client, task } : this.#finish(entry, ledger.get(entry.id));
    } catch (error) {
      // Another window sent it meanwhile, or it was ended otherwise.
      if (!(error instanceof IllegalTransition)) throw error;
      return this.#finish(entry, ledger.get(entry.id));
    }
  }

  #finish(entry: Entry, task: TaskRecord | undefined): undefined {
    this.#entries.delete(entry.id);
    entry.resolve(task);
  }

  /** A full queue at EvoLink is waited out; anything else only for some attempts. */
  #sendsAgain(entry: Entry, error: EvoLinkError): boolean {
    if (this.#end.signal.aborted) return false;
    return error.kind === 'rateLimit' || (error.retryable && entry.attempts < ATTEMPTS);
  }

  /** Several at once make one step of the back-off, and the longest of their pauses counts. */
  async #pause(error: EvoLinkError): Promise<void> {
    const pause = retryPause(this.#backOff, error, this.#options.random());
    await this.#options.sleep(pause, this.#end.signal);
  }
}
