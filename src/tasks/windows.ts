import { mkdirSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Ledger } from './ledger.ts';
import { ProcessLock } from './lock.ts';

const EXTENSION = '.lock';

/**
 * This window among those of the machine: it holds a lock as long as it lives, so that others can tell whether a task that
 * was being sent has lost its sender.
 */
export class WindowPresence {
  readonly id: string;
  readonly #folder: string;
  readonly #lock: ProcessLock;
  #ended = false;

  /** `folder` holds one lock file for each window. Throws where that file can't be made or locked. */
  constructor(folder: string, id: string) {
    mkdirSync(folder, { recursive: true });
    this.id = id;
    this.#folder = folder;
    this.#lock = new ProcessLock(this.#fileOf(id));
    // Another window may be looking just now whether this new file is left over.
    this.#lock.acquire();
  }

  /** What can't be told counts as alive: a window taken for dead by mistake might have its request sent a second time. */
  isAlive(owner: string): boolean {
    return owner === this.id || isHeld(this.#fileOf(owner));
  }

  /** Removes the lock files of windows that were killed. Gives way to other work before each. */
  async sweep(): Promise<void> {
    const own = basename(this.#fileOf(this.id));
    for (const name of await readdir(this.#folder)) {
      await setImmediate();
      if (this.#ended) return;
      if (name.endsWith(EXTENSION) && name !== own) isHeld(join(this.#folder, name));
    }
  }

  /** To be called when the queue of this window has ended: until then its tasks have a sender. */
  dispose(): void {
    this.#ended = true;
    this.#lock.releaseAndRemove();
  }

  #fileOf(owner: string): string {
    return join(this.#folder, owner.replaceAll(/[^\w-]/g, '_') + EXTENSION);
  }
}

/** Whether a process holds the lock of this file. One that nobody holds is removed. */
function isHeld(file: string): boolean {
  const lock = new ProcessLock(file);
  try {
    if (!statSync(file, { throwIfNoEntry: false })) return false;
    if (!lock.tryAcquire()) return true;
    lock.releaseAndRemove();
    return false;
  } catch {
    return true;
  } finally {
    lock.release();
  }
}

/**
 * Explains the tasks whose window died: one that was being sent is `uncertain`, since nobody knows whether it arrived; one
 * that had not been sent waits for the user's word and is never sent by itself.
 */
export async function explainOrphans(ledger: Ledger, isAlive: (owner: string) => boolean): Promise<void> {
  const error = { kind: 'windowGone', message: '' };
  const unsettled = ledger.inStates(['waiting', 'submitting']);
  const gone = new Set([...new Set(unsettled.map(task => task.owner))].filter(owner => !isAlive(owner)));
  for (const task of unsettled) {
    if (!gone.has(task.owner)) continue;
    // The user may just have handed it to a window that lives.
    const isSame = (current: typeof task): boolean =>
      current.state === task.state && current.owner === task.owner;
    if (task.state === 'submitting') await ledger.apply(task.id, { type: 'outcomeUnknown', error }, isSame);
    else if (task.error?.kind !== error.kind) await ledger.apply(task.id, { type: 'delayed', error }, isSame);
  }
}

/** Milliseconds between two looks whether the windows that are sending live still. */
const ORPHANS_EVERY = 5_000;

/** Explains orphans at once and whenever a window dies; has a timer only while another window is sending something. */
export class OrphanWatch {
  readonly #ledger: Ledger;
  readonly #presence: Pick<WindowPresence, 'id' | 'isAlive'>;
  readonly #log: (line: string) => void;
  readonly #stopListening: () => void;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(ledger: Ledger, presence: Pick<WindowPresence, 'id' | 'isAlive'>, log: (line: string) => void) {
    this.#ledger = ledger;
    this.#presence = presence;
    this.#log = log;
    this.#stopListening = ledger.onDidChange(({ task }) => {
      if (task && this.#isOthers(task)) this.#plan(ORPHANS_EVERY);
    });
    this.#plan(0);
  }

  dispose(): void {
    this.#ended = true;
    this.#stopListening();
    clearTimeout(this.#timer);
  }

  #plan(milliseconds: number): void {
    if (this.#ended) return;
    this.#timer ??= setTimeout(() => {
      void this.#look().then(isOver => {
        this.#timer = undefined;
        if (!isOver) this.#plan(ORPHANS_EVERY);
      });
    }, milliseconds);
  }

  /** Resolves to whether nothing is left to watch. */
  async #look(): Promise<boolean> {
    const ledger = this.#ledger;
    try {
      await explainOrphans(ledger, owner => this.#presence.isAlive(owner));
      return this.#ended || !ledger.inStates(['waiting', 'submitting']).some(task => this.#isOthers(task));
    } catch (error) {
      if (this.#ended) return true;
      this.#log(`Tasks of closed windows could not be looked through: ${String(error)}`);
      return false;
    }
  }

  /** In the hands of another window that is not known to be gone. */
  #isOthers(task: { state: string; owner: string; error?: { kind: string } }): boolean {
    if (task.owner === this.#presence.id) return false;
    return task.state === 'submitting' || (task.state === 'waiting' && task.error?.kind !== 'windowGone');
  }
}
