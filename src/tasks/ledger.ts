import type { DatabaseSync } from 'node:sqlite';
import type { GenerationRequest } from '../evolink/request.ts';
import { LedgerChanges, type LedgerChange } from './ledgerChanges.ts';
import { openLedgerFile } from './ledgerFile.ts';
import { LedgerRows } from './ledgerRows.ts';
import type { TaskRecord } from './record.ts';
import { requestHash } from './requestHash.ts';
import { inTransaction } from './sqlite.ts';
import type { TaskState } from './task.ts';
import { transition, type TaskEvent } from './transitions.ts';

export type { LedgerChange } from './ledgerChanges.ts';
export { LedgerTooNew } from './ledgerSchema.ts';

const UNFINISHED: readonly TaskState[] = ['waiting', 'submitting', 'queued', 'generating', 'downloading'];

/** Events that only say how far a task is: losing one in a power cut costs nothing. */
const CHEAP_EVENTS: ReadonlySet<TaskEvent['type']> = new Set(['observed', 'delayed']);

/** So many notes of what was spent unasked are kept. By number: a clock that jumps forward and back makes none of them old. */
const UNATTENDED_KEPT = 10_000;

/** Selects by hash and mark, and what windows of older versions recorded without a hash: that has to be compared. */
export const OF_REQUEST =
  'WHERE (request_hash = ? OR request_hash IS NULL) AND recorded > ? ORDER BY created_at DESC, rowid DESC';

export interface LedgerOptions {
  /** Path of the database file, or `:memory:`. */
  readonly file: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log?: (line: string) => void;
}

/**
 * The database of all tasks, shared by every window of the machine: one SQLite file. The only truth; what is on screen is
 * derived from it. Every change goes through {@link transition} inside one write transaction.
 */
export class Ledger {
  readonly #database: DatabaseSync;
  readonly #now: () => number;
  readonly #rows: LedgerRows;
  readonly #changes: LedgerChanges;
  /** Where a damaged file was put aside when this ledger was opened. */
  readonly damagedFile: string | undefined;

  /** Throws `LedgerTooNew`, `SqliteMissing`, or SQLite's own error where the folder can't be written. */
  static open(options: LedgerOptions): Ledger {
    return new Ledger(options);
  }

  private constructor(options: LedgerOptions) {
    const { database, damagedFile } = openLedgerFile(options.file, options.now());
    this.#database = database;
    this.damagedFile = damagedFile;
    this.#now = options.now;
    const log = options.log ?? (() => {});
    this.#rows = new LedgerRows(database, log);
    this.#changes = new LedgerChanges(this.#rows, log);
  }

  /**
   * Calls `listener` after each change that this process made or read. What it throws is logged: it can't undo the change,
   * and whoever made the change must not take it for failed. Returns a function that ends it.
   */
  onDidChange(listener: (change: LedgerChange) => void): () => void {
    return this.#changes.listen(listener);
  }

  /** Newest first. */
  all(): readonly TaskRecord[] {
    return this.#rows.select('ORDER BY created_at DESC, rowid DESC');
  }

  /** The newest tasks, newest first. */
  lately(limit: number): readonly TaskRecord[] {
    return this.#rows.select('ORDER BY created_at DESC, rowid DESC LIMIT ?', limit);
  }

  /** Oldest first. */
  unfinished(): readonly TaskRecord[] {
    return this.inStates(UNFINISHED);
  }

  /** Oldest first. */
  inStates(states: readonly TaskState[]): readonly TaskRecord[] {
    return this.#rows.select(`WHERE state IN (${quoted(states)}) ORDER BY created_at, rowid`);
  }

  hasUnfinished(): boolean {
    return this.count(UNFINISHED) > 0;
  }

  count(states: readonly TaskState[]): number {
    const row = this.#rows
      .statement(`SELECT count(*) AS n FROM tasks WHERE state IN (${quoted(states)})`)
      .get();
    return Number(row?.['n']);
  }

  get(id: string): TaskRecord | undefined {
    return this.#rows.select('WHERE id = ?', id)[0];
  }

  /** The task that EvoLink calls so, at this origin. */
  findRemote(origin: string, remoteId: string): TaskRecord | undefined {
    return this.#rows.select('WHERE remote_id = ?', remoteId).find(task => task.origin === origin);
  }

  /** Number of the newest change: what is recorded later has a higher one, whichever window records it. */
  mark(): number {
    return this.#changes.newest();
  }

  /**
   * The tasks of just this request, newest first, found by an index.
   * @param since a {@link mark}: only those that were recorded after it
   */
  ofRequest(request: GenerationRequest, since = -1): readonly TaskRecord[] {
    const hash = requestHash(request);
    return this.#rows.select(OF_REQUEST, hash, since).filter(task => requestHash(task.request) === hash);
  }

