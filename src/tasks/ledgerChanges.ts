import { EventEmitter } from 'node:events';
import type { LedgerRows } from './ledgerRows.ts';
import type { TaskRecord } from './record.ts';

/** Milliseconds before listeners are told again of a change that could not be read back. */
const TELL_AGAIN = 50;

/** A change in the ledger, made by this process or another; `task` is missing where it was removed. */
export interface LedgerChange {
  readonly id: string;
  readonly task?: TaskRecord;
}

/** Tells listeners of each change in the ledger once, whichever process made it. */
export class LedgerChanges {
  readonly #rows: LedgerRows;
  readonly #log: (line: string) => void;
  readonly #changes = new EventEmitter<{ change: [LedgerChange] }>();
  /** Number of the newest change that was told. */
  #told: number;
  #telling: NodeJS.Timeout | undefined;

  constructor(rows: LedgerRows, log: (line: string) => void) {
    this.#rows = rows;
    this.#log = log;
    this.#told = this.newest();
    this.#changes.setMaxListeners(0);
  }

  /** Number of the newest change. */
  newest(): number {
    return Number(this.#rows.statement('SELECT newest FROM changes').get()?.['newest']);
  }

  /** What a listener throws is logged. Returns a function that ends it. */
  listen(listener: (change: LedgerChange) => void): () => void {
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

  /** Tells what has changed since listeners were told last. Throws SQLite's error where that can't be read. */
  read(): void {
    const told = this.#told;
    const newest = this.newest();
    if (newest === told) return;
    const removed = this.#rows.statement('SELECT id FROM removed WHERE change > ?').all(told);
    const changed = this.#rows.select('WHERE change > ? ORDER BY change', told);
    this.#told = newest;
    for (const row of removed) {
      const id = String(row['id']);
      this.#rows.forget(id);
      this.#changes.emit('change', { id });
    }
    for (const task of changed) this.#changes.emit('change', { id: task.id, task });
  }

  /** What was written stays written where another process keeps it from being read just now: the listeners hear of it soon. */
  tell(): void {
    clearTimeout(this.#telling);
    try {
      this.read();
    } catch (error) {
      this.#log(`The task list can't be read just now, will go on: ${String(error)}`);
      this.#telling = setTimeout(() => this.tell(), TELL_AGAIN).unref();
    }
  }

  dispose(): void {
    clearTimeout(this.#telling);
    this.#changes.removeAllListeners();
  }
}
