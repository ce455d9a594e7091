// What is heard of a video in VS Code, with and without an AAC decoder.
import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserName } from '../support/browser.ts';
import { needFfmpeg } from '../support/media/ffmpeg.ts';
import { noAacChromium } from '../support/noAacChromium.ts';
import type { Workbench } from '../support/workbench.ts';
import { compare, installEar, isSilent, listen, skews, type Recording } from './playerEar.ts';
import { fastTones, fragmented, TONE_SECONDS } from './support/fastTones.ts';
import { clip, openClip, PlayerPage } from './support/playerPage.ts';
import { openSharedWindow, preferPlayer, sharedAttic } from './support/shared.ts';

/** Milliseconds after which a machine is given up that never keeps up with the picture. */
const GIVEN_UP = 240_000;

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
  const end = performance.now() + GIVEN_UP;
  while (!enough() && performance.now() < end) {
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

/** @param part 0.95 for the 95th percentile */
function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** Of the tone, that must have been heard for a percentile of them to mean something. */
const CHANGES = 30;

/**
 * Plays `tones.mp4`, which changes its tone often, from so many starts; each is a draw of its own: how much sound the recorder has
 * in hand differs by some frames' time.
 * @returns how much later each change is heard than seen, in milliseconds
 */
async function measureSkews(workbench: Workbench, starts: number, seconds: number): Promise<number[]> {
  const page = await openClip(workbench, 'shots/tones.mp4');
  await installEar(page.frame);
  const found: number[] = [];
  const end = performance.now() + GIVEN_UP;
  for (let start = 0; start < starts || (found.length < CHANGES && performance.now() < end); start++) {
    await page.run(`video.currentTime = ${start % 3}`);
    await page.wait(500);
    const recording = await listen(page.frame, () => page.wait(seconds * 1000));
    found.push(...skews(recording, TONE_SECONDS));
  }
  assert.ok(found.length >= CHANGES, `${found.length} changes were heard`);
  return found;
}

function inWords(values: readonly number[]): string {
  const [low, middle, high] = [0.05, 0.5, 0.95].map(part => Math.round(percentile(values, part)));
  return `${low} to ${high}, median ${middle} (${values.length} changes)`;
}

const measured = new Map<BrowserName, number[]>();

for (const browser of ['chromium', 'noAac'] as const) {
  describe(`the player in VS Code, ${browser === 'chromium' ? 'with' : 'without'} an AAC decoder`, function () {
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
      await mkdir(path.join(workspace, 'shots'));
      await copyFile(clip, path.join(workspace, 'shots', 'clip.mp4'));
      await writeFile(path.join(workspace, 'other.md'), 'Other');
      await preferPlayer(workspace);
      workbench = await openSharedWindow(workspace, browser);
      page = await openClip(workbench, 'shots/clip.mp4');
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
        assert.deepEqual(await readFile(path.join(workspace, 'shots', 'clip.mp4')), await readFile(clip));
      },
    );

    it('is heard: each second has its tone', async () => {
      await page.run('video.currentTime = 0');
      await assertHeard(page, [0, 1, 2, 3, 4], () => page.wait(5600));
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
      assert.ok(isSilent(pause));
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
        await page.run(`video.playbackRate = ${rate}`);
        await page.run('video.currentTime = 0');
        await assertHeard(page, [0, 1], () => page.wait(2200 / rate));
        await page.run('video.playbackRate = 1');
      });
    }

    it('is heard when it is shown again', async () => {
      await workbench.openFile('other.md');
      page = await openClip(workbench, 'shots/clip.mp4');
      // A page that goes on where it was is beyond its first second before its sound is chosen.
      const route = browser === 'chromium' ? 'original' : 'copy';
      await workbench.waitFor(
        'the sound',
        async () => (await page.ask('document.body.dataset.route')) === route,
      );
      await installEar(page.frame);
      await page.run('video.currentTime = 0');
      await assertHeard(page, [0, 1], () => page.wait(2400));
    });

    it('is heard with its picture', async function () {
      needFfmpeg(this);
      await copyFile(fastTones(), path.join(workspace, 'shots', 'tones.mp4'));
      measured.set(browser, await measureSkews(workbench, 8, 1.5));
    });
  });
}

describe('the player in VS Code, where no copy can be made', function () {
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
    await mkdir(path.join(workspace, 'shots'));
    await copyFile(fragmented(clip), path.join(workspace, 'shots', 'clip.mp4'));
    await copyFile(fragmented(fastTones()), path.join(workspace, 'shots', 'tones.mp4'));
    await preferPlayer(workspace);
    workbench = await openSharedWindow(workspace, 'noAac');
    page = await openClip(workbench, 'shots/clip.mp4');
    await workbench.waitFor('Web Audio', () =>
      page.ask<boolean>("document.body.dataset.route === 'webAudio'"),
    );
    await installEar(page.frame);
  });
  after(async () => {
    await workbench?.close();
    if (workspace) await rm(workspace, { recursive: true, force: true });
  });

  it('plays the sound beside the picture: each second has its tone', async () => {
    await assertHeard(page, [0, 1, 2, 3, 4], () => page.wait(5600));
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
    assert.ok(isSilent(pause));
    await page.run('video.play()');
    for (const rate of [0.5, 1.5]) {
      await page.run(`video.playbackRate = ${rate}`);
      await page.run('video.currentTime = 0');
      await assertHeard(page, [0, 1], () => page.wait(2200 / rate), { pitchFollowsSpeed: true });
    }
  });

  it('plays the sound within 45 ms of the picture', async () => {
    const found = await measureSkews(workbench, 1, 9);
    console.log(`      heard minus seen, ms: ${inWords(found)}`);
    assert.ok(percentile(found.map(Math.abs), 0.95) <= 45);
  });
});

describe('the player in VS Code, for a video that is not on this machine', function () {
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
    attic = await sharedAttic();
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
    await preferPlayer(workspace);
    workbench = await openSharedWindow(workspace, 'noAac');
    await workbench.runCommand('Attic: Open the Clip');
    page = new PlayerPage(await workbench.webviewFrame('#controls'));
    await workbench.waitFor('Web Audio', () =>
      page.ask<boolean>("document.body.dataset.route === 'webAudio'"),
    );
  });
  after(async () => {
    await workbench?.close();
    if (workspace) await rm(workspace, { recursive: true, force: true });
  });

  it('is heard, by Web Audio', async () => {
    await installEar(page.frame);
    await page.run('video.currentTime = 0');
    await assertHeard(page, [0, 1, 2, 3], () => page.wait(4500));
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
    console.log(`      heard minus seen, ms: native ${inWords(native)}`);
    console.log(`                            copy   ${inWords(copy)}`);
    const middle = percentile(native, 0.5);
    const apart = copy.map(skew => Math.abs(skew - middle));
    assert.ok(percentile(apart, 0.95) <= 20, `95th percentile: ${percentile(apart, 0.95).toFixed(1)} ms`);
  });
});