  /** Credits of what was recorded unasked since then (milliseconds since 1970), by all windows; removed tasks count. */
  unattendedCredits(since: number): number {
    const row = this.#rows.statement('SELECT sum(credits) AS sum FROM unattended WHERE at > ?').get(since);
    return Number(row?.['sum'] ?? 0);
  }

  /** Records one task, as {@link addAll}. */
  async add(task: TaskRecord, allowed?: () => boolean): Promise<boolean> {
    return await this.addAll([task], allowed);
  }

  /**
   * Records new tasks, all or none: they are on the disk when the promise resolves. `allowed` is asked inside the transaction;
   * false where it says no and nothing is written. Throws SQLite's error where a task has this id already.
   * @param unattendedCredits what of them nobody was asked about
   */
  async addAll(
    tasks: readonly TaskRecord[],
    allowed: () => boolean = () => true,
    unattendedCredits = 0,
  ): Promise<boolean> {
    const first = await inTransaction(this.#database, true, () => {
      if (!allowed()) return undefined;
      const first = this.#nextChange(tasks.length);
      for (const [index, task] of tasks.entries()) this.#insert(task, first + index);
      if (unattendedCredits > 0) this.#noteUnattended(unattendedCredits);
      return first;
    });
    if (first !== undefined)
      for (const [index, task] of tasks.entries()) this.#rows.keep(task, first + index);
    this.#changes.tell();
    return first !== undefined;
  }

  #insert(task: TaskRecord, change: number): void {
    this.#rows
      .statement(
        `INSERT INTO tasks (id, state, created_at, remote_id, change, recorded, request_hash, record)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        task.id,
        task.state,
        task.createdAt,
        task.remoteId ?? null,
        change,
        change,
        requestHash(task.request),
        JSON.stringify(task),
      );
  }

  #noteUnattended(credits: number): void {
    this.#rows.statement('INSERT INTO unattended (at, credits) VALUES (?, ?)').run(this.#now(), credits);
    this.#rows
      .statement('DELETE FROM unattended WHERE rowid <= (SELECT max(rowid) FROM unattended) - ?')
      .run(UNATTENDED_KEPT);
  }

  /**
   * Moves a task. It is on the disk when the promise resolves (ticks of progress: in the system's cache).
   * `allowed` is asked inside the transaction about the task as it is, and where it says no nothing is written and
   * undefined is returned: a follower that lost its lock must not write. Undefined too where the task is gone.
   * Throws `IllegalTransition`.
   */
  async apply(
    id: string,
    event: TaskEvent,
    allowed: (task: TaskRecord) => boolean = () => true,
  ): Promise<TaskRecord | undefined> {
    const task = await inTransaction(this.#database, !CHEAP_EVENTS.has(event.type), () => {
      const before = this.get(id);
      if (!before || !allowed(before)) return undefined;
      const after = transition(before, event, this.#now());
      this.#rows
        .statement('UPDATE tasks SET state = ?, remote_id = ?, change = ?, record = ? WHERE id = ?')
        .run(after.state, after.remoteId ?? null, this.#nextChange(), JSON.stringify(after), id);
      return after;
    });
    if (task) this.#changes.tell();
    return task;
  }

  /**
   * `allowed` is asked inside the transaction about the task as it is: what a user meant to remove may be under way by now.
   * False where it says no.
   */
  async remove(id: string, allowed: (task: TaskRecord) => boolean = () => true): Promise<boolean> {
    const removed = await inTransaction(this.#database, true, () => {
      const before = this.get(id);
      if (before && !allowed(before)) return false;
      const change = this.#nextChange();
      this.#rows.statement('DELETE FROM tasks WHERE id = ?').run(id);
      this.#rows.statement('INSERT OR REPLACE INTO removed (id, change) VALUES (?, ?)').run(id, change);
      return true;
    });
    this.#changes.tell();
    return removed;
  }

  /** Tells the listeners what has changed since they were told last, by this process or others. */
  readChanges(): void {
    if (this.#database.isOpen) this.#changes.read();
  }

  get isOpen(): boolean {
    return this.#database.isOpen;
  }

  close(): void {
    this.#changes.dispose();
    this.#rows.dispose();
    if (this.#database.isOpen) this.#database.close();
  }

  /** The first of so many numbers for changes. */
  #nextChange(count = 1): number {
    const row = this.#rows.statement('UPDATE changes SET newest = newest + ? RETURNING newest').get(count);
    return Number(row?.['newest']) - count + 1;
  }
}

function quoted(states: readonly TaskState[]): string {
  return states.map(state => `'${state}'`).join();
}
