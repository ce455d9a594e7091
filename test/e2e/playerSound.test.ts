import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Media } from '../../src/player/protocol.ts';
import { CLIP_SECONDS } from '../../src/simulator/clip.ts';
import { convertInWorker } from '../../src/sound/convert.ts';
import { makeMedia, needFfmpeg } from '../support/media/ffmpeg.ts';
import { aac, hevc, picture, sound } from '../support/media/recipes.ts';
import { noAacChromium } from '../support/noAacChromium.ts';
import { repository } from '../support/paths.ts';
import { waitFor } from '../support/waitFor.ts';
import { askUntouched } from './playerHost.ts';
import { PlayerRig, demo, distance, type NotedFrame } from './playerRig.ts';

/** Milliseconds after which a machine is given up that never shows every frame. */
const GIVEN_UP = 240_000;

/** Whether none, or one at a time, of the 24 frames of each second is missing. */
function isEven(frames: readonly NotedFrame[]): boolean {
  const gaps = frames.slice(1).map(({ media }, index) => media - (frames[index]?.media ?? 0));
  return gaps.every(gap => gap < 2.5 / 24);
}

describe("the player's page and its sound", function () {
  const rig = new PlayerRig();
  const { ask, said, until, clip } = rig;

  it('says so where only the sound of a video can be played', async function () {
    needFfmpeg(this);
    const url = rig.host.mediaUrl(makeMedia([...picture(3), ...sound(2, 48000, 3), ...hevc, ...aac(96)]));
    await rig.wearTheme('vscode-light');
    await rig.host.open(rig.page, { media: { ...clip(), url } });
    await rig.page.getByRole('alert').getByText('Cannot play').waitFor();
    await until('silence', 'video.paused');
    await rig.shoot('no-picture');
    await rig.host.send(rig.page, { type: 'media', media: clip() });
    await until('the picture', "video.readyState > 1 && document.querySelector('#problem').hidden");
  });

  it('tells the time of a file that is only sound', async function () {
    needFfmpeg(this);
    const url = rig.host.mediaUrl(makeMedia([...sound(2, 48000, 3), ...aac(96)]));
    await rig.host.open(rig.page, { media: { url, name: 'sound.mp4', sound: 'aac' } });
    await until('a second', 'video.currentTime > 1');
    await rig.page.keyboard.press('k');
    await rig.page.keyboard.press('Home');
    await until('its start', "time === '0:00.000'");
    await rig.page.keyboard.press('ArrowRight');
    await until('the second second', "time === '0:01.000'");
    await rig.page.keyboard.press('s');
    await rig.page.getByText('The frame could not be saved: No picture').waitFor();
    assert.equal(await rig.page.getByRole('alert').isVisible(), false);
  });

  describe('without an AAC decoder', () => {
    let folder: string | undefined;
    let playbackCopy: string;

    before(async function () {
      const made = await noAacChromium();
      if ('skipped' in made) {
        console.log(`skipped, because ${made.skipped}`);
        this.skip();
      }
      await rig.useBrowser('noAac');
      folder = await mkdtemp(path.join(tmpdir(), 'player-page-'));
      playbackCopy = path.join(folder, 'copy.mp4');
      const { kind } = await convertInWorker(path.join(repository, 'dist', 'convertWorker.cjs'), {
        source: path.join(demo, 'clip.mp4'),
        target: playbackCopy,
        signal: new AbortController().signal,
      });
      assert.equal(kind, 'made');
    });
    after(async () => {
      if (folder) await rm(folder, { recursive: true });
      await rig.useBrowser('chromium');
    });

    it('says nothing of a clip that has no sound, and asks for nothing', async () => {
      const url = rig.host.mediaUrl(path.join(demo, 'clip-silent.mp4'));
      await rig.host.open(rig.page, { media: { url, name: 'clip.mp4', frameRate: 24, sound: 'none' } });
      await until('a second', 'video.currentTime > 1');
      assert.equal(await ask('status'), '');
      assert.deepEqual(said('request'), []);
      assert.deepEqual(said('aac'), [{ type: 'aac', decodes: false }]);
    });

    it('takes Web Audio when there is no copy', async () => {
      rig.host.answer = ({ id }) => ({ type: 'refusal', id, reason: 'the disk is full.' });
      await rig.host.open(rig.page, { media: clip() });
      await until('Web Audio', "document.body.dataset.route === 'webAudio' && video.currentTime > 0.5");
      assert.equal(await ask('status'), '');
    });

    it('takes Web Audio when the copy turns out silent', async () => {
      const media = clip();
      rig.host.answer = ({ id }) => ({ type: 'answer', id, value: { url: media.url } });
      await rig.host.open(rig.page, { media });
      await until('Web Audio', "document.body.dataset.route === 'webAudio'");
      assert.ok(said('log').some(({ text }) => text === 'sound route: copy'));
    });

    it('shows the silent picture while its copy takes long, and then goes on with the copy', async () => {
      await rig.host.open(rig.page, { media: clip() });
      await until('the picture', 'video.currentTime > 1');
      assert.equal(await ask('document.body.dataset.route'), 'preparing');
      await rig.page.getByText('Preparing sound').waitFor();
      const [request] = said('request');
      const url = rig.host.mediaUrl(path.join(demo, 'clip-silent.mp4'));
      await rig.host.send(rig.page, { type: 'answer', id: request?.id ?? -1, value: { url } });
      await until(
        'the copy',
        `video.src === ${JSON.stringify(url)} && video.currentTime > 1 && !video.paused`,
      );
      assert.equal(await ask('status'), '');
    });

    it('shows the first frame before it goes on with a copy that is ready sooner', async () => {
      const url = rig.host.mediaUrl(path.join(demo, 'clip.mp4'), 400);
      const copy = rig.host.mediaUrl(playbackCopy);
      await rig.noteFrames();
      rig.host.answer = ({ id }) => {
        setTimeout(() => void rig.host.send(rig.page, { type: 'answer', id, value: { url: copy } }), 300);
        return undefined;
      };
      await rig.host.open(rig.page, { media: { ...clip(), url } });
      await until('the copy', `video.src === ${JSON.stringify(copy)} && video.currentTime > 1`);
      const frames = await rig.noted();
      assert.equal(frames[0]?.src, url, 'the first frame is that of the silent picture');
    });

    /** Plays the silent picture, then its copy, once. @returns the frames that were seen of each */
    async function changeToCopy(): Promise<{ silent: NotedFrame[]; heard: NotedFrame[] }> {
      const copy = rig.host.mediaUrl(playbackCopy, 700);
      await rig.noteFrames();
      await rig.host.open(rig.page, { media: clip() });
      await until('the second second', 'video.currentTime > 1.2');
      await rig.host.send(rig.page, {
        type: 'answer',
        id: said('request')[0]?.id ?? -1,
        value: { url: copy },
      });
      await until('the change', `video.src === ${JSON.stringify(copy)} && video.readyState === 0`);
      const seen = await rig.pixelAt(20, 200);
      assert.ok(distance(CLIP_SECONDS[1]?.color ?? [], seen) < 15, `${seen.join()} is seen`);
      await until('the copy to play', 'video.currentTime > 1.6 && !video.paused');
      await until('the copy itself to be seen', "document.querySelector('#still').hidden");
      const frames = await rig.noted();
      return {
        silent: frames.filter(({ src }) => src !== copy),
        heard: frames.filter(({ src, covered }) => src === copy && !covered),
      };
    }

    it('goes on with the copy where the picture is, and covers the change with its last frame', async () => {
      const end = performance.now() + GIVEN_UP;
      let frames = await changeToCopy();
      // What is seen on a busy machine, which shows few frames, tells of the machine.
      while (!(isEven(frames.silent) && isEven(frames.heard)) && performance.now() < end) {
        await rig.newPage();
        frames = await changeToCopy();
      }
      const last = frames.silent.at(-1)?.media ?? Infinity;
      const first = frames.heard[0]?.media ?? 0;
      assert.ok(Math.abs(first - last) < 0.1, `from ${last} to ${first}`);
    });

    it('goes on with the copy in a pause too, and steps from there', async () => {
      const copy = rig.host.mediaUrl(playbackCopy);
      await rig.host.open(rig.page, { media: clip(), settings: { loop: true, autoplay: false } });
      await until('the silent picture', 'video.readyState > 1');
      await ask('void (video.currentTime = 60.5 / 24)');
      await until('frame 60', "time.includes('frame 60 ')");
      const id = said('request')[0]?.id ?? -1;
      await rig.host.send(rig.page, { type: 'answer', id, value: { url: copy } });
      await until('the copy', `video.src === '${copy}' && document.querySelector('#still').hidden`);
      assert.deepEqual(await ask('[video.paused, time.includes("frame 60 ")]'), [true, true]);
      await rig.page.keyboard.press('.');
      await until('frame 61', "time.includes('frame 61 ') && document.querySelector('#still').hidden");
    });

    it('says one thing of a file that is empty, cut or not a video at all', async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'player-page-'));
      const bytes = await readFile(path.join(demo, 'clip.mp4'));
      const noise = Buffer.from(bytes.map((byte, index) => byte ^ ((index * 2654435761) >>> 24)));
      const files = { empty: Buffer.alloc(0), cut: bytes.subarray(0, 600), noise };
      await writeFile(path.join(folder, 'first.mp4'), '');
      const first = rig.host.mediaUrl(path.join(folder, 'first.mp4'));
      await rig.host.open(rig.page, { media: { url: first, name: 'first.mp4', sound: 'unknown' } });
      for (const [name, content] of Object.entries(files)) {
        const file = path.join(folder, `${name}.mp4`);
        await writeFile(file, content);
        const media: Media = { url: rig.host.mediaUrl(file), name: `${name}.mp4`, sound: 'unknown' };
        const before = said('log').length;
        await rig.host.send(rig.page, { type: 'media', media });
        await waitFor('the picture to fail', () =>
          ask<boolean>("video.error !== null && !document.querySelector('#problem').hidden"),
        );
        const id = said('request').at(-1)?.id ?? -1;
        await rig.host.send(rig.page, { type: 'refusal', id, reason: 'its sound track is damaged.' });
        await waitFor('the last route', () =>
          said('log')
            .slice(before)
            .some(({ text }) => text === 'sound route: silent'),
        );
        await rig.page.getByRole('alert').getByText('Cannot play').waitFor();
        assert.equal(await ask('status'), '', name);
      }
      await rm(folder, { recursive: true });
    });

    it('says why there is no sound in a WebM that is silent here', async function () {
      needFfmpeg(this);
      const noise = ['-f', 'lavfi', '-i', 'sine=440:d=3', '-c:v', 'libvpx', '-deadline', 'realtime'];
      const url = rig.host.mediaUrl(makeMedia([...picture(3), ...noise, '-c:a', 'libopus'], '.webm'));
      await rig.host.open(rig.page, { media: { url, name: 'clip.webm', sound: 'other' } });
      await rig.page.getByText('This video plays without sound: Sound undecodable').waitFor();
      await until('the picture', 'video.currentTime > 0.5 && !video.paused');
      assert.deepEqual(said('request'), []);
    });

    it('says why there is no sound when nothing works, and plays the picture', async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'player-page-'));
      const bytes = await readFile(path.join(demo, 'clip.mp4'));
      // AudioObjectType 1 (AAC Main) instead of 2 in the AudioSpecificConfig: nothing here decodes that.
      const esds = bytes.indexOf('esds', 0, 'latin1');
      const config = bytes.indexOf(0x11, esds + 30);
      assert.ok(config > 0 && config < esds + 60);
      bytes[config] = 0x09;
      await writeFile(path.join(folder, 'damaged.mp4'), bytes);
      rig.host.answer = ({ id }) => ({ type: 'refusal', id, reason: 'the disk is full.' });
      const url = rig.host.mediaUrl(path.join(folder, 'damaged.mp4'));
      await rig.wearTheme('vscode-dark');
      await rig.host.open(rig.page, { media: { ...clip(), url } });
      await until('the picture', 'video.currentTime > 0.5');
      await rig.page.getByText('This video plays without sound: Sound undecodable').waitFor();
      await rig.page.getByRole('button', { name: 'Open externally' }).waitFor();
      await rig.shoot('no-sound');
      await rm(folder, { recursive: true });
    });
  });

  /** As `ask`, without touching the page. */
  const look = <T>(expression: string): Promise<T> =>
    askUntouched(
      rig.page,
      `(() => { const video = document.querySelector('video'); const status = document.querySelector('#status').textContent; return ${expression}; })()`,
    );

  const seen = (): Promise<unknown> => waitFor('the picture', () => look<boolean>('video.currentTime > 0.3'));

  describe('where a page that was never touched may not be heard', () => {
    before(async () => {
      await rig.useBrowser('chromium', { autoplay: false });
    });
    after(async () => {
      await rig.useBrowser('chromium');
    });
    const muted = { volume: 0.5, muted: true };

    for (const touch of ['.', 'm', 'click on the picture', 'click on Mute'])
      it(`starts without sound, says so, and is heard from the first touch on: ${touch}`, async () => {
        await rig.host.open(rig.page, { media: clip() });
        await seen();
        assert.deepEqual(await look('[video.muted, status]'), [true, 'Starts muted']);
        await rig.page.keyboard.press('Control');
        await rig.page.waitForTimeout(100);
        assert.deepEqual(await look('[video.muted, video.paused]'), [true, false]);
        if (touch === 'click on the picture') await rig.page.mouse.click(300, 200);
        else if (touch === 'click on Mute') await rig.page.locator('media-mute-button').click();
        else await rig.page.keyboard.press(touch);
        await until('sound', '!video.muted');
        await rig.page.waitForTimeout(200);
        assert.equal(await ask('video.muted'), false);
        assert.deepEqual(await look('[status, video.paused]'), ['', touch === '.']);
        assert.ok(said('preferences').every(({ preferences }) => !preferences.muted));
      });

    it('stays muted for one who wants it so, without a word', async () => {
      await rig.host.open(rig.page, { media: clip(), preferences: muted });
      await seen();
      assert.equal(await look('status'), '');
      await rig.page.keyboard.press('.');
      await rig.page.waitForTimeout(200);
      assert.equal(await ask('video.muted'), true);
    });

    it('says nothing of a clip that has no sound', async () => {
      const url = rig.host.mediaUrl(path.join(demo, 'clip-silent.mp4'));
      await rig.host.open(rig.page, { media: { ...clip(), url, sound: 'none' } });
      await seen();
      assert.equal(await look('status'), '');
    });
  });
});
