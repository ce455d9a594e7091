import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { mock } from 'node:test';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Follower } from '../../src/tasks/follower.ts';
import { Ledger } from '../../src/tasks/ledger.ts';
import { LedgerWatcher } from '../../src/tasks/ledgerWatcher.ts';
import { ProcessLock } from '../../src/tasks/lock.ts';
import { UnfinishedMarker } from '../../src/tasks/marker.ts';
import { SubmissionQueue } from '../../src/tasks/submissions.ts';
import { OrphanWatch, WindowPresence } from '../../src/tasks/windows.ts';
import { makeRecord } from '../support/records.ts';
import { waitFor } from '../support/waitFor.ts';

/** Milliseconds after which what was begun at the start has come to rest. */
const REST = 500;

/** The timers that are set and have not run, from now on. */
function watchTimers(): { readonly pending: ReadonlySet<unknown>; restore(): void } {
  const pending = new Set<unknown>();
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
  const stops = [
    mock.method(globalThis, 'setTimeout', (run: () => void, milliseconds?: number) => {
      const timer = setTimeout(() => {
        pending.delete(timer);
        run();
      }, milliseconds);
      pending.add(timer);
      return timer;
    }),
    mock.method(globalThis, 'setInterval', (run: () => void, milliseconds?: number) => {
      const timer = setInterval(run, milliseconds);
      pending.add(timer);
      return timer;
    }),
    mock.method(globalThis, 'clearTimeout', (timer?: NodeJS.Timeout) => {
      pending.delete(timer);
      clearTimeout(timer);
    }),
    mock.method(globalThis, 'clearInterval', (timer?: NodeJS.Timeout) => {
      pending.delete(timer);
      clearInterval(timer);
    }),
  ];
  return { pending, restore: () => stops.forEach(stop => stop.mock.restore()) };
}

const log = (): void => {};
const clientFor = () => Promise.resolve(undefined);

/** All that works on a ledger in a window, as in src/workbench/session.ts, which needs VS Code. */
function openParts(folder: string) {
  const ledger = Ledger.open({ file: path.join(folder, 'tasks.db'), now: Date.now });
  const presence = new WindowPresence(path.join(folder, 'windows'), 'window-1');
  const watcher = new LedgerWatcher(folder, 'tasks.db', ledger);
  const stopMarking = new UnfinishedMarker(path.join(folder, 'unfinished')).keep(ledger);
  const queue = new SubmissionQueue({
    ledger,
    clientFor,
    maxConcurrent: () => 3,
    sleep: async () => {},
    random: Math.random,
    log,
  });
  const follower = new Follower({
    ledger,
    lock: new ProcessLock(path.join(folder, 'follower.lock')),
    clientFor,
    save: () => Promise.reject(new Error('nothing is saved here')),
    discard: () => Promise.resolve(),
    isHostAlive: () => Promise.resolve(true),
    now: Date.now,
    log,
  });
  const orphans = new OrphanWatch(ledger, presence, log);
  const end = async (): Promise<void> => {
    orphans.dispose();
    await Promise.all([queue.end(), follower.end()]);
    presence.dispose();
    watcher.dispose();
    stopMarking();
    ledger.close();
  };
  return { ledger, end };
}

describe('a window in which nothing runs', () => {
  let folder: string;
  let timers: ReturnType<typeof watchTimers>;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'seedance-idle-'));
    timers = watchTimers();
  });

  afterEach(async () => {
    timers.restore();
    await rm(folder, { recursive: true, force: true });
  });

  /** Comes to rest, and stays so. */
  async function atRest(): Promise<void> {
    await waitFor('the last timer', () => timers.pending.size === 0);
    await sleep(REST);
    assert.equal(timers.pending.size, 0);
  }

  it('has no timer, with an empty list and with one of finished tasks', async () => {
    const { ledger, end } = openParts(folder);
    try {
      await atRest();
      await ledger.add(makeRecord({ state: 'failed' }));
      await atRest();
    } finally {
      await end();
    }
  });

  it('has some while a task is under way, and none when it is gone', async () => {
    const { ledger, end } = openParts(folder);
    try {
      const task = makeRecord({ state: 'queued', remoteId: 'remote-1' });
      await ledger.add(task);
      await sleep(REST);
      assert.notEqual(timers.pending.size, 0);
      await ledger.remove(task.id);
      await atRest();
      await end();
      assert.equal(timers.pending.size, 0);
    } finally {
      await end();
    }
  });
});
