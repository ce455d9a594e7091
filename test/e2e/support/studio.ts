// A workspace with a story, a simulated EvoLink with faults, and VS Code with both: what most end-to-end tests begin with.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type FaultySimulator, startFaultySimulator } from '../../support/simulatorFaults.ts';
import { openWorkbench, type Workbench } from '../../support/workbench.ts';
import { STORY, typeKey } from './mainJob.ts';

/** The simulator is so many times faster than EvoLink: a video takes some seconds. */
export const SPEED = 20;

export interface OpenStudio extends FaultySimulator {
  readonly workspace: string;
  readonly workbench: Workbench;
  close(): Promise<void>;
}

export interface StudioOptions {
  readonly speed?: number;
  readonly userSettings?: Record<string, unknown>;
}

/** A folder with `story.md`. */
export async function makeWorkspace(): Promise<string> {
  const workspace = await mkdtemp(path.join(tmpdir(), 'seedance-studio-'));
  await writeFile(path.join(workspace, 'story.md'), STORY);
  return workspace;
}

export async function openStudio(options: StudioOptions = {}): Promise<OpenStudio> {
  const workspace = await makeWorkspace();
  const evolink = await startFaultySimulator({ clock: Date, speed: options.speed ?? SPEED });
  const workbench = await openWorkbench({
    workspace,
    userSettings: {
      'seedance.apiBaseUrl': evolink.simulator.url,
      // Lines are not wrapped, so that the arrow keys select whole ones beside the player too.
      '[markdown]': { 'editor.wordWrap': 'off' },
      ...options.userSettings,
    },
  });
  return {
    ...evolink,
    workspace,
    workbench,
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
