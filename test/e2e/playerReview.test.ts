import assert from 'node:assert/strict';
import type { Media } from '../../src/player/protocol.ts';
import { makeMedia, needFfmpeg } from '../support/media/ffmpeg.ts';
import { h264 } from '../support/media/recipes.ts';
import { waitFor } from '../support/waitFor.ts';
import { PlayerRig } from './playerRig.ts';

describe('the player as a reviewer uses it', function () {
  const rig = new PlayerRig();
  const { ask, said, until, clip } = rig;

  const at = (frame: number): Promise<unknown> =>
    until(`frame ${frame}`, `time.endsWith('frame ${frame} of 11')`);

  it('goes backwards and forwards with J, K and L', async () => {
    await rig.host.open(rig.page, { media: clip(), settings: { loop: true, autoplay: false } });
    await until('the file', 'video.readyState > 1');
    await ask('void (video.currentTime = 4)');
    await rig.page.keyboard.press('j');
    await until('an earlier place', 'video.currentTime < 3.5 && video.paused');
    await rig.page.keyboard.press('k');
    const stopped = await ask<number>('video.currentTime');
    await rig.page.waitForTimeout(300);
    assert.ok(Math.abs((await ask<number>('video.currentTime')) - stopped) < 0.1);
    await rig.page.keyboard.press('l');
    await until('it to play', '!video.paused');
    await rig.page.keyboard.press('l');
    assert.equal(await ask('video.playbackRate'), 1.25);
  });

  it('stops at the first frame when it goes backwards, and where a person takes it', async () => {
    await rig.host.open(rig.page, { media: clip(), settings: { loop: true, autoplay: false } });
    await until('the file', 'video.readyState > 1');
    for (let round = 0; round < 3; round++) {
      await ask('void (video.currentTime = 0.6)');
      await until('the place', '!video.seeking');
      await rig.page.keyboard.press('j');
      await rig.page.keyboard.press('j');
      await rig.page.waitForTimeout(900);
      assert.equal(await ask('video.currentTime'), 0);
    }
    await ask('void (video.currentTime = 4.5)');
    await rig.page.keyboard.press('j');
    await until('an earlier place', 'video.currentTime < 4.2');
    const bar = await rig.page.locator('media-time-range').boundingBox();
    assert.ok(bar);
    await rig.page.mouse.click(bar.x + bar.width / 2, bar.y + bar.height / 2);
    await rig.page.waitForTimeout(700);
    assert.ok(Math.abs((await ask<number>('video.currentTime')) - 2.5) < 0.15);
  });

  it('ends where it does not repeat, and starts anew with Space and with L', async () => {
    await rig.host.open(rig.page, { media: clip() });
    await until('the picture', 'video.currentTime > 0.1');
    await rig.page.keyboard.press('r');
    for (const key of [' ', 'l']) {
      await ask('void (video.currentTime = 4.8)');
      await until('the end', 'video.ended && video.paused');
      await rig.page.getByRole('button', { name: 'Play' }).waitFor();
      await rig.page.keyboard.press(key);
      await until('the start', 'video.currentTime > 0.1 && video.currentTime < 4 && !video.paused');
    }
  });

  for (const [rate, perSecond] of [
    ['24000/1001', 24000 / 1001],
    ['25', 25],
    ['30000/1001', 30000 / 1001],
    ['60', 60],
  ] as const)
    it(`steps through every frame at ${rate} frames per second, and stays at the ends`, async function () {
      needFfmpeg(this);
      const source = ['-f', 'lavfi', '-i', `testsrc=s=64x48:r=${rate}`, '-frames:v', '12', ...h264];
      const url = rig.host.mediaUrl(makeMedia([...source, '-bf', '2']));
      const media: Media = { url, name: 'a.mp4', frameRate: perSecond, frames: 12, sound: 'none' };
      await rig.host.open(rig.page, { media, settings: { loop: true, autoplay: false } });
      await at(0);
      for (let frame = 1; frame < 12; frame++) {
        await rig.page.keyboard.press('.');
        await at(frame);
      }
      await rig.page.keyboard.press('.');
      await rig.page.waitForTimeout(100);
      await at(11);
      for (let frame = 10; frame >= 0; frame--) {
        await rig.page.keyboard.press(',');
        await at(frame);
      }
      await rig.page.keyboard.press(',');
      await rig.page.waitForTimeout(100);
      await at(0);
      await rig.page.keyboard.press('End');
      await at(11);
    });

  it('does once what a key that is held down does once, and goes on with what goes on', async () => {
    await rig.host.open(rig.page, { media: clip(), settings: { loop: true, autoplay: false } });
    await until('the file', 'video.readyState > 1');
    const hold = async (key: string): Promise<void> => {
      for (let times = 0; times < 4; times++) await rig.page.keyboard.down(key);
      await rig.page.keyboard.up(key);
    };
    for (const key of ['.', 's', 'm', 'r']) await hold(key);
    await waitFor('the frame', () => said('request').length > 0);
    await rig.page.waitForTimeout(300);
    assert.equal(said('request').length, 1);
    assert.deepEqual(await ask('[video.muted, video.loop]'), [true, false]);
    await until('frame 4', "time.includes('frame 4 ')");
    await hold(' ');
    assert.equal(await ask('video.paused'), false);
  });

  it('saves the frame that is shown', async () => {
    rig.host.answer = ({ id }) => ({ type: 'answer', id, value: { name: 'videos/clip-frame-48.png' } });
    await rig.host.open(rig.page, { media: clip() });
    await until('the picture', 'video.currentTime > 0');
    await rig.page.keyboard.press('k');
    await ask('void (video.currentTime = 48.5 / 24)');
    await until('frame 48', "time.includes('frame 48 ')");
    await rig.page.keyboard.press('s');
    await rig.page.getByText('Saved as videos/clip-frame-48.png.').waitFor();
    const body = said('request').at(-1)?.body;
    assert.ok(body?.kind === 'saveFrame' && body.frame === 48 && body.png.length > 1000);
  });

  it('saves the frame that it says it saves, whatever the video is doing', async () => {
    rig.host.answer = ({ id }) => ({ type: 'answer', id, value: { name: 'a.png' } });
    await rig.host.open(rig.page, { media: clip() });
    await until('the picture', 'video.currentTime > 0.3');
    const told: (number | undefined)[] = [];
    const shown: number[] = [];
    const paused = ['ks', 'ks.', 'k...s', 'kjjs', 'k>>s', 'k,,,,s'];
    const playing = Array.from({ length: 12 }, () => ' s');
    for (const keys of ['s', ...paused, ...playing]) {
      const before = said('request').length;
      for (const key of keys) {
        await rig.page.keyboard.press(key);
        // Somewhere in the course of a frame.
        if (key === ' ') await rig.page.waitForTimeout(100 + 7 * told.length);
      }
      await waitFor('the frame', () => said('request').length > before);
      const body = said('request').at(-1)?.body;
      assert.ok(body?.kind === 'saveFrame');
      told.push(body.frame);
      shown.push(await rig.frameOnPicture(body.png));
    }
    assert.deepEqual(told, shown);
  });
});
