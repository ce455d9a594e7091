import assert from 'node:assert/strict';
import type { PlayerStrings } from '../../src/player/protocol.ts';
import { englishStrings } from './playerHost.ts';
import { PlayerRig, distance, story } from './playerRig.ts';

describe('the player for everyone', function () {
  const rig = new PlayerRig();
  const { ask, until, clip } = rig;

  it('names every control, and says which are on', async () => {
    await rig.host.open(rig.page, { media: clip(), story });
    await until('the picture', 'video.currentTime > 0');
    const tree = await rig.page.locator('#stage').ariaSnapshot();
    for (const control of [
      'button "Previous frame"',
      'button "Pause"',
      'button "Next frame"',
      'button "Loop" [pressed]',
      'button "Speed 1×"',
      'button "Mute"',
      'button "Save frame"',
      'button "Copy markdown"',
      'button "Show details" [expanded]',
      'button "Enter fullscreen"',
      'slider "Seek"',
      'slider "Volume"',
    ])
      assert.ok(tree.includes(control), `${control} is missing in\n${tree}`);
    await rig.page.keyboard.press('r');
    await rig.page.getByRole('button', { name: 'Loop', pressed: false }).waitFor();
  });

  it('speaks of positions in the language of the user', async () => {
    await rig.page.addInitScript(
      "addEventListener('DOMContentLoaded', () => (document.documentElement.lang = 'de'))",
    );
    await rig.host.open(rig.page, { media: clip(), settings: { loop: true, autoplay: false } });
    await until('the file', 'video.readyState > 1');
    await ask('void (video.currentTime = 1.5)');
    await until('the place', '!video.seeking');
    const spoken =
      "document.querySelector('media-time-range').shadowRoot.querySelector('input').ariaValueText";
    await until('words', `${spoken} === '1 Sekunde of 5 Sekunden'`);
  });

  it('can be worked by Tab and Space alone', async () => {
    await rig.host.open(rig.page, { media: clip(), story });
    await until('the picture', 'video.currentTime > 0');
    const reached: string[] = [];
    for (let step = 0; step < 16; step++) {
      await rig.page.keyboard.press('Tab');
      reached.push(await ask('document.activeElement.dataset.command ?? document.activeElement.localName'));
    }
    for (const wanted of [
      'media-time-range',
      'previousFrame',
      'media-play-button',
      'saveFrame',
      'fullscreen',
      'button',
    ])
      assert.ok(reached.includes(wanted), `${wanted} is missing in ${reached.join(' ')}`);
    await rig.page.locator('media-play-button').focus();
    await rig.page.keyboard.press('Space');
    await until('a pause', 'video.paused');
  });

  it('does not start by itself where motion is unwanted', async () => {
    await rig.page.emulateMedia({ reducedMotion: 'reduce' });
    await rig.host.open(rig.page, { media: clip() });
    await until('the picture', 'video.readyState > 2');
    await rig.page.waitForTimeout(300);
    assert.deepEqual(await ask('[video.paused, video.currentTime]'), [true, 0]);
  });

  it('does not start by itself where VS Code is set to reduce motion', async () => {
    await rig.page.addInitScript(
      "addEventListener('DOMContentLoaded', () => document.body.classList.add('vscode-reduce-motion'))",
    );
    await rig.host.open(rig.page, { media: clip() });
    await until('the picture', 'video.readyState > 2');
    await rig.page.waitForTimeout(300);
    assert.deepEqual(await ask('[video.paused, video.currentTime]'), [true, 0]);
  });

  const overflow = (): Promise<number> =>
    ask('document.documentElement.scrollWidth - document.documentElement.clientWidth');

  /** Opens the player with the texts that people read, in the middle of the clip. */
  const openIn = async (
    theme: string,
    width: number,
    height: number,
    texts: Partial<PlayerStrings> = {},
  ): Promise<void> => {
    await rig.page.setViewportSize({ width, height });
    await rig.wearTheme(theme);
    await rig.host.open(rig.page, {
      media: clip(),
      story,
      strings: { ...(await englishStrings()), ...texts },
      preferences: { volume: 0.4, muted: false },
      settings: { loop: true, autoplay: false },
    });
    await until('the picture', 'video.readyState > 1');
    await ask('void (video.currentTime = 60.5 / 24)');
    await until('frame 60', "time.includes('frame 60 ')");
  };

  describe('looks right', () => {
    for (const theme of ['vscode-dark', 'vscode-light', 'vscode-high-contrast', 'vscode-high-contrast-light'])
      it(`in ${theme}`, async () => {
        await openIn(theme, 1000, 640);
        await rig.page.locator('[data-command="saveFrame"]').focus();
        await rig.shoot(theme);
        assert.equal(await overflow(), 0);
      });

    it('at 300 pixels, a long message included', async () => {
      const name = `videos/${'a-lighthouse-at-dawn-fog-over-the-rocks'.repeat(2)}-frame-60.png`;
      rig.host.answer = ({ id }) => ({ type: 'answer', id, value: { name } });
      await openIn('vscode-dark', 300, 640);
      await rig.page.keyboard.press('s');
      await rig.page.getByText('Saved as').waitFor();
      await rig.shoot('narrow');
      assert.equal(await overflow(), 0);
    });

    it('at 200 % zoom', async () => {
      const session = await rig.page.context().newCDPSession(rig.page);
      await openIn('vscode-light', 500, 320);
      await session.send('Emulation.setDeviceMetricsOverride', {
        width: 500,
        height: 320,
        deviceScaleFactor: 2,
        mobile: false,
      });
      await rig.shoot('zoomed');
      assert.equal(await overflow(), 0);
    });

    for (const width of [300, 1000])
      it(`with tips that are whole at ${width} pixels`, async () => {
        const long =
          'So lange Wörter gibt es in mancher Sprache, dass ein Hinweis nicht in eine Zeile passt.';
        await openIn('vscode-dark', width, 640, { saveFrame: long });
        const tipsOf = '#controls > .group > *:not(#time, media-volume-range)';
        const count = await rig.page.locator(tipsOf).count();
        assert.equal(count, 10);
        for (let index = 0; index < count; index++) {
          const button = rig.page.locator(tipsOf).nth(index);
          await button.focus();
          await rig.page.waitForTimeout(150);
          const box = await button.locator('media-tooltip').boundingBox();
          assert.ok(box && box.width > 20, `the tip of ${index} is shown`);
          const where = `${box.x} to ${box.x + box.width}`;
          assert.ok(box.x >= 0 && box.x + box.width <= width, `the tip of ${index} goes from ${where}`);
        }
        await rig.page.locator('[data-command="saveFrame"]').focus();
        await rig.shoot(`tips-${width}`);
      });

    it('where the system paints with colours of its own', async () => {
      await rig.page.emulateMedia({ forcedColors: 'active' });
      await openIn('vscode-high-contrast', 1000, 640);
      await rig.page.locator('[data-command="saveFrame"]').focus();
      await rig.shoot('forced-colors');
      const played = await rig.pixelAt(100, 591);
      for (const paper of [
        [0, 0, 0],
        [255, 255, 255],
      ])
        assert.ok(distance(paper, played) > 100, 'what was played is seen');
    });
  });
});
