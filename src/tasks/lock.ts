import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { isBusy, openDatabase } from './sqlite.ts';

/**
 * A lock between processes that dies with its process: an exclusive transaction on a small SQLite file of its own.
 * No clock is involved, so neither sleep nor a changed date can break it.
 */
export class ProcessLock {
  readonly #file: string;
  #database: DatabaseSync | undefined;
  #inode: bigint | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** False too where somebody removed or replaced the file: others could then lock the new one. */
  get held(): boolean {
    return this.#database !== undefined && inodeOf(this.#file) === this.#inode;
  }

  /** Takes the lock if it is free; true if it is held now. Never waits. Throws SQLite's error where the file can't be made. */
  tryAcquire(): boolean {
    if (this.held) return true;
    this.release();
    const database = openDatabase(this.#file, 0);
    try {
      // A rollback journal: in WAL mode an exclusive transaction does not keep others from starting.
      database.exec('PRAGMA journal_mode=DELETE; BEGIN EXCLUSIVE');
    } catch (error) {
      database.close();
      if (isBusy(error)) return false;
      throw error;
    }
    this.#database = database;
    this.#inode = inodeOf(this.#file);
    return true;
  }

  release(): void {
    this.#database?.close();
    this.#database = undefined;
  }
}

function inodeOf(file: string): bigint | undefined {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
}
