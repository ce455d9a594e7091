import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, readdir, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import type { BrowserName } from '../support/browser.ts';
import { noAacChromium } from '../support/noAacChromium.ts';
import { needFfmpeg } from '../support/media/ffmpeg.ts';
import { repository } from '../support/paths.ts';
import { openWorkbench, type Workbench } from '../support/workbench.ts';
import { within } from '../support/waitFor.ts';
import { TAP_WEB_AUDIO, compare, installEar, listen, skews, type Recording } from './playerEar.ts';

const clip = path.join(repository, 'media', 'demo', 'clip.mp4');
const ASSOCIATIONS = { 'workbench.editorAssociations': { '*.mp4': 'seedance.player' } };

/** The player's page, driven and asked by a test. */
class PlayerPage {
  readonly frame: Frame;

  constructor(frame: Frame) {
    this.frame = frame;
  }

  ask<T>(expression: string): Promise<T> {
    return this.frame.evaluate<T>(
      `(() => { const video = document.querySelector('video'); return ${expression}; })()`,
    );
  }

  async run(statement: string): Promise<void> {
    await this.ask(`void (${statement})`);
  }

  async wait(milliseconds: number): Promise<void> {
    await this.frame.page().waitForTimeout(milliseconds);
  }
}

async function openClip(workbench: Workbench, file = 'clip.mp4'): Promise<PlayerPage> {
  const names = file.split('/');
  for (const folder of names.slice(0, -1)) await workbench.expandTreeItem(folder);
  await workbench.clickTreeItem(names.at(-1) ?? file);
  return workbench.waitFor(
    'the first second',
    async () => {
      // The workbench may replace the page while it loads: each look finds it anew.
      const page = new PlayerPage(await workbench.webviewFrame('#controls', 30_000));
      const plays = "video.currentTime > 0.3 && document.body.dataset.route !== 'preparing'";
      return (await within(2000, () => page.ask<boolean>(plays).catch(() => false))) && page;
    },
    60_000,
  );
}

/**
 * Listens while `act` is done, again and again on a busy machine that shows few frames, until each of the seconds was seen. What
 * was heard then must be their tones; one piece in twenty may fall into a hitch of the machine.
 */
async function assertHeard(
  page: PlayerPage,
  seconds: readonly number[],
  act: () => Promise<void>,
  how: { pitchFollowsSpeed?: boolean } = {},
): Promise<Recording[]> {
  const recordings: Recording[] = [];
  const sum = { right: 0, wrong: 0, silent: 0 };
  const heardSeconds = new Set<number>();
  const enough = (): boolean =>
    sum.right + sum.wrong + sum.silent >= 10 && seconds.every(second => heardSeconds.has(second));
  for (let round = 0; round < 5 && !enough(); round++) {
    const recording = await listen(page.frame, act);
    const heard = compare(recording, how.pitchFollowsSpeed);
    recordings.push(recording);
    sum.right += heard.right;
    sum.wrong += heard.wrong;
    sum.silent += heard.silent;
    for (const second of heard.seconds) heardSeconds.add(second);
  }
  const said = JSON.stringify({ ...sum, seconds: [...heardSeconds] });
  const all = sum.right + sum.wrong + sum.silent;
  assert.ok(all >= 10 && sum.right >= 0.95 * all, said);
  for (const second of seconds) assert.ok(heardSeconds.has(second), said);
  return recordings;
}

/** The 95th percentile. */
function p95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? Number.NaN;
}

const measured = new Map<BrowserName, number[]>();

