import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserName, BrowserUnavailable, launchBrowser } from '../support/browser.ts';
import { runCommand } from '../support/processes.ts';
import { ToolMissing, ensureTool } from '../support/systemTools.ts';

/** As text: the tests' own types know no browser. */
const inPage = `async tones => {
  const good = [];
  for (const [codec, tone] of Object.entries(tones)) {
    const bytes = Uint8Array.from(atob(tone), letter => letter.charCodeAt(0));
    const audio = new OfflineAudioContext(1, 1, 48000);
    await audio.decodeAudioData(bytes.buffer).then(() => good.push(codec), () => {});
  }
  return good;
}`;

describe('the browser without AAC', function () {
  let folder: string;
  const tones: Record<string, string> = {};

  before(async function () {
    folder = await mkdtemp(path.join(tmpdir(), 'seedance-tones-'));
    const ffmpeg = await ensureTool('ffmpeg').catch(error => {
      if (error instanceof ToolMissing) console.log(`      ${error.message}`);
      return undefined;
    });
    if (!ffmpeg) return this.skip();
    for (const [codec, extension] of [
      ['aac', 'm4a'],
      ['flac', 'flac'],
    ] as const) {
      const file = path.join(folder, `tone.${extension}`);
      await runCommand(ffmpeg, ['-f', 'lavfi', '-i', 'sine=440:d=0.2', '-c:a', codec, file]);
      tones[codec] = (await readFile(file)).toString('base64');
    }
  });

  after(() => rm(folder, { recursive: true, force: true }));

  /** Which of the tones the browser really decodes. What it says that it can decode is no proof. */
  async function decoded(name: BrowserName): Promise<string[]> {
    const browser = await launchBrowser({ browser: name });
    try {
      const page = browser.context.pages()[0] ?? (await browser.context.newPage());
      return await page.evaluate<string[]>(`(${inPage})(${JSON.stringify(tones)})`);
    } finally {
      await browser.close();
    }
  }

  it('decodes FLAC and no AAC, where the one that it was made from decodes both', async function () {
    const without = await decoded('noAac').catch(error => {
      if (!(error instanceof BrowserUnavailable)) throw error;
      console.log(`      ${error.message}`);
      return undefined;
    });
    if (!without) return this.skip();
    assert.deepEqual(without, ['flac']);
    assert.deepEqual(await decoded('chromium'), ['aac', 'flac']);
  });
});
