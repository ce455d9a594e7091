import { existsSync, mkdirSync, rmSync, unwatchFile, watch, watchFile, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Ledger } from './ledger.ts';

/** Milliseconds between two looks at the file where the system can't watch it. */
const LOOK = 5_000;

/**
 * A file that is there while the ledger has unfinished tasks, so that a window that starts needs no database to see that
 * there is nothing to do.
 */
export class UnfinishedMarker {
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  isSet(): boolean {
    return existsSync(this.file);
  }

  set(): void {
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, '');
  }

  clear(): void {
    rmSync(this.file, { force: true });
  }

  /** Calls `listener` when the file is there, by whichever window. Returns a function that ends it. */
  whenSet(listener: () => void): () => void {
    const look = (): void => {
      if (this.isSet()) listener();
    };
    const stop = this.#watch(look);
    look();
    return stop;
  }

  #watch(look: () => void): () => void {
    try {
      mkdirSync(dirname(this.file), { recursive: true });
      const watcher = watch(dirname(this.file), (_, changed) => {
        if (changed === basename(this.file)) look();
      });
      watcher.on('error', () => watcher.close());
      return () => watcher.close();
    } catch {
      // Systems have a limit to what is watched, for all programs together.
      watchFile(this.file, { interval: LOOK, persistent: false }, look);
      return () => unwatchFile(this.file, look);
    }
  }

  /** Keeps the file as the ledger says, from now on. Returns a function that ends it. */
  keep(ledger: Ledger): () => void {
    const update = (): void => {
      const unfinished = ledger.hasUnfinished();
      if (unfinished === this.isSet()) return;
      if (unfinished) {
        this.set();
        return;
      }
      this.clear();
      // Another window may have begun one between the look and the deed.
      if (ledger.hasUnfinished()) this.set();
    };
    update();
    return ledger.onDidChange(update);
  }
}