for (const browser of ['chromium', 'noAac'] as const) {
  describe(`the player in VS Code, ${browser === 'chromium' ? 'with' : 'without'} an AAC decoder`, function () {
    this.timeout(240_000);
    let workspace: string;
    let workbench: Workbench;
    let page: PlayerPage;

    before(async function () {
      if (browser === 'noAac') {
        const made = await noAacChromium();
        if ('skipped' in made) {
          console.log(`skipped, because ${made.skipped}`);
          this.skip();
        }
      }
      workspace = await mkdtemp(path.join(tmpdir(), 'seedance-player-'));
      await copyFile(clip, path.join(workspace, 'clip.mp4'));
      await writeFile(path.join(workspace, 'other.md'), 'Other');
      workbench = await openWorkbench({ workspace, browser, autoplay: true, userSettings: ASSOCIATIONS });
      page = await openClip(workbench);
      await installEar(page.frame);
    });
    after(async () => {
      await workbench?.close();
      if (workspace) await rm(workspace, { recursive: true, force: true });
    });

    it(
      browser === 'chromium' ? 'plays the file itself' : 'plays a copy and leaves the file as it is',
      async () => {
        assert.equal(
          await page.ask('document.body.dataset.route'),
          browser === 'chromium' ? 'original' : 'copy',
        );
        assert.ok((await page.ask<number>('video.webkitAudioDecodedByteCount')) > 0);
        assert.deepEqual(await readFile(path.join(workspace, 'clip.mp4')), await readFile(clip));
      },
    );

    it('is heard: each second has its tone', async () => {
      await page.run('video.currentTime = 0');
      const recordings = await assertHeard(page, [0, 1, 2, 3, 4], () => page.wait(11_000));
      measured.set(
        browser,
        recordings.flatMap(recording => skews(recording)),
      );
    });

    it('is heard after seeks', async () => {
      await assertHeard(page, [1, 3, 4], async () => {
        for (const seconds of [3.1, 1.1, 4.1]) {
          await page.run(`video.currentTime = ${seconds}`);
          await page.wait(1000);
        }
      });
    });

    it('is silent in a pause and heard after it', async () => {
      await page.run('video.currentTime = 2');
      await page.run('video.pause()');
      await page.wait(300);
      const pause = await listen(page.frame, () => page.wait(700));
      const loud = pause.blocks.filter(({ samples }) => samples.some(sample => Math.abs(sample) > 0.02));
      assert.equal(loud.length, 0);
      await page.run('video.play()');
      await assertHeard(page, [3], () => page.wait(2500));
    });

    it('is heard across the end, where it starts anew', async () => {
      const recordings = await assertHeard(page, [4, 0], async () => {
        await page.run('video.currentTime = 3.9');
        await page.wait(2500);
      });
      const jumps = recordings.flatMap(({ frames }) =>
        frames.filter(({ media }, index) => media < (frames[index - 1]?.media ?? 0) - 3),
      );
      assert.ok(jumps.length > 0, 'it went over the end while it was listened to');
    });

    for (const rate of [0.5, 1.5]) {
      it(`is heard at speed ${rate}`, async () => {
        await page.run('video.currentTime = 0');
        await page.run(`video.playbackRate = ${rate}`);
        await assertHeard(page, [0, 1], () => page.wait(4500));
        await page.run('video.playbackRate = 1');
      });
    }

    it('is heard when it is shown again', async () => {
      await workbench.clickTreeItem('other.md');
      await workbench.waitForActiveTab('other.md');
      await workbench.clickTreeItem('clip.mp4');
      page = new PlayerPage(await workbench.webviewFrame('video', 30_000));
      await installEar(page.frame);
      await assertHeard(page, [0, 1], () => page.wait(5500));
    });
  });
}

