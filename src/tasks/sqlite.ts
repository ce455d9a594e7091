import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds that SQLite may block this thread while another process writes; the rest of the waiting is asynchronous. */
const BLOCKING_LIMIT = 25;
/** Milliseconds after which a write that always meets a locked database is given up. */
const PATIENCE = 30_000;
/** Milliseconds that opening may wait for another process that opens, repairs or migrates the same file just now. */
const OPENING_PATIENCE = 2_000;

export const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

const MISSING = `Node ${process.versions.node} lacks node:sqlite as of Node 22.16`;

/** Thrown where the Node of this VS Code has no built-in SQLite, or one that lacks what is needed here. */
export class SqliteMissing extends Error {}

/**
 * Opens a database file. Throws {@link SqliteMissing} or SQLite's own error.
 * @param blockingLimit milliseconds that each statement may wait for another process on this thread
 */
export function openDatabase(file: string, blockingLimit = BLOCKING_LIMIT): DatabaseSync {
  const database = new (databaseClass())(file, { timeout: blockingLimit });
  // `isTransaction` and `timeout` came together (Node 22.16): without them no write is rolled back, or waits.
  if (typeof (database.isTransaction as unknown) === 'boolean') return database;
  database.close();
  throw new SqliteMissing(MISSING);
}

/** The types say it is always there, but editors built on VS Code combine its versions with Electrons of their own. */
function databaseClass(): typeof DatabaseSync {
  let sqlite: typeof import('node:sqlite') | undefined;
  try {
    sqlite = process.getBuiltinModule('node:sqlite');
  } catch (error) {
    // Electron 37.2.0 lists the module and can't load it (electron/electron#47671).
    throw new SqliteMissing(MISSING, { cause: error });
  }
  if (!sqlite) throw new SqliteMissing(MISSING);
  return sqlite.DatabaseSync;
}

export function isBusy(error: unknown): boolean {
  return primaryCode(error) === SQLITE_BUSY;
}

export function isDamaged(error: unknown): boolean {
  const code = primaryCode(error);
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}

function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff;
}

/** Repeats a short synchronous step of opening while another process is in the way; throws its error in the end. */
export function patiently<T>(work: () => T): T {
  const end = performance.now() + OPENING_PATIENCE;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 + 10 * Math.random());
    }
  }
}

/**
 * Runs `work` in one write transaction. While another process writes, it waits without blocking the thread.
 * `work` is synchronous, so transactions stay short; it is run again where the commit met a reader (rollback journal).
 * With `durable` the commit survives a power cut; without it (and WAL) it survives the end of the process.
 */
export async function inTransaction<T>(database: DatabaseSync, durable: boolean, work: () => T): Promise<T> {
  const start = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      return runTransaction(database, `PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`, work);
    } catch (error) {
      if (!isBusy(error) || performance.now() - start > PATIENCE) throw error;
      await sleep(Math.min(5 * attempt, 100) * (0.5 + Math.random()));
    }
  }
}

/** One attempt; `before` is executed outside of the transaction. */
export function runTransaction<T>(database: DatabaseSync, before: string, work: () => T): T {
  database.exec(`${before}; BEGIN IMMEDIATE`);
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
