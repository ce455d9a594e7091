import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { parseRecord, type TaskRecord } from './record.ts';

/** Reads the ledger's rows. A row that was read already is parsed again only after it has changed. */
export class LedgerRows {
  readonly #database: DatabaseSync;
  readonly #log: (line: string) => void;
  readonly #statements = new Map<string, StatementSync>();
  /** What was read already, with the number of its newest change. */
  readonly #read = new Map<string, { readonly change: number; readonly task: TaskRecord | undefined }>();

  constructor(database: DatabaseSync, log: (line: string) => void) {
    this.#database = database;
    this.#log = log;
  }

  /** @param clause of SQL behind `FROM tasks` */
  select(clause: string, ...parameters: (string | number)[]): TaskRecord[] {
    return this.statement(`SELECT id, change, record FROM tasks ${clause}`)
      .all(...parameters)
      .flatMap(row => this.#readRow(String(row['id']), Number(row['change']), String(row['record'])) ?? []);
  }

  /** Prepared once for each text. */
  statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    return statement;
  }

  /** To be called when a task is on the disk just as it is: it need not be parsed again. */
  keep(task: TaskRecord, change: number): void {
    this.#read.set(task.id, { change, task });
  }

  /** To be called when a task was removed. */
  forget(id: string): void {
    this.#read.delete(id);
  }

  /** To be called before the database is closed. */
  dispose(): void {
    this.#statements.clear();
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
}
