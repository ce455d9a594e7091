/**
 * How soon the first frame of a video is seen, beside VS Code's own preview of the same file, in turns in one window; how much of
 * the file was read until then; and what the player takes of the package. Run: node test/bench/player.ts
 */
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { ffmpegVersion, makeMedia } from '../support/media/ffmpeg.ts';
import { sound } from '../support/media/recipes.ts';
import { noAacChromium } from '../support/noAacChromium.ts';
import { repository } from '../support/paths.ts';
import { waitFor, within } from '../support/waitFor.ts';
import { openWorkbench, type Workbench } from '../support/workbench.ts';

const ROUNDS = 7;
const PREVIEW = 'vscode.videoPreview';

/**
 * Runs in every frame: notes when a video that is in the page has its first frame on the screen, in milliseconds since 1970, and
 * which part of the video the page has taken until then.
 */
const WATCH = `(() => {
  const create = Document.prototype.createElement;
  Document.prototype.createElement = function (name, ...rest) {
    const made = create.call(this, name, ...rest);
    if (name === 'video')
      made.requestVideoFrameCallback(function seen() {
        if (!made.isConnected) return requestAnimationFrame(seen);
        const part = made.buffered.length > 0 ? made.buffered.end(0) / made.duration : 0;
        globalThis.firstFrame = [performance.timeOrigin + performance.now(), part];
      });
    return made;
  };
})()`;

interface Opening {
  /** Milliseconds from the command to the first frame. */
  readonly milliseconds: number;
  /** Part of the video that the page has taken until then. */
  readonly part: number;
}

/** Megabytes of noise on a test picture, as large as a clip of that kind is, with sound. */
function clip(size: string, seconds: number, megabits: number): string {
  const picture = `testsrc2=s=${size}:r=24:d=${seconds},noise=alls=20:allf=t`;
  const rate = `${megabits}M`;
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '48'];
  const limits = ['-b:v', rate, '-maxrate', rate, '-bufsize', rate];
  const audio = ['-c:a', 'aac', '-b:a', '192k', '-movflags', '+faststart'];
  const inputs = ['-f', 'lavfi', '-i', picture, ...sound(2, 48000, seconds)];
  return makeMedia([...inputs, ...video, ...limits, ...audio]);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** A window in which videos are opened again and again. */
class Stopwatch {
  readonly #workbench: Workbench;
  readonly #port: number;
  #received = 0;

  constructor(workbench: Workbench, port: number) {
    this.#workbench = workbench;
    this.#port = port;
  }

  async start(): Promise<void> {
    const { page } = this.#workbench;
    await page.context().addInitScript(WATCH);
    page.on('websocket', socket =>
      socket.on('framereceived', ({ payload }) => {
        this.#received += payload.length;
      }),
    );
    await this.#workbench.reload();
    await waitFor('the opener', () => this.#run('noop').then(Boolean, () => false), 30_000);
    await page.waitForTimeout(5000);
  }

  /** Opens a file with `seedance.play`, or with VS Code's preview, and closes it again. */
  async open(file: string, how: 'player' | 'preview'): Promise<Opening> {
    const { page } = this.#workbench;
    await this.#quiet();
    const startedAt =
      how === 'player'
        ? await this.#run('seedance.play', file)
        : await this.#run('vscode.openWith', file, PREVIEW);
    const [seen, part] = await waitFor('the first frame', () => firstFrame(page), 30_000);
    await this.#run('workbench.action.closeAllEditors');
    await waitFor('the page to go', async () => (await firstFrame(page)) === undefined);
    return { milliseconds: seen - startedAt, part };
  }

  /** VS Code in a browser sends a file to its end, even when its page is gone: the next opening would wait for that. */
  async #quiet(): Promise<void> {
    let before;
    do {
      before = this.#received;
      await this.#workbench.page.waitForTimeout(500);
    } while (this.#received - before > 20_000);
  }

  /** Has the copy of a file made. */
  async prepare(file: string, copies: string): Promise<void> {
    await rm(copies, { recursive: true, force: true });
    await this.open(file, 'player');
    await waitFor('the copy', async () =>
      (await readdir(copies).catch(() => [])).some(name => name.endsWith('.mp4')),
    );
  }

  async #run(command: string, file?: string, ...rest: string[]): Promise<number> {
    const body = JSON.stringify({ command, file, rest });
    const response = await fetch(`http://127.0.0.1:${this.#port}`, { method: 'POST', body });
    return Number(await response.text());
  }
}

async function firstFrame(page: Page): Promise<[at: number, part: number] | undefined> {
  for (const frame of page.frames()) {
    const seen = await within(1000, () =>
      frame.evaluate<[number, number] | undefined>('globalThis.firstFrame').catch(() => undefined),
    );
    if (seen) return seen;
  }
  return undefined;
}

