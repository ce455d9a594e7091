import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import type { Workbench } from '../support/workbench.ts';
import { clip } from './support/playerPage.ts';
import { openSharedWindow, preferPlayer } from './support/shared.ts';

const prompt = '<img src=x onerror="alert(1)"><script>alert(2)</script> ‮עולם $(pwd)';
const sidecar = {
  version: 1,
  state: 'saved',
  prompt,
  request: { model: 'seedance-2.0-text-to-video', prompt, duration: -3, quality: { a: 1 } },
  credits: { charged: 1e300 },
  video: { uri: '../../etc/passwd', bytes: 1, sha256: '0'.repeat(64) },
};

/** @param expression of the page's script, with `video` and the text of `time` */
const ask = <T>(frame: Frame, expression: string): Promise<T> =>
  frame.evaluate<T>(
    `(() => { const video = document.querySelector('video'); const time = document.querySelector('#time').textContent; return ${expression}; })()`,
  );

describe('the player in the workbench, by keyboard', function () {
  let workspace: string;
  let workbench: Workbench;

  const until = (frame: Frame, what: string, expression: string): Promise<unknown> =>
    workbench.waitFor(what, () => ask<boolean>(frame, expression));
  /** The players that are seen, from left to right. */
  const players = async (): Promise<Frame[]> => {
    const found: { frame: Frame; left: number }[] = [];
    for (const frame of workbench.page.frames()) {
      const box = await frame
        .locator('#controls')
        .boundingBox({ timeout: 500 })
        .catch(() => null);
      if (box) found.push({ frame, left: box.x });
    }
    return found.toSorted((a, b) => a.left - b.left).map(({ frame }) => frame);
  };
  /** Opens a video for good and with the focus in it. */
  const open = async (file: string): Promise<Frame> => {
    await workbench.openFile(`shots/${file}`);
    const frame = await workbench.webviewFrame('#controls');
    await until(frame, 'the picture', 'video.currentTime > 0.2');
    return frame;
  };

  before(async () => {
    workspace = await mkdtemp(path.join(tmpdir(), 'seedance-player-'));
    for (const file of ['shots/first.mp4', 'shots/second.mp4', 'shots/reel/zebra.mp4']) {
      await mkdir(path.dirname(path.join(workspace, file)), { recursive: true });
      await copyFile(clip, path.join(workspace, file));
    }
    await writeFile(path.join(workspace, 'shots', 'first.mp4.json'), JSON.stringify(sidecar));
    await writeFile(
      path.join(workspace, 'shots', 'second.mp4.json'),
      `{"version": 1, "prompt": ${'['.repeat(100_000)}`,
    );
    await writeFile(path.join(workspace, 'text.md'), 'Text');
    await preferPlayer(workspace, { 'workbench.colorTheme': 'Default High Contrast' });
    workbench = await openSharedWindow(workspace);
    await workbench.expandTreeItem('shots');
  });
  after(async () => {
    await workbench?.close();
    if (workspace) await rm(workspace, { recursive: true, force: true });
  });

  it('takes keys as soon as it is opened, and shows what a hostile sidecar says as text', async () => {
    const frame = await open('first.mp4');
    await workbench.page.keyboard.press('k');
    await until(frame, 'a pause', 'video.paused');
    await workbench.page.keyboard.press('Home');
    await workbench.page.keyboard.press('.');
    await until(frame, 'frame 1', "time.includes('frame 1 of 120')");
    assert.equal(await frame.locator('.prompt').innerText(), prompt);
    assert.equal(await frame.locator('aside script, aside img').count(), 0);
    assert.deepEqual(await frame.locator('dt').allInnerTexts(), ['State', 'Model']);
    await workbench.page.waitForTimeout(500);
    await workbench.screenshot('player-in-high-contrast');
  });

  it('remembers volume and mute for the next video, whose sidecar is no sidecar', async () => {
    const first = await workbench.webviewFrame('#controls');
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'm']) await workbench.page.keyboard.press(key);
    await until(first, 'the keys', 'Math.abs(video.volume - 0.7) < 0.01 && video.muted');
    const frame = await open('second.mp4');
    await until(frame, 'the volume', 'Math.abs(video.volume - 0.7) < 0.01 && video.muted');
    assert.equal(await frame.locator('aside').isVisible(), false);
    await workbench.page.keyboard.press('m');
    await until(frame, 'sound', '!video.muted');
    await workbench.runCommand('Developer: Reload Window');
    await workbench.waitFor('the old page to go', () => frame.isDetached());
    const again = await workbench.webviewFrame('#controls');
    await until(again, 'the volume', 'Math.abs(video.volume - 0.7) < 0.01 && !video.muted');
  });

  it('plays one file twice, each by itself', async () => {
    await workbench.runCommand('View: Split Editor Right');
    const [left, right] = await workbench.waitFor('two players', async () => {
      const found = await players();
      return found.length === 2 && found;
    });
    assert.ok(left && right);
    await until(right, 'the picture', 'video.currentTime > 0.2');
    await workbench.page.keyboard.press('k');
    await workbench.page.keyboard.press('End');
    await until(right, 'the last frame', "video.paused && time.includes('frame 120 ')");
    await until(left, 'the other to play', '!video.paused && video.currentTime > 0.2');
    await workbench.page.keyboard.press('s');
    await workbench.waitFor('the frame', async () =>
      (await readdir(path.join(workspace, 'shots'))).includes('second-frame-120.png'),
    );
    await workbench.runCommand('View: Close All Editors');
  });

  it('goes on with a video that is renamed with its folder, and brings it to the front no more than it was', async () => {
    await open('reel/zebra.mp4');
    await workbench.openFile('text.md');
    await workbench.renameTreeItem('reel', 'scenes');
    await workbench.page.waitForTimeout(1500);
    await workbench.waitForActiveTab('text.md');
    const tabs = workbench.page.locator('.tab', { hasText: 'zebra.mp4' });
    await workbench.waitFor('one tab', async () => (await tabs.count()) === 1);
    await tabs.click();
    const frame = await workbench.webviewFrame('#controls');
    await until(frame, 'the new place', "video.src.includes('scenes')");
  });

  it('fills the screen with F, and leaves it again', async () => {
    const frame = await open('scenes/zebra.mp4');
    await workbench.page.keyboard.press('f');
    const isFull = 'document.fullscreenElement !== null';
    await until(frame, 'full screen', isFull);
    await workbench.page.waitForTimeout(700);
    await workbench.screenshot('player-full-screen');
    await workbench.page.keyboard.press('f');
    await until(frame, 'the window', `!(${isFull})`);
  });
});
