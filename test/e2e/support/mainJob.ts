// The main job as a person does it, step by step: for the demo and for the tests.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { CLIP_SECONDS } from '../../../src/simulator/clip.ts';
import { startup } from '../../support/limits.ts';
import type { Workbench } from '../../support/workbench.ts';

/** The file in the workspace; lines 3 and 4 are the prompt. */
export const STORY = `# The lighthouse

A lighthouse at dawn, waves rolling in. The camera rises slowly.
The keeper says: "One more night."
`;

/** Selects the prompt of the story and runs the command from the palette. */
export async function generateFromPalette(workbench: Workbench): Promise<void> {
  await workbench.openFile('story.md');
  await workbench.selectLines(3, 4);
  await workbench.runCommand('Seedance: Generate Video from Selection');
}

/** Types the key, which is asked for the first time. */
export async function typeKey(workbench: Workbench, key: string): Promise<void> {
  await workbench.answer('EvoLink API Key', key);
}

/** Waits for the question that pays. @returns all that it says */
export async function readQuestion(workbench: Workbench): Promise<string> {
  const question = await workbench.waitForQuickInput(/credits|price is not known|No video is chosen/);
  return await question.innerText();
}

/** Agrees to the price, with the keyboard. @returns what the question said */
export async function agreeToPrice(workbench: Workbench): Promise<string> {
  const said = await readQuestion(workbench);
  await workbench.pick(/^(Generate (Video|\d+ Videos|Another)|Send( \d+ Requests)?)$/);
  await workbench.waitFor('the question to close', async () => !(await isAsked(workbench)));
  return said;
}

/** Whether the question that pays is open. */
export async function isAsked(workbench: Workbench): Promise<boolean> {
  const texts = await workbench.page.locator('.quick-input-widget').filter({ visible: true }).allInnerTexts();
  return texts.some(text => /Don’t (Generate|Send)/.test(text));
}

/** Leaves the question. */
export async function leaveQuestion(workbench: Workbench): Promise<void> {
  await workbench.page.keyboard.press('Escape');
  await workbench.waitFor('the question to close', async () => !(await isAsked(workbench)));
}

/** The videos in the workspace's output folder, under their final names. */
export async function savedVideos(workspace: string): Promise<string[]> {
  const folder = path.join(workspace, 'videos');
  const names = await readdir(folder).catch(() => []);
  return names
    .filter(name => name.endsWith('.mp4') && !name.startsWith('.'))
    .map(name => path.join(folder, name));
}

/** Waits until the first video of the workspace is saved. @returns its path */
export async function waitForVideo(workbench: Workbench, workspace: string): Promise<string> {
  return await workbench.waitFor('the saved video', async () => (await savedVideos(workspace))[0], startup);
}

/** Waits until the player has played past the clip's first second. @returns the player's page */
export async function waitForPlaying(workbench: Workbench): Promise<Frame> {
  const page = await workbench.webviewFrame('video');
  await workbench.waitFor(
    'a clip that plays past its first second',
    async () => (await currentTime(page)) > 1,
  );
  return page;
}

/** Seconds. */
export async function currentTime(page: Frame): Promise<number> {
  return await page.evaluate<number>(`document.querySelector('video').currentTime`);
}

/** The clip's second that is on the screen, told by its colour; undefined where the picture has none of them. */
export async function secondOnScreen(page: Frame): Promise<number | undefined> {
  const pixel = await page.evaluate<number[]>(`(() => {
    const video = document.querySelector('video');
    const context = new OffscreenCanvas(1, 1).getContext('2d');
    context.drawImage(video, 40, 40, 1, 1, 0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  })()`);
  return CLIP_SECONDS.find(({ color }) => color.every((value, i) => Math.abs(value - (pixel[i] ?? 999)) < 20))
    ?.digit;
}
