// How fast sound is decoded and swapped, as ratios; and how large the room is. Run: node test/bench/sound.ts
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { makePlaybackCopy } from '../../src/sound/playbackCopy.ts';
import { ffmpegVersion, makeMedia } from '../support/media/ffmpeg.ts';
import { aac, h264, picture, sound } from '../support/media/recipes.ts';

const SECONDS = 15;
const RUNS = 15;

/** Milliseconds of each of several runs. */
function time(runs: number, act: () => void): number[] {
  return Array.from({ length: runs }, () => {
    const start = performance.now();
    act();
    return performance.now() - start;
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Bytes of files of the room with all that they import, in one bundle, minified. */
async function bundledBytes(...files: readonly string[]): Promise<number> {
  const { outputFiles } = await build({
    stdin: {
      contents: files.map(file => `export * from './${file}';`).join('\n'),
      resolveDir: fileURLToPath(new URL('../../src/sound', import.meta.url)),
    },
    bundle: true,
    minify: true,
    write: false,
    platform: 'neutral',
    external: ['node:*'],
    target: 'chrome140',
    format: 'esm',
  });
  return outputFiles[0]?.contents.length ?? Number.NaN;
}

if (ffmpegVersion) {
  for (const kbits of [128, 320]) {
    const path = makeMedia([...picture(SECONDS), ...sound(2, 48000, SECONDS), ...h264, ...aac(kbits)]);
    const bytes = new Uint8Array(readFileSync(path));
    const swap = time(RUNS + 1, () => makePlaybackCopy(bytes));
    const [cold = Number.NaN, ...rest] = swap;
    const warm = median(rest.slice(RUNS / 2));
    const ffmpeg = median(
      time(5, () => execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:v', '-map', '0:a', '-c:v', 'copy', '-c:a', 'pcm_s16le', '-y', '-f', 'mov', '/dev/null'])),
    ); // prettier-ignore
    console.log(
      `${SECONDS} s of stereo, ${kbits} kbit/s, decoded and swapped: ${warm.toFixed(0)} ms warm (${cold.toFixed(0)} ms the first time), ` +
        `${((1000 * SECONDS) / warm).toFixed(0)} times faster than it plays, ${(warm / ffmpeg).toFixed(2)} of what ffmpeg takes as a process`,
    );
  }
} else console.log('not timed, because ffmpeg, which makes the clips, is not on PATH');

for (const [name, ...files] of [
  ['in the worker', 'convertWorker.ts'],
  ['in the page', 'decodeAudio.ts'],
  ['all together', 'convertWorker.ts', 'decodeAudio.ts', 'convert.ts', 'playbackCopy.ts'],
] as const)
  console.log(`sound with the mp4 it needs, ${name}: ${await bundledBytes(...files)} bytes minified`);
