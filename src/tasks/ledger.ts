import { EventEmitter } from 'node:events';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { openLedgerFile } from './ledgerFile.ts';
import { parseRecord, type TaskRecord } from './record.ts';
import { inTransaction } from './sqlite.ts';
import type { TaskState } from './task.ts';
import { transition, type TaskEvent } from './transitions.ts';

export { LedgerTooNew } from './ledgerFile.ts';

const UNFINISHED: readonly TaskState[] = ['waiting', 'submitting', 'queued', 'generating', 'downloading'];

/** Events that only say how far a task is: losing one in a power cut costs nothing. */
const CHEAP_EVENTS: ReadonlySet<TaskEvent['type']> = new Set(['observed', 'delayed']);

/** Milliseconds before listeners are told again of a change that could not be read back. */
const TELL_AGAIN = 50;

export interface LedgerOptions {
  /** Path of the database file, or `:memory:`. */
  readonly file: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log?: (line: string) => void;
}

/** A change in the ledger, made by this process or another; `task` is missing where it was removed. */
export interface LedgerChange {
  readonly id: string;
  readonly task?: TaskRecord;
}

/**
 * The database of all tasks, shared by every window of the machine: one SQLite file. The only truth; what is on screen is
 * derived from it. Every change goes through {@link transition} inside one write transaction.
 */
export class Ledger {
  readonly #database: DatabaseSync;
  readonly #now: () => number;
  readonly #log: (line: string) => void;
  readonly #changes = new EventEmitter<{ change: [LedgerChange] }>();
  readonly #statements = new Map<string, StatementSync>();
  /** What was read already, with the number of its newest change. */
  readonly #read = new Map<string, { readonly change: number; readonly task: TaskRecord | undefined }>();
  /** Where a damaged file was put aside when this ledger was opened. */
  readonly damagedFile: string | undefined;
  /** Number of the newest change that was told to the listeners. */
  #told: number;
  #telling: NodeJS.Timeout | undefined;

  /** Throws `LedgerTooNew`, `SqliteMissing`, or SQLite's own error where the folder can't be written. */
  static open(options: LedgerOptions): Ledger {
    return new Ledger(options);
  }

  private constructor(options: LedgerOptions) {
    const { database, damagedFile } = openLedgerFile(options.file, options.now());
    this.#database = database;
    this.damagedFile = damagedFile;
    this.#now = options.now;
    this.#log = options.log ?? (() => {});
    this.#told = this.#newestChange();
    this.#changes.setMaxListeners(0);
  }

  /**
   * Calls `listener` after each change that this process made or read. What it throws is logged: it can't undo the change,
   * and whoever made the change must not take it for failed. Returns a function that ends it.
   */
  onDidChange(listener: (change: LedgerChange) => void): () => void {
    const guarded = (change: LedgerChange): void => {
      try {
        listener(change);
      } catch (error) {
        this.#log(`A listener failed at task ${change.id}: ${String(error)}`);
      }
    };
    this.#changes.on('change', guarded);
    return () => this.#changes.off('change', guarded);
  }

  /** Newest first. */
  all(): readonly TaskRecord[] {
    return this.#select('ORDER BY created_at DESC, rowid DESC');
  }

  /** The newest tasks, newest first. */
  lately(limit: number): readonly TaskRecord[] {
    return this.#select('ORDER BY created_at DESC, rowid DESC LIMIT ?', limit);
  }

  /** Oldest first. */
  unfinished(): readonly TaskRecord[] {
    return this.inStates(UNFINISHED);
  }

  /** Oldest first. */
  inStates(states: readonly TaskState[]): readonly TaskRecord[] {
    return this.#select(`WHERE state IN (${quoted(states)}) ORDER BY created_at, rowid`);
  }

  hasUnfinished(): boolean {
    return this.count(UNFINISHED) > 0;
  }

  count(states: readonly TaskState[]): number {
    const row = this.#statement(`SELECT count(*) AS n FROM tasks WHERE state IN (${quoted(states)})`).get();
    return Number(row?.['n']);
  }

