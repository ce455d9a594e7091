import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Ledger } from './ledger.ts';

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
