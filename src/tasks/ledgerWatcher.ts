import { watch, type FSWatcher } from 'node:fs';
import type { Ledger } from './ledger.ts';

/** Milliseconds: one look at the ledger for a burst of writes. */
const BURST = 100;
/** Milliseconds between two looks at the ledger's change number while something is unfinished: not every system tells of writes to an open file. */
const POLL = 1_000;

/**
 * Lets a ledger tell what other processes change, by watching its files; polls only while something is unfinished, or where
 * nothing can be watched: systems have a limit to that, for all programs together.
 */
export class LedgerWatcher {
  readonly #ledger: Ledger;
  readonly #stopListening: () => void;
  #watcher: FSWatcher | undefined;
  #burst: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;

  /** `fileName` in `folder` is the ledger's; its journal's name begins with it. */
  constructor(folder: string, fileName: string, ledger: Ledger) {
    this.#ledger = ledger;
    try {
      this.#watcher = watch(folder, (_, changed) => {
        if (changed !== null && !changed.startsWith(fileName)) return;
        this.#burst ??= setTimeout(() => {
          this.#burst = undefined;
          this.#read();
        }, BURST);
      });
      this.#watcher.on('error', () => {
        this.#watcher?.close();
        this.#watcher = undefined;
        this.#pollWhereNeeded();
      });
    } catch {
      this.#watcher = undefined;
    }
    this.#stopListening = ledger.onDidChange(() => this.#pollWhereNeeded());
    this.#pollWhereNeeded();
  }

  dispose(): void {
    this.#stopListening();
    clearTimeout(this.#burst);
    clearInterval(this.#poll);
    this.#watcher?.close();
  }

  #pollWhereNeeded(): void {
    if (this.#watcher && !this.#ledger.hasUnfinished()) {
      clearInterval(this.#poll);
      this.#poll = undefined;
      return;
    }
    this.#poll ??= setInterval(() => this.#read(), POLL).unref();
  }

  #read(): void {
    try {
      this.#ledger.readChanges();
    } catch {
      // Locked for longer than a thread may wait: the next look sees it.
      this.#burst ??= setTimeout(() => {
        this.#burst = undefined;
        this.#read();
      }, POLL);
    }
  }
}
