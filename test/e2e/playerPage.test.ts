import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { Media, PageMessage, Story } from '../../src/player/protocol.ts';
import { type BrowserName, type OpenBrowser, launchBrowser } from '../support/browser.ts';
import { makeMedia, needFfmpeg } from '../support/media/ffmpeg.ts';
import { aac, hevc, picture, sound } from '../support/media/recipes.ts';
import { noAacChromium } from '../support/noAacChromium.ts';
import { repository, screenshotsFolder } from '../support/paths.ts';
import { waitFor } from '../support/waitFor.ts';
import { startPlayerHost, type PlayerHost } from './playerHost.ts';

const demo = path.join(repository, 'media', 'demo');
const story: Story = {
  prompt:
    'A lighthouse at dawn, fog over the rocks. <img src=x onerror="document.title=1"><script>document.title = 2</script> Slow push in.',
  details: [
    { label: 'State', value: 'Saved' },
    { label: 'Model', value: 'seedance-2.0-text-to-video' },
    { label: 'Length', value: '5 s' },
    { label: 'Cost', value: '64.5 credits ($0.64)' },
  ],
  source: 'shots.md:12',
};

async function shoot(page: Page, name: string): Promise<void> {
  await mkdir(screenshotsFolder, { recursive: true });
  await page.waitForTimeout(500); // tooltips fade in
  await page.screenshot({ path: path.join(screenshotsFolder, `player-${name}.png`) });
}

