import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { noAacChromium } from '../support/noAacChromium.ts';
import type { Workbench } from '../support/workbench.ts';
import { agreeToPrice, generateFromPalette, STORY, waitForPlaying, waitForVideo } from './support/mainJob.ts';
import { clip, openClip } from './support/playerPage.ts';
import { openSharedWindow, preferPlayer } from './support/shared.ts';

describe('the player and the tasks, without an AAC decoder', function () {
  let workspace: string;
  let workbench: Workbench;

  /** Files in a folder of the extension's global storage. */
  const stored = (folder: string): Promise<string[]> =>
    readdir(
      path.join(
        workbench.server.dataDir,
        'data',
        'User',
        'globalStorage',
        'seedance-studio.seedance-studio',
        folder,
      ),
    ).catch(() => []);

  before(async function () {
    const made = await noAacChromium();
    if ('skipped' in made) {
      console.log(`skipped, because ${made.skipped}`);
      this.skip();
    }
    workspace = await mkdtemp(path.join(tmpdir(), 'seedance-player-'));
    await mkdir(path.join(workspace, 'shots'));
    await copyFile(clip, path.join(workspace, 'shots', 'clip.mp4'));
    await writeFile(path.join(workspace, 'story.md'), STORY);
    await preferPlayer(workspace);
    workbench = await openSharedWindow(workspace, 'noAac');
  });
  after(async () => {
    await workbench?.close();
    if (workspace) await rm(workspace, { recursive: true, force: true });
  });

  it('prepares the sound of a video that was saved before anyone plays it', async () => {
    await openClip(workbench, 'shots/clip.mp4');
    assert.equal((await stored('playback')).length, 1);
    assert.deepEqual(await stored('thumbnails'), [], 'a video that is no task needs no picture');
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand('Seedance: Start Demo');
    await generateFromPalette(workbench);
    await waitForVideo(workbench, workspace);
    await workbench.waitFor(
      'the copy',
      async () => (await stored('playback')).filter(name => name.endsWith('.mp4')).length === 2,
    );
    assert.equal(await workbench.page.locator('.tab', { hasText: '.mp4' }).count(), 0);
  });

  it("keeps the first frame as the task's picture, and shows it when its row is pointed at", async () => {
    await workbench.openView('Seedance');
    await workbench.clickTreeItem(/Saved/);
    await waitForPlaying(workbench);
    await workbench.waitFor('the picture', async () => (await stored('thumbnails')).length === 1);
    await workbench.page.mouse.move(600, 20); // a row that was just clicked shows no hover
    await workbench.treeItem(/Saved/).hover();
    const picture = workbench.page.locator('.monaco-hover img, .workbench-hover img').first();
    await picture.waitFor();
    await workbench.waitFor('the picture to load', async () =>
      picture.evaluate<boolean, unknown>(image => Reflect.get(Object(image), 'naturalWidth') === 320),
    );
    await workbench.page.waitForTimeout(500); // hovers fade in
    await workbench.screenshot('player-task-picture');
  });

  it('goes back to the text, and generates again', async () => {
    const page = await workbench.webviewFrame('#controls');
    await page.getByRole('button', { name: 'Open Source: story.md:3' }).click();
    await workbench.waitForActiveTab('story.md');
    await workbench.clickTreeItem(/Saved/);
    const again = await workbench.webviewFrame('#controls');
    // Two clicks in a row ask once, and pay once.
    await again.getByRole('button', { name: 'Generate Again' }).dblclick();
    await agreeToPrice(workbench);
    const rows = workbench.page.locator('.part.sidebar').getByRole('treeitem');
    await workbench.waitFor('a second task', async () => (await rows.count()) === 2);
  });

  it('leaves no picture of the demo behind', async () => {
    await workbench.runCommand('Seedance: Stop Demo');
    await workbench.waitFor('the picture to go', async () => (await stored('thumbnails')).length === 0);
  });
});
