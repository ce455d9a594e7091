import { rmSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { isBusy, openDatabase, patiently, SQLITE_BUSY } from './sqlite.ts';

/** How often a lock is tried whose file others remove meanwhile. */
const TRIES = 5;

/**
 * A lock between processes that dies with its process: an exclusive transaction on a small SQLite file of its own.
 * No clock is involved, so neither sleep nor a changed date can break it.
 */
export class ProcessLock {
  readonly #file: string;
  #database: DatabaseSync | undefined;
  #identity: string | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** False too where somebody removed or replaced the file: others could then lock the new one. */
  get held(): boolean {
    return this.#database !== undefined && identityOf(this.#file) === this.#identity;
  }

  /** Takes the lock if it is free; true if it is held now. Never waits. Throws SQLite's error where the file can't be made. */
  tryAcquire(): boolean {
    if (this.held) return true;
    this.release();
    for (let tries = TRIES; tries > 0; tries--) {
      const before = identityOf(this.#file);
      const database = this.#lock();
      if (!database) return false;
      // A file that was removed between opening and locking has no name any more, or another has it: nobody else would see
      // that lock. Only of a file that was there before and is there still is it known that it is the one that was opened.
      if (before !== undefined && identityOf(this.#file) === before) {
        this.#database = database;
        this.#identity = before;
        return true;
      }
      database.close();
    }
    return false;
  }

  /** Takes the lock. Blocks this thread for 2 s at most while another process has it; throws then. */
  acquire(): void {
    patiently(() => {
      if (this.tryAcquire()) return;
      throw Object.assign(new Error(`Another process holds ${basename(this.#file)}.`), {
        errcode: SQLITE_BUSY,
      });
    });
  }

  release(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  /** Lets go of a lock that is held, and removes its file where the system allows that. */
  releaseAndRemove(): void {
    // While it is held, since the file may be another's a moment later; but Windows removes no file that is open, by anyone.
    if (this.held) tryToRemove(this.#file);
    this.release();
    if (process.platform === 'win32') tryToRemove(this.#file);
  }

  #lock(): DatabaseSync | undefined {
    const database = openDatabase(this.#file, 0);
    try {
      // In WAL mode an exclusive transaction does not keep others from starting; a journal on the disk would outlive a kill.
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      return database;
    } catch (error) {
      database.close();
      if (isBusy(error)) return undefined;
      throw error;
    }
  }
}

/** Tells a file from those that had its name before or after: numbers of files are used again, with another time of birth. */
function identityOf(file: string): string | undefined {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.ino} ${stats.birthtimeNs}`;
}

function tryToRemove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // It is in use, or the folder can't be written to: it stays.
  }
}
