import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fetch from 'node-fetch';
import type * as vscode from 'vscode';
import type { EvoLinkClient } from '../evolink/client.ts';
import { Follower } from '../tasks/follower.ts';
import { Ledger } from '../tasks/ledger.ts';
import { LedgerWatcher } from '../tasks/ledgerWatcher.ts';
import { ProcessLock } from '../tasks/lock.ts';
import { UnfinishedMarker } from '../tasks/marker.ts';
import { checkOutcome } from '../tasks/outcomes.ts';
import { OutcomeWatch } from '../tasks/outcomeWatch.ts';
import type { TaskRecord } from '../tasks/record.ts';
import { saveVideo } from '../tasks/saver.ts';
import { sleep } from '../tasks/sleep.ts';
import { SubmissionQueue } from '../tasks/submissions.ts';
import { discardFiles } from '../tasks/tidy.ts';
import { OrphanWatch, WindowPresence } from '../tasks/windows.ts';
import type { Clients } from './accounts.ts';
import { hostCheck, withinLimit } from './limits.ts';
import { maxConcurrentTasks } from './settings.ts';
import type { Log } from './host/log.ts';

/** A ledger with all that works on it: the user's own, or the demo's. */
export interface Session {
  readonly kind: 'account' | 'demo';
  readonly ledger: Ledger;
  readonly queue: SubmissionQueue;
  readonly follower: Follower;
  /** The client with the key for an origin; undefined where there is no key. */
  readonly clientFor: (origin: string) => Promise<EvoLinkClient | undefined>;
  readonly report: (line: string) => void;
  /** Names this window as the sender of its tasks. */
  readonly owner: string;
  /** Drops what was kept for going on with the download of a task that was removed. */
  discard(task: TaskRecord): Promise<void>;
  /** Whether the window of that name is still there. */
  isAlive(owner: string): boolean;
  /** Sends and follows nothing more; resolves when the answers to what was sent are in the ledger, and it is closed. */
  end(): Promise<void>;
}

export interface SessionServices {
  readonly clients: Pick<Clients, 'forOrigin'>;
  readonly globalState: vscode.Memento;
  readonly log: Log;
}

/** The marker file in the extension's global storage. */
export function unfinishedMarker(storage: string): UnfinishedMarker {
  return new UnfinishedMarker(join(storage, 'unfinished'));
}

/**
 * Opens the ledger that all windows of this machine share. Throws what `Ledger.open` throws, or the system's error where the
 * storage can't be written to; nothing stays open then.
 * @param storage path of the extension's global storage
 */
export function openAccountSession(storage: string, services: SessionServices): Session {
  const opened: (() => void)[] = [];
  try {
    return openParts(storage, services, close => opened.push(close));
  } catch (error) {
    for (const close of opened.toReversed()) close();
    throw error;
  }
}

/** `onOpened` is told how to close each part, in case that a later one can't be opened. */
function openParts(
  storage: string,
  services: SessionServices,
  onOpened: (close: () => void) => void,
): Session {
  mkdirSync(storage, { recursive: true });
  const report = (line: string): void => services.log.info(line);
  const ledger = Ledger.open({ file: join(storage, 'tasks.db'), now: Date.now, log: report });
  onOpened(() => ledger.close());
  const presence = new WindowPresence(join(storage, 'windows'), randomUUID());
  onOpened(() => presence.dispose());
  const watcher = new LedgerWatcher(storage, 'tasks.db', ledger);
  onOpened(() => watcher.dispose());
  const stopMarking = unfinishedMarker(storage).keep(ledger);
  const parts = startParts(
    ledger,
    new ProcessLock(join(storage, 'follower.lock')),
    services,
    join(storage, 'parked'),
  );
  onOpened(() => {
    parts.queue.dispose();
    parts.follower.dispose();
  });
  const outcomes = new OutcomeWatch({
    ledger,
    check: id => checkOutcome(id, { ledger, clientFor: parts.clientFor, log: report }),
    isMine: task => task.owner === presence.id || !presence.isAlive(task.owner),
    sleep,
    now: Date.now,
    log: report,
  });
  const orphans = new OrphanWatch(ledger, presence, report);
  presence
    .sweep()
    .catch((error: unknown) => report(`What closed windows left could not be removed: ${String(error)}`));
  return {
    kind: 'account',
    ledger,
    ...parts,
    owner: presence.id,
    isAlive: owner => presence.isAlive(owner),
    end: async () => {
      orphans.dispose();
      outcomes.dispose();
      await Promise.all([parts.queue.end(), parts.follower.end()]);
      // Until here this window counts as the sender of its tasks.
      presence.dispose();
      watcher.dispose();
      stopMarking();
      ledger.close();
    },
  };
}

/** A ledger in memory, for this window alone. */
export function openDemoSession(services: SessionServices): Session {
  const report = (line: string): void => services.log.info(line);
  const ledger = Ledger.open({ file: ':memory:', now: Date.now, log: report });
  const parts = startParts(ledger, { held: true, tryAcquire: () => true, release: () => {} }, services);
  return {
    kind: 'demo',
    ledger,
    ...parts,
    owner: 'demo',
    isAlive: owner => owner === 'demo',
    end: async () => {
      await Promise.all([parts.queue.end(), parts.follower.end()]);
      ledger.close();
    },
  };
}

function startParts(
  ledger: Ledger,
  lock: ConstructorParameters<typeof Follower>[0]['lock'],
  { clients, globalState, log }: SessionServices,
  parkingFolder?: string,
): Pick<Session, 'queue' | 'follower' | 'clientFor' | 'report' | 'discard'> {
  // Asks once: follower and queue have their own plan for when to ask again.
  // Following must go on where VS Code has gone silent.
  const clientFor = (origin: string) => withinLimit(clients.forOrigin(origin, { readRetries: 0 }));
  const report = (line: string): void => log.info(line);
  const discard = (task: TaskRecord): Promise<void> => discardFiles(task, parkingFolder);
  const queue = new SubmissionQueue({
    ledger,
    clientFor,
    maxConcurrent: maxConcurrentTasks,
    sleep,
    random: Math.random,
    log: report,
  });
  const follower = new Follower({
    ledger,
    lock,
    clientFor,
    save: (task, signal, onProgress) =>
      saveVideo(task, signal, onProgress, {
        fetch,
        now: Date.now,
        log: report,
        ...(parkingFolder === undefined ? {} : { parkingFolder }),
      }),
    discard,
    isHostAlive: hostCheck(globalState),
    now: Date.now,
    log: report,
  });
  return { queue, follower, clientFor, report, discard };
}
