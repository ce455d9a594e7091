import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fetch from 'node-fetch';
import { EvoLinkClient } from '../../src/evolink/client.ts';
import type { Faults } from '../../src/simulator/faults.ts';
import type { Simulator, SimulatorOptions } from '../../src/simulator/server.ts';
import { Follower, type FollowerOptions } from '../../src/tasks/follower.ts';
import { newIdempotencyKey, newTaskId } from '../../src/tasks/ids.ts';
import { Ledger } from '../../src/tasks/ledger.ts';
import { ProcessLock } from '../../src/tasks/lock.ts';
import type { TaskRecord } from '../../src/tasks/record.ts';
import { saveVideo } from '../../src/tasks/saver.ts';
import { SubmissionQueue, type SubmissionOptions } from '../../src/tasks/submissions.ts';
import { discardFiles } from '../../src/tasks/tidy.ts';
import { makeRecord } from './records.ts';
import { startFaultySimulator } from './simulatorFaults.ts';
import { waitFor } from './waitFor.ts';

/** Tasks with all that works on them, against a simulator: real files, real database, real network. */
export interface FollowerRig {
  readonly folder: string;
  readonly simulator: Simulator;
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly lines: string[];
  /** Milliseconds that this machine's clock is ahead. */
  clockAhead: number;
  /** The key that this machine's windows have; undefined: none. */
  key: string | undefined;
  readonly now: () => number;
  readonly clientFor: (origin: string) => Promise<EvoLinkClient | undefined>;
  queue(changes?: Partial<SubmissionOptions>): SubmissionQueue;
  follower(changes?: Partial<FollowerOptions>): Follower;
  /** Another window's ledger on the same file. */
  secondLedger(): Ledger;
  /** A recorded task that waits for being sent. */
  add(changes?: Partial<TaskRecord>): Promise<TaskRecord>;
  /** A task that EvoLink has accepted. */
  addAccepted(changes?: Partial<TaskRecord>): Promise<TaskRecord>;
  /** Waits until the task is in this state, and returns it. */
  reaches(id: string, state: TaskRecord['state'], limit?: number): Promise<TaskRecord>;
  close(): Promise<void>;
}

/** @param inMemory for tests of many tasks: without waits for the disk */
export async function startRig(
  options: Partial<SimulatorOptions> = {},
  inMemory = false,
): Promise<FollowerRig> {
  const folder = await mkdtemp(join(tmpdir(), 'seedance-rig-'));
  const { simulator, faults } = await startFaultySimulator({
    clock: { now: () => Date.now() },
    speed: 1e6,
    credits: 1e6,
    ...options,
  });
  const lines: string[] = [];
  const ends: (() => Promise<void>)[] = [];
  const ledgers: Ledger[] = [];
  const openLedger = (): Ledger => {
    const ledger = Ledger.open({
      file: inMemory ? ':memory:' : join(folder, 'tasks.db'),
      now: () => rig.now(),
      log: line => void lines.push(line),
    });
    ledgers.push(ledger);
    return ledger;
  };
  const rig: FollowerRig = {
    folder,
    simulator,
    faults,
    lines,
    clockAhead: 0,
    key: simulator.key,
    now: () => Date.now() + rig.clockAhead,
    get ledger() {
      return ledgers[0] ?? openLedger();
    },
    secondLedger: openLedger,
    clientFor: origin =>
      Promise.resolve(
        rig.key === undefined || origin !== simulator.url
          ? undefined
          : new EvoLinkClient({
              baseUrl: origin,
              key: rig.key,
              userAgent: 'seedance-studio-test',
              limits: { readRetries: 0, createTimeout: inMemory ? 60_000 : 2_000, readTimeout: 2_000 },
            }),
      ),
    queue(changes = {}) {
      const queue = new SubmissionQueue({
        ledger: rig.ledger,
        clientFor: rig.clientFor,
        maxConcurrent: () => 1000,
        sleep: () => Promise.resolve(),
        random: () => 0.5,
        log: line => void lines.push(line),
        ...changes,
      });
      ends.push(() => queue.end());
      return queue;
    },
    follower(changes = {}) {
      const follower = new Follower({
        ledger: rig.ledger,
        lock: new ProcessLock(join(folder, 'follower.lock')),
        clientFor: rig.clientFor,
        save: (task, signal, onProgress) =>
          saveVideo(task, signal, onProgress, { fetch, now: rig.now, log: line => void lines.push(line) }),
        discard: task => discardFiles(task),
        isHostAlive: () => Promise.resolve(true),
        now: rig.now,
        log: line => void lines.push(line),
        ...changes,
      });
      ends.push(() => follower.end());
      return follower;
    },
    async add(changes = {}) {
      const record = makeRecord({
        id: newTaskId(),
        origin: simulator.url,
        createdAt: rig.now(),
        updatedAt: rig.now(),
        idempotencyKey: newIdempotencyKey(),
        target: {
          workspaceFolder: pathToFileURL(folder).href,
          outputFolder: 'videos',
          fileName: '{slug}-{id}',
        },
        ...changes,
      });
      await rig.ledger.add(record);
      return record;
    },
    async addAccepted(changes = {}) {
      const { id } = await rig.add(changes);
      const queue = rig.queue();
      const task = await queue.submit(id);
      await queue.end();
      if (task?.state !== 'queued' && task?.state !== 'generating')
        throw new Error(`The task is ${task?.state}, not accepted.`);
      return task;
    },
    reaches: (id, state, limit) =>
      waitFor(
        `task ${id} to be ${state} (it is ${rig.ledger.get(id)?.state}; ${lines.slice(-3).join(' | ')})`,
        () => {
          const task = rig.ledger.get(id);
          return task?.state === state && task;
        },
        limit,
      ),
    async close() {
      for (const end of ends) await end();
      for (const ledger of ledgers) ledger.close();
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return rig;
}