  get(id: string): TaskRecord | undefined {
    return this.#select('WHERE id = ?', id)[0];
  }

  /** The task that EvoLink calls so, at this origin. */
  findRemote(origin: string, remoteId: string): TaskRecord | undefined {
    return this.#select('WHERE remote_id = ?', remoteId).find(task => task.origin === origin);
  }

  /**
   * Records a new task: it is on the disk when the promise resolves. `allowed` is asked inside the transaction; false where
   * it says no and nothing is written. Throws SQLite's error where a task has this id already.
   */
  async add(task: TaskRecord, allowed: () => boolean = () => true): Promise<boolean> {
    const added = await inTransaction(this.#database, true, () => {
      if (!allowed()) return false;
      this.#statement(
        'INSERT INTO tasks (id, state, created_at, remote_id, change, record) VALUES (?, ?, ?, ?, ?, ?)',
      ).run(
        task.id,
        task.state,
        task.createdAt,
        task.remoteId ?? null,
        this.#nextChange(),
        JSON.stringify(task),
      );
      return true;
    });
    this.#tell();
    return added;
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
      this.#statement('UPDATE tasks SET state = ?, remote_id = ?, change = ?, record = ? WHERE id = ?').run(
        after.state,
        after.remoteId ?? null,
        this.#nextChange(),
        JSON.stringify(after),
        id,
      );
      return after;
    });
    if (task) this.#tell();
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
      this.#statement('DELETE FROM tasks WHERE id = ?').run(id);
      this.#statement('INSERT OR REPLACE INTO removed (id, change) VALUES (?, ?)').run(id, change);
      return true;
    });
    this.#tell();
    return removed;
  }

  /** Tells the listeners what has changed since they were told last, by this process or others. */
  readChanges(): void {
    if (!this.#database.isOpen) return;
    const told = this.#told;
    const newest = this.#newestChange();
    if (newest === told) return;
    const removed = this.#statement('SELECT id FROM removed WHERE change > ?').all(told);
    const changed = this.#select('WHERE change > ? ORDER BY change', told);
    this.#told = newest;
    for (const row of removed) {
      const id = String(row['id']);
      this.#read.delete(id);
      this.#changes.emit('change', { id });
    }
    for (const task of changed) this.#changes.emit('change', { id: task.id, task });
  }

  /** What was written stays written where another process keeps it from being read just now: the listeners hear of it soon. */
  #tell(): void {
    clearTimeout(this.#telling);
    try {
      this.readChanges();
    } catch (error) {
      this.#log(`The task list can't be read just now, will go on: ${String(error)}`);
      this.#telling = setTimeout(() => this.#tell(), TELL_AGAIN).unref();
    }
  }

  get isOpen(): boolean {
    return this.#database.isOpen;
  }

  close(): void {
    clearTimeout(this.#telling);
    this.#changes.removeAllListeners();
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #select(clause: string, ...parameters: (string | number)[]): TaskRecord[] {
    return this.#statement(`SELECT id, change, record FROM tasks ${clause}`)
      .all(...parameters)
      .flatMap(row => this.#readRow(String(row['id']), Number(row['change']), String(row['record'])) ?? []);
  }

  /** A row that can't be read is left where it is and logged: the others must not be lost for it. */
  #readRow(id: string, change: number, text: string): TaskRecord | undefined {
    const known = this.#read.get(id);
    if (known?.change === change) return known.task;
    let task: TaskRecord | undefined;
    try {
      task = parseRecord(text);
    } catch (error) {
      this.#log(`Task ${id} in the task list can't be read: ${String(error)}`);
    }
    // Inside a transaction that may be rolled back only older rows are read, so what is kept is always what is on the disk.
    this.#read.set(id, { change, task });
    return task;
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    return statement;
  }

  #newestChange(): number {
    return Number(this.#statement('SELECT newest FROM changes').get()?.['newest']);
  }

  #nextChange(): number {
    return Number(
      this.#statement('UPDATE changes SET newest = newest + 1 RETURNING newest').get()?.['newest'],
    );
  }
}

function quoted(states: readonly TaskState[]): string {
  return states.map(state => `'${state}'`).join();
}
