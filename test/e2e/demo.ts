// `npm run demo`: the main job in a real VS Code, as a person does it with keys and mouse, against the local simulator of EvoLink.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from '../support/build.ts';
import { hasDisplay } from '../support/browser.ts';
import { startSimulatorProcess } from '../support/simulatorProcess.ts';
import { openWorkbench, type Workbench } from '../support/workbench.ts';
import {
  agreeToPrice,
  generateFromPalette,
  STORY,
  typeKey,
  waitForPlaying,
  waitForVideo,
} from './support/mainJob.ts';

/** Some seconds for a video, so that its progress is seen. */
const SPEED = 12;

const started = performance.now();

async function step<T>(what: string, action: () => Promise<T>): Promise<T> {
  process.stdout.write(
    `${String(Math.round((performance.now() - started) / 1000)).padStart(4)} s  ${what} … `,
  );
  const result = await action();
  process.stdout.write('done\n');
  return result;
}

async function demo(workbench: Workbench, key: string, workspace: string): Promise<void> {
  const pictures: string[] = [];
  await step('Select two lines and choose “Seedance: Generate Video from Selection”', () =>
    generateFromPalette(workbench),
  );
  await step('Type the API key, once', () => typeKey(workbench, key));
  await step('Agree to the price', async () => {
    await workbench.waitFor('the price', () =>
      workbench.page.getByText('left in the account').first().isVisible(),
    );
    pictures.push(await workbench.screenshot('demo-1-command-chosen'));
    await agreeToPrice(workbench);
  });
  await step('Watch the task in the side bar', async () => {
    await workbench.openView('Seedance');
    let seen = '';
    await workbench.waitFor(
      'progress',
      async () => {
        const item = await workbench.waitForTreeItem(/lighthouse/, 30_000);
        const progress = /(Queued|Generating \d+|Saving|Saved)/.exec(item)?.[0] ?? '';
        if (progress !== seen) process.stdout.write(`${(seen = progress)}% `.replace(/([a-z])% /, '$1 '));
        return /Generating [1-9]\d/.test(progress);
      },
      60_000,
    );
    pictures.push(await workbench.screenshot('demo-2-task-under-way'));
  });
  const video = await step('Wait for the saved video', () => waitForVideo(workbench, workspace));
  await step('See it play', async () => {
    await waitForPlaying(workbench);
    pictures.push(await workbench.screenshot('demo-3-video-playing'));
  });
  console.log(
    [
      '',
      'Saved video:',
      `  ${video}`,
      `  ${video}.json`,
      'Screenshots:',
      ...pictures.map(p => `  ${p}`),
    ].join('\n'),
  );
}

const visible = hasDisplay() && process.env['CI'] === undefined;
const workspace = await mkdtemp(path.join(tmpdir(), 'seedance-demo-'));
await writeFile(path.join(workspace, 'story.md'), STORY);
await step('Build the extension', build);
const simulator = await startSimulatorProcess(SPEED);
try {
  const workbench = await step('Start VS Code', () =>
    openWorkbench({
      workspace,
      headless: !visible,
      userSettings: { 'seedance.apiBaseUrl': simulator.url },
    }),
  );
  try {
    await demo(workbench, simulator.key, workspace);
    if (visible) {
      console.log('\nThe window stays open: close it to end the demo.');
      await workbench.closedByPerson();
    }
  } finally {
    await workbench.close();
  }
} catch (error) {
  await rm(workspace, { recursive: true, force: true });
  throw error;
} finally {
  await simulator.close();
}
