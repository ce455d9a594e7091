// Makes test media with the ffmpeg that is installed, once per recipe: files are kept in a cache folder between runs.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const cache = join(tmpdir(), 'seedance-studio-test-media');

/** The first line of `ffmpeg -version`, or undefined where ffmpeg is missing. Part of every cache key. */
export const ffmpegVersion = spawnSync('ffmpeg', ['-version'], { encoding: 'utf8' }).stdout?.split('\n')[0];

/** Skips a mocha suite or test, and says how to get ffmpeg, where it is missing. For a `before` hook. */
export function needFfmpeg(context: Mocha.Context): void {
  if (ffmpegVersion) return;
  console.log(
    'skipped, because ffmpeg is not on PATH (apt install ffmpeg, brew install ffmpeg, winget install ffmpeg)',
  );
  context.skip();
}

/**
 * The file that ffmpeg writes when called with `args` and a name ending in `suffix`. Made once. Returns its path.
 * @param content of the input, where a name says too little
 */
export function makeMedia(args: readonly string[], suffix = '.mp4', content = ''): string {
  const key = createHash('sha256')
    .update(JSON.stringify([ffmpegVersion, content ? args.slice(2) : args, suffix, content]))
    .digest('hex')
    .slice(0, 24);
  const path = join(cache, key + suffix);
  if (!existsSync(path)) {
    mkdirSync(cache, { recursive: true });
    const unfinished = join(cache, `${key}.${process.pid}${suffix}`);
    try {
      execFileSync('ffmpeg', ['-hide_banner', '-v', 'error', '-nostdin', '-y', ...args, unfinished]);
      renameSync(unfinished, path);
    } finally {
      rmSync(unfinished, { force: true });
    }
  }
  return path;
}

/** As `makeMedia`, read. */
export function makeMediaBytes(args: readonly string[], suffix?: string): Uint8Array {
  return new Uint8Array(readFileSync(makeMedia(args, suffix)));
}

/** What ffmpeg makes of a file: `args` stand between input and output. Made once for each content of the file. */
export function readWithFfmpeg(path: string, args: readonly string[], suffix: string): Buffer {
  const content = createHash('sha256').update(readFileSync(path)).digest('hex');
  return readFileSync(makeMedia(['-i', path, ...args], suffix, content));
}
