import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repository } from '../support/paths.ts';
import type { Workbench } from '../support/workbench.ts';
import { clip, openClip, PlayerPage } from './support/playerPage.ts';
import { openSharedWindow, preferPlayer } from './support/shared.ts';

describe('the player in VS Code', () => {
  let workspace: string;
  let workbench: Workbench;

  before(async () => {
    workspace = await mkdtemp(path.join(tmpdir(), 'seedance-player-'));
    for (const file of ['shots/clip.mp4', 'shots/lost.mp4']) {
      await mkdir(path.join(workspace, path.dirname(file)), { recursive: true });
      await copyFile(clip, path.join(workspace, file));
    }
    await writeFile(path.join(workspace, 'other.md'), 'Other');
    await preferPlayer(workspace);
    workbench = await openSharedWindow(workspace);
  });
  after(async () => {
    await workbench?.close();
    if (workspace) await rm(workspace, { recursive: true, force: true });
  });
  describe('the player in the workbench', () => {
    it('saves the frame that is seen beside the video, by key, and overwrites nothing', async () => {
      const page = await openClip(workbench, 'shots/clip.mp4');
      await page.run('video.pause()');
      await page.run('video.currentTime = 30.5 / 24');
      await workbench.waitFor('frame 30', () =>
        page.ask<boolean>("document.querySelector('#time').textContent.includes('30 of 120')"),
      );
      const save = async (name: string) => {
        await page.frame.locator('media-play-button').press('s');
        await page.frame.getByText(`Saved as shots/${name}`).waitFor();
        return readFile(path.join(workspace, 'shots', name));
      };
      const first = await save('clip-frame-30.png');
      await save('clip-frame-30-2.png');
      assert.ok(first.equals(await readFile(path.join(workspace, 'shots', 'clip-frame-30.png'))));
      assert.deepEqual(first.subarray(1, 4).toString(), 'PNG');
      assert.deepEqual([first.readUInt32BE(16), first.readUInt32BE(20)], [1280, 720]);
    });

    it('is where it was after a reload of the window', async () => {
      const before = new PlayerPage(await workbench.webviewFrame('video'));
      await before.run('video.pause()');
      await before.run('video.currentTime = 3.5');
      await workbench.waitFor('the place', () => before.ask<boolean>('!video.seeking'));
      // The harness's own reload is a crash to VS Code, which then knows a state that is up to a minute old.
      await workbench.runCommand('Developer: Reload Window');
      await workbench.waitFor('the old page to go', () => before.frame.isDetached());
      const page = new PlayerPage(await workbench.webviewFrame('video'));
      await workbench.waitFor('the same place', () =>
        page.ask<boolean>('Math.abs(video.currentTime - 3.5) < 0.05'),
      );
      assert.equal(await page.ask('video.paused'), true);
    });

    it('shows a file that was replaced, says when it was deleted, and shows it when it is back', async () => {
      const page = new PlayerPage(await workbench.webviewFrame('video'));
      const file = path.join(workspace, 'shots', 'clip.mp4');
      const source = await page.ask<string>('video.src');
      await copyFile(path.join(repository, 'media', 'demo', 'clip-silent.mp4'), `${file}.new`);
      await rename(`${file}.new`, file);
      await workbench.waitFor('the new file', async () => (await page.ask('video.src')) !== source);
      await unlink(file);
      await workbench.waitFor('word of it', () =>
        page.ask<boolean>("!document.querySelector('#problem').hidden"),
      );
      await copyFile(clip, file);
      await workbench.waitFor('the picture', () =>
        page.ask<boolean>("document.querySelector('#problem').hidden && video.readyState > 1"),
      );
    });
  });

  describe('the player, opened again when its file is gone', () => {
    it('says so, and plays the file when it is back', async () => {
      await workbench.runCommand('View: Close All Editors');
      await openClip(workbench, 'shots/lost.mp4');
      await workbench.openFile('other.md');
      await unlink(path.join(workspace, 'shots', 'lost.mp4'));
      // A tab of a deleted file stays; its page is made anew when it is shown.
      await workbench.page.locator('.tab', { hasText: 'lost.mp4' }).click();
      const page = new PlayerPage(await workbench.webviewFrame('#problem'));
      assert.equal(await page.frame.locator('#problem').innerText(), 'This video was deleted or moved.');
      await copyFile(clip, path.join(workspace, 'shots', 'lost.mp4'));
      await workbench.webviewFrame('#controls');
      await workbench.waitFor('the picture', () => page.ask<boolean>('video.readyState > 1'));
    });
  });
});