async function timeOpenings(): Promise<void> {
  const made = await noAacChromium();
  if ('skipped' in made) return console.log(`not timed, because ${made.skipped}`);
  execFileSync(process.execPath, ['esbuild.mjs', '--production'], { cwd: repository, stdio: 'inherit' });
  const workspace = await mkdtemp(path.join(tmpdir(), 'seedance-bench-'));
  const port = await freePort();
  const workbench = await openWorkbench({
    workspace,
    browser: 'noAac',
    autoplay: true,
    moreExtensions: [path.join(import.meta.dirname, 'support', 'opener')],
    env: { SEEDANCE_BENCH_PORT: String(port) },
  });
  try {
    const storage = path.join(workbench.server.dataDir, 'data', 'User', 'globalStorage');
    const copies = path.join(storage, 'seedance-studio.seedance-studio', 'playback');
    const files = { small: path.join(workspace, 'small.mp4'), large: path.join(workspace, 'large.mp4') };
    await copyFile(clip('1280x720', 8, 2), files.small);
    await copyFile(clip('3840x2160', 15, 33), files.large);
    const stopwatch = new Stopwatch(workbench, port);
    await stopwatch.start();
    const kinds = [
      { name: 'small, copy made', file: files.small, fresh: false },
      { name: 'small, copy not made', file: files.small, fresh: true },
      { name: '4K, copy made', file: files.large, fresh: false },
      { name: '4K, copy not made', file: files.large, fresh: true },
    ];
    const [first, second] = [
      await stopwatch.open(files.small, 'preview'),
      await stopwatch.open(files.small, 'player'),
    ];
    console.log(
      `first openings in a new window: ${first.milliseconds.toFixed(0)} ms with the preview, ${second.milliseconds.toFixed(0)} ms with the player`,
    );
    console.log(
      '| clip | MB | preview, ms | player, ms | more, ms (median, worst of pairs) | ratio | taken by preview, MB | taken by player, MB |\n|---|---|---|---|---|---|---|---|',
    );
    for (const { name, file, fresh } of kinds) {
      if (!fresh) await stopwatch.prepare(file, copies);
      const pairs: { preview: Opening; player: Opening }[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const preview = await stopwatch.open(file, 'preview');
        if (fresh) await rm(copies, { recursive: true, force: true });
        const player = await stopwatch.open(file, 'player');
        pairs.push({ preview, player });
      }
      const of = (read: (pair: (typeof pairs)[number]) => number): number => median(pairs.map(read));
      const more = pairs.map(({ preview, player }) => player.milliseconds - preview.milliseconds);
      const megabytes = (await stat(file)).size / 1e6;
      const cells = [
        name,
        megabytes.toFixed(1),
        of(({ preview }) => preview.milliseconds).toFixed(0),
        of(({ player }) => player.milliseconds).toFixed(0),
        `${median(more).toFixed(0)}, ${Math.max(...more).toFixed(0)}`,
        of(({ preview, player }) => player.milliseconds / preview.milliseconds).toFixed(2),
        of(({ preview }) => preview.part * megabytes).toFixed(1),
        of(({ player }) => player.part * megabytes).toFixed(1),
      ];
      console.log(`| ${cells.join(' | ')} |`);
    }
  } finally {
    await workbench.close();
    await rm(workspace, { recursive: true, force: true });
  }
}

/** What an entry point takes: minified, and as the package's ZIP holds it. */
async function sizeOf(
  entry: string,
  platform: 'node' | 'browser',
): Promise<{ bytes: number; zipped: number }> {
  const { outputFiles } = await build({
    entryPoints: [path.join(repository, entry)],
    outdir: 'out',
    bundle: true,
    minify: true,
    write: false,
    platform,
    external: ['vscode'],
    format: platform === 'node' ? 'cjs' : 'iife',
    target: platform === 'node' ? 'node22' : 'chrome140',
  });
  const contents = outputFiles.map(({ contents }) => contents);
  return {
    bytes: contents.reduce((sum, { length }) => sum + length, 0),
    zipped: contents.reduce((sum, bytes) => sum + deflateRawSync(bytes, { level: 9 }).length, 0),
  };
}

/** The package holds the page with its styles, the worker, and the player's part of the extension itself. */
async function printSizes(): Promise<void> {
  let [bytes, zipped] = [0, 0];
  for (const [name, entry, platform] of [
    ['page', 'src/player/page/main.ts', 'browser'],
    ['worker', 'src/sound/convertWorker.ts', 'node'],
    ["host's side", 'src/workbench/player/register.ts', 'node'],
  ] as const) {
    const size = await sizeOf(entry, platform);
    bytes += size.bytes;
    zipped += size.zipped;
    console.log(`${name}: ${kilobytes(size.bytes)} minified, ${kilobytes(size.zipped)} in the package`);
  }
  console.log(`the whole player: ${kilobytes(bytes)} minified, ${kilobytes(zipped)} in the package`);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}

await printSizes();
if (!ffmpegVersion) console.log('not timed, because ffmpeg, which makes the clips, is not on PATH');
else await timeOpenings();
