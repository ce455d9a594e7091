/** The player's page in a plain browser, as a test uses it: opened, asked, and looked at. */
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import type { Media, PageMessage, Story } from '../../src/player/protocol.ts';
import { CLIP_SECONDS } from '../../src/simulator/clip.ts';
import { type BrowserName, type OpenBrowser, launchBrowser } from '../support/browser.ts';
import { repository, screenshotsFolder } from '../support/paths.ts';
import { waitFor } from '../support/waitFor.ts';
import { startPlayerHost, type PlayerHost } from './playerHost.ts';

/** Folder of the demo's clips. */
export const demo = path.join(repository, 'media', 'demo');

export const story: Story = {
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

/** A frame that was shown: of which file, and at which second of it. */
export interface NotedFrame {
  readonly src: string;
  readonly media: number;
  /** Another frame lay over it. */
  readonly covered: boolean;
}

/** Runs before the page's own script: notes each frame that is shown. */
const NOTE_FRAMES = `addEventListener('DOMContentLoaded', () => {
  globalThis.notedFrames = [];
  new MutationObserver((_changes, observer) => {
    const video = document.querySelector('video');
    if (!video) return;
    observer.disconnect();
    const next = () => video.requestVideoFrameCallback((_now, { mediaTime }) => {
      notedFrames.push({ src: video.currentSrc, media: mediaTime, covered: !document.querySelector('#still').hidden });
      next();
    });
    next();
  }).observe(document, { childList: true, subtree: true });
})`;

/** The browsers of this process, by what they can do: a start costs as much as many tests. */
const browsers = new Map<string, Promise<OpenBrowser>>();
after(async () => {
  for (const browser of browsers.values()) await (await browser).close();
});

/** A fresh page for each test of a suite, in which it is made; no page may complain of anything. */
export class PlayerRig {
  #browser: OpenBrowser | undefined;
  #host: PlayerHost | undefined;
  #page: Page | undefined;
  #problems: string[] = [];

  constructor() {
    before(async () => {
      await this.useBrowser('chromium');
      this.#host = await startPlayerHost(path.join(repository, 'dist'));
    });
    after(async () => {
      await this.#host?.[Symbol.asyncDispose]();
    });
    beforeEach(() => this.newPage());
    afterEach(async () => {
      await this.page.close();
      this.host.answer = () => undefined;
      this.host.hears = true;
      assert.deepEqual(this.#problems, [], 'nothing was refused by the policy, nothing was thrown');
    });
  }

  get page(): Page {
    assert.ok(this.#page);
    return this.#page;
  }

  get host(): PlayerHost {
    assert.ok(this.#host);
    return this.#host;
  }

  /** Takes a fresh page, as when another video is opened. */
  async newPage(): Promise<void> {
    assert.ok(this.#browser);
    await this.#page?.close();
    this.#page = await this.#browser.context.newPage();
    this.#problems = [];
    this.page.on('console', message => {
      if (message.type() === 'error') this.#problems.push(message.text());
    });
    this.page.on('pageerror', error => this.#problems.push(error.message));
  }

  /** Takes another browser in place of the one that there is. */
  async useBrowser(browser: BrowserName, { autoplay = true } = {}): Promise<void> {
    const name = `${browser} ${autoplay}`;
    const viewport = { width: 1000, height: 640 };
    const launched = browsers.get(name) ?? launchBrowser({ browser, autoplay, viewport });
    browsers.set(name, launched);
    this.#browser = await launched;
  }

  /** The demo's clip under an address of its own. */
  readonly clip = (): Media => ({
    url: this.host.mediaUrl(path.join(demo, 'clip.mp4')),
    name: 'clip.mp4',
    frameRate: 24,
    frames: 121,
    sound: 'aac',
  });

  /** @param expression of the page's script, with `video` and the texts of `time` and `status` */
  readonly ask = <T>(expression: string): Promise<T> =>
    this.page.evaluate<T>(`(() => {
      const video = document.querySelector('video');
      const time = document.querySelector('#time')?.textContent;
      const status = document.querySelector('#status')?.textContent;
      return ${expression};
    })()`);

  readonly until = (what: string, expression: string): Promise<unknown> =>
    waitFor(what, () => this.ask<boolean>(expression));

  /** What the page said to the extension. */
  readonly said = <T extends PageMessage['type']>(type: T): Extract<PageMessage, { type: T }>[] =>
    this.host.received.filter(
      (message): message is Extract<PageMessage, { type: T }> => message.type === type,
    );

  /** To be called before the player is opened. */
  async noteFrames(): Promise<void> {
    await this.page.addInitScript(NOTE_FRAMES);
  }

  noted(): Promise<NotedFrame[]> {
    return this.ask<NotedFrame[]>('globalThis.notedFrames');
  }

  /** To be called before the player is opened. @param theme class that VS Code gives to the body */
  async wearTheme(theme: string): Promise<void> {
    const themes: Record<string, Record<string, string>> = JSON.parse(
      await readFile(path.join(import.meta.dirname, 'playerThemes.json'), 'utf8'),
    );
    await this.page.addInitScript(`addEventListener('DOMContentLoaded', () => {
      const values = ${JSON.stringify(themes[theme])};
      for (const [name, value] of Object.entries(values)) document.documentElement.style.setProperty(name, value);
      document.body.className = ${JSON.stringify(theme)};
    })`);
  }

  /** Takes a picture: out/screenshots/player-NAME.png */
  async shoot(name: string): Promise<void> {
    await mkdir(screenshotsFolder, { recursive: true });
    await this.page.waitForTimeout(500); // tooltips fade in
    await this.page.screenshot({ path: path.join(screenshotsFolder, `player-${name}.png`) });
  }

  /** Red, green and blue of one pixel of what is seen. */
  async pixelAt(x: number, y: number): Promise<number[]> {
    const png = await this.page.screenshot({ clip: { x, y, width: 1, height: 1 } });
    const data: Buffer[] = [];
    for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
      if (png.toString('latin1', at + 4, at + 8) !== 'IDAT') continue;
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
    }
    return [...inflateSync(Buffer.concat(data)).subarray(1, 4)]; // after the filter of the one line
  }

  /** The number of a frame of the demo clip, read off its picture: the colour tells the second, the bar its part. */
  async frameOnPicture(png: Uint8Array): Promise<number> {
    const bytes = JSON.stringify([...png]);
    const { color, bar } = await this.page.evaluate<{ color: number[]; bar: number }>(`(async () => {
      const picture = await createImageBitmap(new Blob([Uint8Array.from(${bytes})], { type: 'image/png' }));
      const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
      context.drawImage(picture, 0, 0);
      const line = context.getImageData(0, picture.height - 8, picture.width, 1).data;
      let white = 0;
      for (let at = 0; at < line.length; at += 4) if (line[at] > 230 && line[at + 1] > 230) white++;
      return { color: [...context.getImageData(10, 10, 1, 1).data.slice(0, 3)], bar: white / picture.width };
    })()`);
    const nearest = CLIP_SECONDS.toSorted((a, b) => distance(a.color, color) - distance(b.color, color))[0];
    assert.ok(nearest);
    return nearest.digit * 24 + Math.round(bar * 24) - 1;
  }
}

/** How far two colours are apart. */
export function distance(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, part, index) => sum + Math.abs(part - (other[index] ?? 0)), 0);
}