describe('the player in VS Code, where no copy can be made', function () {
  this.timeout(240_000);
  let workspace: string;
  let workbench: Workbench;
  let page: PlayerPage;

  before(async function () {
    needFfmpeg(this);
    const made = await noAacChromium();
    if ('skipped' in made) {
      console.log(`skipped, because ${made.skipped}`);
      this.skip();
    }
    workspace = await mkdtemp(path.join(tmpdir(), 'seedance-player-'));
    const fragmented = ['-i', clip, '-c', 'copy', '-movflags', 'frag_keyframe+empty_moov'];
    execFileSync('ffmpeg', ['-v', 'error', ...fragmented, path.join(workspace, 'clip.mp4')]);
    workbench = await openWorkbench({
      workspace,
      browser: 'noAac',
      autoplay: true,
      userSettings: ASSOCIATIONS,
    });
    await workbench.page.context().addInitScript(TAP_WEB_AUDIO);
    page = await openClip(workbench);
    await workbench.waitFor('Web Audio', () =>
      page.ask<boolean>("document.body.dataset.route === 'webAudio'"),
    );
    await installEar(page.frame);
  });
  after(async () => {
    await workbench?.close();
    if (workspace) await rm(workspace, { recursive: true, force: true });
  });

  it('plays the sound beside the picture, within 45 ms of it', async () => {
    const recordings = await assertHeard(page, [0, 1, 2, 3, 4], () => page.wait(11_000));
    const found = recordings.flatMap(recording => skews(recording));
    console.log(`      heard minus seen, ms: ${found.map(Math.round).join(' ')}`);
    assert.ok(p95(found.map(Math.abs)) <= 45);
  });

  it('goes along with seeks, pauses and speeds', async () => {
    await assertHeard(page, [1, 3], async () => {
      for (const seconds of [3.1, 1.1]) {
        await page.run(`video.currentTime = ${seconds}`);
        await page.wait(1000);
      }
    });
    await page.run('video.pause()');
    await page.wait(300);
    const pause = await listen(page.frame, () => page.wait(700));
    assert.ok(pause.blocks.every(({ samples }) => samples.every(sample => Math.abs(sample) < 0.02)));
    await page.run('video.play()');
    for (const rate of [0.5, 1.5]) {
      await page.run(`video.playbackRate = ${rate}`);
      await page.run('video.currentTime = 0');
      await assertHeard(page, [0, 1], () => page.wait(4500), { pitchFollowsSpeed: true });
    }
  });
});