describe('the player beside the preview of VS Code', () => {
  let workspace: string;
  let workbench: Workbench;

  before(async () => {
    workspace = await mkdtemp(path.join(tmpdir(), 'seedance-player-'));
    for (const file of ['videos/clip.mp4', 'shots/scene.mp4']) {
      await mkdir(path.join(workspace, path.dirname(file)));
      await copyFile(clip, path.join(workspace, file));
    }
    workbench = await openSharedWindow(workspace);
  });
  after(async () => {
    await workbench?.close();
    if (workspace) await rm(workspace, { recursive: true, force: true });
  });

  const openWithPlayer = async (folder: string, file: string): Promise<void> => {
    await workbench.expandTreeItem(folder);
    const player = workbench.page.locator('.quick-input-widget .label-name', {
      hasText: 'Seedance Player',
    });
    await workbench.treeItemAction(file, 'Open With...', () => player.first().isVisible());
    await workbench.pick('Seedance Player');
    await workbench.webviewFrame('#controls');
  };

  it('is offered in the Explorer and in the title of the preview', async () => {
    const playerIsShown = () => workbench.shows('#controls');
    await workbench.expandTreeItem('shots');
    await workbench.clickTreeItem('scene.mp4');
    await workbench.waitForActiveTab('scene.mp4');
    await workbench.pressTitleButton('Play with Sound');
    await workbench.webviewFrame('#controls');
    await workbench.runCommand('View: Close All Editors');
    await workbench.treeItemAction('scene.mp4', 'Play with Sound', playerIsShown);
    await workbench.runCommand('View: Close All Editors');
  });

  it('goes on with a video that is renamed, where it was', async () => {
    await openWithPlayer('shots', 'scene.mp4');
    const before = new PlayerPage(await workbench.webviewFrame('#controls'));
    await workbench.waitFor('the picture', () => before.ask<boolean>('video.readyState > 1'));
    await before.run('video.pause()');
    await before.run('video.currentTime = 3.5');
    await workbench.waitFor('the place', () => before.ask<boolean>('!video.seeking'));
    await workbench.renameTreeItem('scene.mp4', 'dawn.mp4');
    await workbench.waitForActiveTab('dawn.mp4');
    const page = new PlayerPage(await workbench.webviewFrame('#controls'));
    await workbench.waitFor('the new name', () => page.ask<boolean>("video.src.includes('dawn.mp4')"));
    await workbench.waitFor('the place', () =>
      page.ask<boolean>('video.paused && Math.abs(video.currentTime - 3.5) < 0.05'),
    );
    await workbench.waitFor('one tab', async () => (await workbench.page.locator('.tab').count()) === 1);
  });

  it('offers once to be the default for the output folder, and is so only after a yes', async () => {
    const settings = path.join(workspace, '.vscode', 'settings.json');
    await openWithPlayer('videos', 'clip.mp4');
    await assert.rejects(readFile(settings), /ENOENT/);
    await workbench.runCommand('Notifications: Show Notifications');
    await workbench.pressNotificationButton('Should videos in the folder "videos"', 'Open with Sound');
    const written: unknown = JSON.parse(
      await workbench.waitFor('the setting', async () => {
        const text = await readFile(settings, 'utf8').catch(() => '');
        return text.includes('editorAssociations') && text;
      }),
    );
    assert.deepEqual(written, {
      'workbench.editorAssociations': { '**/videos/**/*.{mp4,m4v,mov,webm}': 'seedance.player' },
    });
    // A busy workbench reads its changed settings a moment later.
    await workbench.waitFor('a click to open the player', async () => {
      await workbench.runCommand('View: Close All Editors');
      await workbench.clickTreeItem('clip.mp4');
      return workbench.webviewFrame('#controls', 4000).catch(() => undefined);
    });
  });
});
