// A workspace with a story, a simulated EvoLink with faults, and VS Code with both: what most end-to-end tests begin with.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SimulatedTask } from '../../../src/simulator/generation.ts';
import { type FaultySimulator, startFaultySimulator } from '../../support/simulatorFaults.ts';
import { openWorkbench, type Workbench } from '../../support/workbench.ts';
import { STORY, typeKey } from './mainJob.ts';

/** The simulator is so many times faster than EvoLink: a video takes some seconds. */
export const SPEED = 20;

export interface OpenStudio extends FaultySimulator {
  readonly workspace: string;
  readonly workbench: Workbench;
  /** Waits for EvoLink's task of this number; it then stays half done, however long the machine takes for what comes next. */
  halfDone(tasks: number): Promise<void>;
  /** Waits for EvoLink's task of this number; it is done then. Time goes on. */
  done(tasks: number): Promise<void>;
  close(): Promise<void>;
}

/** Real time that can be stopped. */
class Stopwatch {
  #stoppedAt: number | undefined;
  #behind = 0;

  now(): number {
    return this.#stoppedAt ?? Date.now() - this.#behind;
  }

  stop(): void {
    this.#stoppedAt = this.now();
  }

  goOn(): void {
    this.#behind = Date.now() - this.now();
    this.#stoppedAt = undefined;
  }
}

export interface StudioOptions {
  /** Of the account. */
  readonly credits?: number;
  readonly userSettings?: Record<string, unknown>;
  /** The extension from a package (.vsix) instead of from the repository. */
  readonly packages?: readonly string[];
}

/** A folder with `story.md`. */
export async function makeWorkspace(): Promise<string> {
  const workspace = await mkdtemp(path.join(tmpdir(), 'seedance-studio-'));
  await writeFile(path.join(workspace, 'story.md'), STORY);
  return workspace;
}

export async function openStudio(options: StudioOptions = {}): Promise<OpenStudio> {
  const workspace = await makeWorkspace();
  const stopwatch = new Stopwatch();
  const evolink = await startFaultySimulator({
    clock: stopwatch,
    speed: SPEED,
    ...(options.credits === undefined ? {} : { credits: options.credits }),
  });
  const workbench = await openWorkbench({
    workspace,
    ...(options.packages && { packages: options.packages }),
    userSettings: {
      'seedance.apiBaseUrl': evolink.simulator.url,
      // Lines are not wrapped, so that the arrow keys select whole ones beside the player too.
      '[markdown]': { 'editor.wordWrap': 'off' },
      ...options.userSettings,
    },
  });
  const { simulator } = evolink;
  const taskOf = async (number: number): Promise<SimulatedTask> =>
    workbench.waitFor(`task ${number}`, () => simulator.tasks[number - 1]);
  return {
    ...evolink,
    workspace,
    workbench,
    async halfDone(tasks) {
      const { createdAt, endsAt } = await taskOf(tasks);
      stopwatch.stop();
      simulator.clock.set((createdAt + endsAt) / 2);
    },
    async done(tasks) {
      const { endsAt } = await taskOf(tasks);
      stopwatch.goOn();
      simulator.clock.set(Math.max(endsAt, simulator.clock.now()));
    },
    async close() {
      await workbench.close();
      await evolink.simulator.close();
      await rm(workspace, { recursive: true, force: true });
    },
  };
}

/** Sets the simulator's key, by keyboard. */
export async function setKey({ workbench, simulator }: OpenStudio): Promise<void> {
  await workbench.runCommand('Seedance: Set API Key');
  await typeKey(workbench, simulator.key);
  await workbench.waitForNotification('The API key is kept');
}