describe("the player's page", function () {
  this.timeout(60_000);
  let browser: OpenBrowser;
  let host: PlayerHost;
  let page: Page;
  let problems: string[];

  const clip = (): Media => ({
    url: host.mediaUrl(path.join(demo, 'clip.mp4')),
    name: 'clip.mp4',
    frameRate: 24,
    frames: 121,
    sound: 'aac',
  });
  const start = async (name: BrowserName): Promise<void> => {
    browser = await launchBrowser({ browser: name, autoplay: true, viewport: { width: 1000, height: 640 } });
  };
  const ask = <T>(expression: string): Promise<T> =>
    page.evaluate<T>(`(() => { const video = document.querySelector('video'); return ${expression}; })()`);
  const said = <T extends PageMessage['type']>(type: T): Extract<PageMessage, { type: T }>[] =>
    host.received.filter((message): message is Extract<PageMessage, { type: T }> => message.type === type);
  const until = (what: string, expression: string): Promise<unknown> =>
    waitFor(what, () => ask<boolean>(expression), 20_000);

  const wearTheme = async (theme: string): Promise<void> => {
    const themes: Record<string, Record<string, string>> = JSON.parse(
      await readFile(path.join(import.meta.dirname, 'playerThemes.json'), 'utf8'),
    );
    await page.addInitScript(`addEventListener('DOMContentLoaded', () => {
      const values = ${JSON.stringify(themes[theme])};
      for (const [name, value] of Object.entries(values)) document.documentElement.style.setProperty(name, value);
      document.body.className = ${JSON.stringify(theme)};
    })`);
  };
  const openIn = async (theme: string, size: { width: number; height: number }): Promise<void> => {
    await page.setViewportSize(size);
    await wearTheme(theme);
    await host.open(page, { media: clip(), story, settings: { loop: true, autoplay: false } });
    await until('the picture', 'video.readyState > 1');
    await page.keyboard.press('End');
    await until('the last frame', "document.querySelector('#time').textContent.includes('frame 120 ')");
  };
  const overflow = (): Promise<number> =>
    ask('document.documentElement.scrollWidth - document.documentElement.clientWidth');

  before(async () => {
    await start('chromium');
    host = await startPlayerHost(path.join(repository, 'dist'));
  });
  after(async () => {
    await browser?.close();
    await host?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    page = await browser.context.newPage();
    problems = [];
    page.on('console', message => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', error => problems.push(error.message));
  });
  afterEach(async () => {
    await page.close();
    host.answer = () => undefined;
    assert.deepEqual(problems, [], 'nothing was refused by the policy, nothing was thrown');
  });

  it('plays, repeats and tells time code and frame', async () => {
    await host.open(page, { media: clip() });
    await until('the picture', 'video.currentTime > 0.2 && !video.paused');
    assert.equal(await ask('video.loop'), true);
    await page.keyboard.press('k');
    await page.keyboard.press('Home');
    await until(
      'the first frame',
      `document.querySelector('#time').textContent === '00:00:00:00frame 0 of 120'`,
    );
    for (let step = 0; step < 3; step++) await page.keyboard.press('.');
    await until('frame 3', `document.querySelector('#time').textContent === '00:00:00:03frame 3 of 120'`);
    await page.keyboard.press('Shift+ArrowLeft');
    await until(
      'frame 2',
      `document.querySelector('#announcement').textContent === '00:00:00:02, frame 2 of 120'`,
    );
    await page.keyboard.press('End');
    await until('the last frame', `document.querySelector('#time').textContent.endsWith('frame 120 of 120')`);
  });

  it('goes backwards and forwards with J, K and L', async () => {
    await host.open(page, { media: clip(), settings: { loop: true, autoplay: false } });
    await until('the file', 'video.readyState > 1');
    await ask('void (video.currentTime = 4)');
    await page.keyboard.press('j');
    await until('an earlier place', 'video.currentTime < 3.5 && video.paused');
    await page.keyboard.press('k');
    const stopped = await ask<number>('video.currentTime');
    await page.waitForTimeout(300);
    assert.ok(Math.abs((await ask<number>('video.currentTime')) - stopped) < 0.1);
    await page.keyboard.press('l');
    await until('it to play', '!video.paused');
    await page.keyboard.press('l');
    assert.equal(await ask('video.playbackRate'), 1.25);
  });

  it('remembers speed, repeat and place, and tells the extension volume and mute', async () => {
    await host.open(page, { media: clip() });
    await until('the picture', 'video.currentTime > 0.1');
    for (const key of ['k', '<', 'r', 'ArrowDown', 'ArrowDown', 'm']) await page.keyboard.press(key);
    await ask('void (video.currentTime = 2.5)');
    await until('the place', '!video.seeking');
    await waitFor('word of mute', () => said('preferences').at(-1)?.preferences.muted);
    assert.ok(Math.abs((said('preferences').at(-1)?.preferences.volume ?? 0) - 0.8) < 0.01);
    await page.waitForTimeout(100);
    await page.reload();
    await until('the place', 'video && Math.abs(video.currentTime - 2.5) < 0.01 && video.paused');
    assert.deepEqual(await ask('[video.playbackRate, video.loop]'), [0.75, false]);
  });

  it('shows a prompt as text, whatever it holds, and how the video was made', async () => {
    await host.open(page, { media: clip(), story });
    await page.getByRole('complementary').waitFor();
    assert.equal(await page.locator('.prompt').innerText(), story.prompt);
    assert.equal(await page.locator('aside img, aside script').count(), 0);
    assert.equal(await page.title(), '');
    host.answer = ({ id }) => ({ type: 'answer', id, value: {} });
    await page.getByRole('button', { name: 'Generate again' }).click();
    await page.getByRole('button', { name: 'Open source: shots.md:12' }).click();
    await page.getByRole('button', { name: 'Copy markdown' }).click();
    await page.getByText('Markdown copied').waitFor();
    assert.deepEqual(
      said('request').map(({ body }) => body),
      ['generateAgain', 'openSource', 'copyMarkdown'].map(action => ({ kind: 'action', action })),
    );
    await page.keyboard.press('i');
    assert.equal(await page.getByRole('complementary').isVisible(), false);
    await host.send(page, { type: 'story' });
    await page.getByRole('button', { name: 'Show details' }).waitFor({ state: 'hidden' });
  });

  it('names every control, and says which are on', async () => {
    await host.open(page, { media: clip(), story });
    await until('the picture', 'video.currentTime > 0');
    const tree = await page.locator('#stage').ariaSnapshot();
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
    await page.keyboard.press('r');
    await page.getByRole('button', { name: 'Loop', pressed: false }).waitFor();
  });

  it('can be worked by Tab and Space alone', async () => {
    await host.open(page, { media: clip(), story });
    await until('the picture', 'video.currentTime > 0');
    const reached: string[] = [];
    for (let step = 0; step < 16; step++) {
      await page.keyboard.press('Tab');
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
    await page.locator('media-play-button').focus();
    await page.keyboard.press('Space');
    await until('a pause', 'video.paused');
  });

  it('does not start by itself where motion is unwanted', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await host.open(page, { media: clip() });
    await until('the picture', 'video.readyState > 2');
    await page.waitForTimeout(300);
    assert.deepEqual(await ask('[video.paused, video.currentTime]'), [true, 0]);
  });

  it('does not start by itself where VS Code is set to reduce motion', async () => {
    await page.addInitScript(
      "addEventListener('DOMContentLoaded', () => document.body.classList.add('vscode-reduce-motion'))",
    );
    await host.open(page, { media: clip() });
    await until('the picture', 'video.readyState > 2');
    await page.waitForTimeout(300);
    assert.deepEqual(await ask('[video.paused, video.currentTime]'), [true, 0]);
  });

  it('says so where only the sound of a video can be played', async function () {
    needFfmpeg(this);
    const url = host.mediaUrl(makeMedia([...picture(3), ...sound(2, 48000, 3), ...hevc, ...aac(96)]));
    await wearTheme('vscode-light');
    await host.open(page, { media: { ...clip(), url } });
    await page.getByRole('alert').getByText('Cannot play').waitFor();
    await until('silence', 'video.paused');
    await shoot(page, 'no-picture');
    await host.send(page, { type: 'media', media: clip() });
    await until('the picture', "video.readyState > 1 && document.querySelector('#problem').hidden");
  });

  it('gives the extension its first frame once', async () => {
    await host.open(page, { media: clip(), wantsThumbnail: true });
    await waitFor('the frame', () => said('thumbnail').length > 0, 20_000);
    await page.keyboard.press('Home');
    await page.waitForTimeout(500);
    const [thumbnail] = said('thumbnail');
    assert.equal(said('thumbnail').length, 1);
    const png = Buffer.from(thumbnail?.png ?? []);
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [320, 180]);
  });

  it('drops what is malformed and says so in the log', async () => {
    await host.open(page, { media: clip() });
    await until('the picture', 'video.currentTime > 0');
    await page.evaluate("postMessage({ type: 'media', media: { url: 'https://evil.example/' } }, '*')");
    await waitFor('a line in the log', () => said('log').some(({ text }) => text.includes('malformed')));
    assert.ok((await ask<string>('video.src')).startsWith(host.url));
  });

  it('says in one line that a file cannot be played, and goes on with a better one', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'player-page-'));
    const bytes = await readFile(path.join(demo, 'clip.mp4'));
    await writeFile(path.join(folder, 'damaged.mp4'), bytes.subarray(2000));
    const url = host.mediaUrl(path.join(folder, 'damaged.mp4'));
    await host.open(page, { media: { url, name: 'damaged.mp4', sound: 'unknown' } });
    await page.getByRole('alert').getByText('Cannot play').waitFor();
    await page.getByRole('button', { name: 'Open externally' }).click();
    assert.deepEqual(said('request').at(-1)?.body, { kind: 'action', action: 'openExternally' });
    await host.send(page, { type: 'media', media: clip() });
    await until('the picture', "video.readyState > 1 && document.querySelector('#problem').hidden");
    await host.send(page, { type: 'gone', text: 'It is gone.' });
    await page.getByRole('alert').getByText('It is gone.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Open externally' }).isVisible(), false);
    await rm(folder, { recursive: true });
  });

  it('saves the frame that is shown', async () => {
    host.answer = ({ id }) => ({ type: 'answer', id, value: { name: 'videos/clip-frame-48.png' } });
    await host.open(page, { media: clip() });
    await until('the picture', 'video.currentTime > 0');
    await page.keyboard.press('k');
    await ask('void (video.currentTime = 48.5 / 24)');
    await until('frame 48', "document.querySelector('#time').textContent.includes('frame 48 ')");
    await page.keyboard.press('s');
    await page.getByText('Saved as videos/clip-frame-48.png.').waitFor();
    const body = said('request').at(-1)?.body;
    assert.ok(body?.kind === 'saveFrame' && body.frame === 48 && body.png.length > 1000);
  });

  describe('without an AAC decoder', () => {
    before(async function () {
      const made = await noAacChromium();
      if ('skipped' in made) {
        console.log(`skipped, because ${made.skipped}`);
        this.skip();
      }
      await browser.close();
      await start('noAac');
    });
    after(async () => {
      await browser.close();
      await start('chromium');
    });

    it('says nothing of a clip that has no sound, and asks for nothing', async () => {
      const url = host.mediaUrl(path.join(demo, 'clip-silent.mp4'));
      await host.open(page, { media: { url, name: 'clip.mp4', frameRate: 24, sound: 'none' } });
      await until('a second', 'video.currentTime > 1');
      assert.equal(await ask("document.querySelector('#status').textContent"), '');
      assert.deepEqual(said('request'), []);
      assert.deepEqual(said('aac'), [{ type: 'aac', decodes: false }]);
    });

    it('takes Web Audio when there is no copy', async () => {
      host.answer = ({ id }) => ({ type: 'refusal', id, reason: 'the disk is full.' });
      await host.open(page, { media: clip() });
      await until('Web Audio', "document.body.dataset.route === 'webAudio' && video.currentTime > 0.5");
      assert.equal(await ask("document.querySelector('#status').textContent"), '');
    });

    it('takes Web Audio when the copy turns out silent', async () => {
      const media = clip();
      host.answer = ({ id }) => ({ type: 'answer', id, value: { url: media.url } });
      await host.open(page, { media });
      await until('Web Audio', "document.body.dataset.route === 'webAudio'");
      assert.ok(said('log').some(({ text }) => text === 'sound route: copy'));
    });

    it('shows the silent picture while its copy takes long, and then goes on with the copy', async () => {
      await host.open(page, { media: clip() });
      await until('the picture', 'video.currentTime > 1');
      assert.equal(await ask('document.body.dataset.route'), 'preparing');
      await page.getByText('Preparing sound').waitFor();
      const [request] = said('request');
      const url = host.mediaUrl(path.join(demo, 'clip-silent.mp4'));
      await host.send(page, { type: 'answer', id: request?.id ?? -1, value: { url } });
      await until(
        'the copy',
        `video.src === ${JSON.stringify(url)} && video.currentTime > 1 && !video.paused`,
      );
      assert.equal(await ask("document.querySelector('#status').textContent"), '');
    });

    it('says one thing of a file that is empty, cut or not a video at all', async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'player-page-'));
      const bytes = await readFile(path.join(demo, 'clip.mp4'));
      const noise = Buffer.from(bytes.map((byte, index) => byte ^ ((index * 2654435761) >>> 24)));
      const files = { empty: Buffer.alloc(0), cut: bytes.subarray(0, 600), noise };
      await writeFile(path.join(folder, 'first.mp4'), '');
      const first = host.mediaUrl(path.join(folder, 'first.mp4'));
      await host.open(page, { media: { url: first, name: 'first.mp4', sound: 'unknown' } });
      for (const [name, content] of Object.entries(files)) {
        const file = path.join(folder, `${name}.mp4`);
        await writeFile(file, content);
        const media: Media = { url: host.mediaUrl(file), name: `${name}.mp4`, sound: 'unknown' };
        const before = said('log').length;
        await host.send(page, { type: 'media', media });
        await waitFor('the picture to fail', () =>
          ask<boolean>("video.error !== null && !document.querySelector('#problem').hidden"),
        );
        const id = said('request').at(-1)?.id ?? -1;
        await host.send(page, { type: 'refusal', id, reason: 'its sound track is damaged.' });
        await waitFor('the last route', () =>
          said('log')
            .slice(before)
            .some(({ text }) => text === 'sound route: silent'),
        );
        await page.getByRole('alert').getByText('Cannot play').waitFor();
        assert.equal(await ask("document.querySelector('#status').textContent"), '', name);
      }
      await rm(folder, { recursive: true });
    });

    it('says why there is no sound in a WebM that is silent here', async function () {
      needFfmpeg(this);
      const noise = ['-f', 'lavfi', '-i', 'sine=440:d=3', '-c:v', 'libvpx', '-deadline', 'realtime'];
      const url = host.mediaUrl(makeMedia([...picture(3), ...noise, '-c:a', 'libopus'], '.webm'));
      await host.open(page, { media: { url, name: 'clip.webm', sound: 'other' } });
      await page.getByText('This video plays without sound: Sound undecodable').waitFor();
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
      host.answer = ({ id }) => ({ type: 'refusal', id, reason: 'the disk is full.' });
      const url = host.mediaUrl(path.join(folder, 'damaged.mp4'));
      await wearTheme('vscode-dark');
      await host.open(page, { media: { ...clip(), url } });
      await until('the picture', 'video.currentTime > 0.5');
      await page.getByText('This video plays without sound: Sound undecodable').waitFor();
      await page.getByRole('button', { name: 'Open externally' }).waitFor();
      await shoot(page, 'no-sound');
      await rm(folder, { recursive: true });
    });
  });

  describe('looks right', () => {
    for (const theme of ['vscode-dark', 'vscode-light', 'vscode-high-contrast', 'vscode-high-contrast-light'])
      it(`in ${theme}`, async () => {
        await openIn(theme, { width: 1000, height: 640 });
        await page.locator('[data-command="saveFrame"]').focus();
        await shoot(page, theme);
        assert.equal(await overflow(), 0);
      });

    it('at 300 pixels', async () => {
      await openIn('vscode-dark', { width: 300, height: 640 });
      await shoot(page, 'narrow');
      assert.equal(await overflow(), 0);
    });

    it('at 200 % zoom', async () => {
      const session = await browser.context.newCDPSession(page);
      await openIn('vscode-light', { width: 500, height: 320 });
      await session.send('Emulation.setDeviceMetricsOverride', {
        width: 500,
        height: 320,
        deviceScaleFactor: 2,
        mobile: false,
      });
      await shoot(page, 'zoomed');
      assert.equal(await overflow(), 0);
    });
  });
});