describe('the player in VS Code, for a video that is not on this machine', function () {
  this.timeout(240_000);
  let workspace: string;
  let attic: string;
  let workbench: Workbench;
  let page: PlayerPage;

  before(async function () {
    const made = await noAacChromium();
    if ('skipped' in made) {
      console.log(`skipped, because ${made.skipped}`);
      this.skip();
    }
    workspace = await mkdtemp(path.join(tmpdir(), 'seedance-player-'));
    attic = await mkdtemp(path.join(tmpdir(), 'seedance-attic-'));
    await copyFile(clip, path.join(attic, 'clip.mp4'));
    const prompt = 'A lighthouse in the attic.';
    const sidecar = {
      version: 1,
      state: 'saved',
      prompt,
      request: { model: 'seedance-2.0-text-to-video', prompt },
      video: { uri: 'clip.mp4', bytes: 1, sha256: '0'.repeat(64) },
    };
    await writeFile(path.join(attic, 'clip.mp4.json'), JSON.stringify(sidecar));
    await writeFile(path.join(workspace, 'other.md'), 'Other');
    workbench = await openWorkbench({
      workspace,
      browser: 'noAac',
      autoplay: true,
      moreExtensions: [path.join(import.meta.dirname, 'support', 'attic')],
      env: { SEEDANCE_TEST_ATTIC: attic },
    });
    await workbench.page.context().addInitScript(TAP_WEB_AUDIO);
    await workbench.runCommand('Attic: Open the Clip');
    page = new PlayerPage(await workbench.webviewFrame('#controls', 60_000));
    await workbench.waitFor('Web Audio', () =>
      page.ask<boolean>("document.body.dataset.route === 'webAudio'"),
    );
  });
  after(async () => {
    await workbench?.close();
    for (const folder of [workspace, attic]) if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('is heard, by Web Audio', async () => {
    await installEar(page.frame);
    await assertHeard(page, [0, 1, 2, 3], () => page.wait(6000));
    assert.equal(await page.ask("document.querySelector('#status').textContent"), '');
  });

  it('tells how it was made by the sidecar beside it', async () => {
    assert.equal(await page.frame.locator('.prompt').innerText(), 'A lighthouse in the attic.');
  });

  it('saves its frame in the workspace, since its own folder is read-only', async () => {
    await page.run('video.pause()');
    await page.run('video.currentTime = 1.5');
    await workbench.waitFor('the place', () => page.ask<boolean>('!video.seeking'));
    await page.frame.locator('media-play-button').press('s');
    await page.frame.getByText(/Saved as clip-.*\.png/).waitFor();
    assert.equal((await readdir(workspace)).filter(name => /^clip-.*\.png$/.test(name)).length, 1);
    assert.equal((await readdir(attic)).length, 2);
  });
});

describe('sound and picture of the playback copy', () => {
  it('stay within 20 ms of native AAC', function () {
    const native = measured.get('chromium') ?? [];
    const copy = measured.get('noAac') ?? [];
    if (native.length === 0 || copy.length === 0) this.skip();
    console.log(`      heard minus seen, ms: native ${native.map(Math.round).join(' ')}`);
    console.log(`                            copy   ${copy.map(Math.round).join(' ')}`);
    const middle = native.toSorted((a, b) => a - b)[Math.floor(native.length / 2)] ?? 0;
    assert.ok(p95(copy.map(skew => Math.abs(skew - middle))) <= 20);
  });
});

describe('the player in the workbench', function () {
  this.timeout(240_000);
  let workspace: string;
  let workbench: Workbench;

  before(async () => {
    workspace = await mkdtemp(path.join(tmpdir(), 'seedance-player-'));
    await mkdir(path.join(workspace, 'shots'));
    await copyFile(clip, path.join(workspace, 'shots', 'clip.mp4'));
    workbench = await openWorkbench({ workspace, autoplay: true, userSettings: ASSOCIATIONS });
  });
  after(async () => {
    await workbench?.close();
    if (workspace) await rm(workspace, { recursive: true, force: true });
  });

  it('saves the frame that is seen beside the video, by key, and overwrites nothing', async () => {
    const page = await openClip(workbench, 'shots/clip.mp4');
    await page.run('video.pause()');
    await page.run('video.currentTime = 30.5 / 24');
    await workbench.waitFor('frame 30', () =>
      page.ask<boolean>("document.querySelector('#time').textContent.includes('30 of 120')"),
    );
    await page.frame.locator('media-play-button').press('s');
    await workbench.waitFor('the picture', async () =>
      (await readdir(path.join(workspace, 'shots'))).includes('clip-frame-30.png'),
    );
    const first = await readFile(path.join(workspace, 'shots', 'clip-frame-30.png'));
    await page.frame.locator('media-play-button').press('s');
    await workbench.waitFor('another picture', async () =>
      (await readdir(path.join(workspace, 'shots'))).includes('clip-frame-30-2.png'),
    );
    assert.deepEqual(await readFile(path.join(workspace, 'shots', 'clip-frame-30.png')), first);
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
    await workbench.waitFor('the old page to go', () => before.frame.isDetached(), 30_000);
    const page = new PlayerPage(await workbench.webviewFrame('video', 60_000));
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
    await workbench.waitFor('the new file', async () => (await page.ask('video.src')) !== source, 20_000);
    await unlink(file);
    await workbench.waitFor(
      'word of it',
      () => page.ask<boolean>("!document.querySelector('#problem').hidden"),
      20_000,
    );
    await copyFile(clip, file);
    await workbench.waitFor(
      'the picture',
      () => page.ask<boolean>("document.querySelector('#problem').hidden && video.readyState > 1"),
      20_000,
    );
  });
});

describe('the player in VS Code, opened again when its file is gone', function () {
  this.timeout(240_000);
  let workspace: string;
  let workbench: Workbench;

  before(async () => {
    workspace = await mkdtemp(path.join(tmpdir(), 'seedance-player-'));
    await copyFile(clip, path.join(workspace, 'clip.mp4'));
    await writeFile(path.join(workspace, 'other.md'), 'Other');
    workbench = await openWorkbench({ workspace, autoplay: true, userSettings: ASSOCIATIONS });
  });
  after(async () => {
    await workbench?.close();
    if (workspace) await rm(workspace, { recursive: true, force: true });
  });

  it('says so, and plays the file when it is back', async () => {
    await openClip(workbench);
    await workbench.runCommand('View: Keep Editor');
    await workbench.clickTreeItem('other.md');
    await workbench.waitForActiveTab('other.md');
    await unlink(path.join(workspace, 'clip.mp4'));
    // A tab of a deleted file stays; its page is made anew when it is shown.
    await workbench.page.locator('.tab', { hasText: 'clip.mp4' }).click();
    const page = new PlayerPage(await workbench.webviewFrame('#problem', 30_000));
    assert.equal(await page.frame.locator('#problem').innerText(), 'This video was deleted or moved.');
    await copyFile(clip, path.join(workspace, 'clip.mp4'));
    await workbench.webviewFrame('#controls', 30_000);
    await workbench.waitFor('the picture', () => page.ask<boolean>('video.readyState > 1'));
  });
});

describe('the player beside the preview of VS Code', function () {
  this.timeout(240_000);
  let workspace: string;
  let workbench: Workbench;

  const openWithPlayer = async (folder: string, file: string): Promise<void> => {
    await workbench.expandTreeItem(folder);
    const player = workbench.page.locator('.quick-input-widget .label-name', { hasText: 'Seedance Player' });
    await workbench.treeItemAction(file, 'Open With...', () => player.first().isVisible());
    await workbench.pick('Seedance Player');
    await workbench.webviewFrame('#controls', 30_000);
  };

  before(async () => {
    workspace = await mkdtemp(path.join(tmpdir(), 'seedance-player-'));
    for (const file of ['videos/clip.mp4', 'shots/scene.mp4']) {
      await mkdir(path.join(workspace, path.dirname(file)));
      await copyFile(clip, path.join(workspace, file));
    }
    workbench = await openWorkbench({ workspace, autoplay: true });
  });
  after(async () => {
    await workbench?.close();
    if (workspace) await rm(workspace, { recursive: true, force: true });
  });

  it('is offered in the Explorer and in the title of the preview', async () => {
    const playerIsShown = () => workbench.shows('#controls');
    await workbench.expandTreeItem('shots');
    await workbench.clickTreeItem('scene.mp4');
    await workbench.waitForActiveTab('scene.mp4');
    await workbench.pressTitleButton('Play with Sound');
    await workbench.webviewFrame('#controls', 30_000);
    await workbench.runCommand('View: Close All Editors');
    await workbench.treeItemAction('scene.mp4', 'Play with Sound', playerIsShown);
    await workbench.runCommand('View: Close All Editors');
  });

  it('goes on with a video that is renamed', async () => {
    await openWithPlayer('shots', 'scene.mp4');
    const name = workbench.page.locator('.explorer-folders-view .monaco-inputbox input');
    await workbench.treeItemAction('scene.mp4', 'Rename...', () => name.isVisible());
    await name.fill('dawn.mp4');
    await workbench.page.keyboard.press('Enter');
    await workbench.waitForActiveTab('dawn.mp4');
    const page = new PlayerPage(await workbench.webviewFrame('#controls', 30_000));
    await workbench.waitFor(
      'the new name',
      () => page.ask<boolean>("video.src.includes('dawn.mp4')"),
      30_000,
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
    await workbench.waitFor(
      'a click to open the player',
      async () => {
        await workbench.runCommand('View: Close All Editors');
        await workbench.clickTreeItem('clip.mp4');
        return workbench.webviewFrame('#controls', 4000).catch(() => undefined);
      },
      60_000,
    );
  });
});
