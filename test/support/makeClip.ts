// Makes media/demo/clip.mp4 and clip-silent.mp4 with ffmpeg. What they show and sound like: src/simulator/clip.ts.
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CLIP, CLIP_SECONDS, type Color } from '../../src/simulator/clip.ts';

const folder = join(import.meta.dirname, '../../media/demo');
const { width, height, framesPerSecond, frames, sampleRate, amplitude } = CLIP;
const length = frames / framesPerSecond;

/** Seven-segment digits need no font: a top, b and c right, d bottom, e and f left, g middle. */
const SEGMENTS = ['abcdef', 'bc', 'abdeg', 'abcdg', 'bcfg', 'acdfg', 'acdefg', 'abc', 'abcdefg', 'abcdfg'];
const DIGIT = { x: 500, y: 110, width: 280, height: 460, stroke: 60 };

function segmentBox(segment: string): [x: number, y: number, width: number, height: number] {
  const { x, y, width: w, height: h, stroke: s } = DIGIT;
  const half = (h + s) / 2;
  const boxes: Record<string, [number, number, number, number]> = {
    a: [x, y, w, s],
    b: [x + w - s, y, s, half],
    c: [x + w - s, y + h - half, s, half],
    d: [x, y + h - s, w, s],
    e: [x, y + h - half, s, half],
    f: [x, y, s, half],
    g: [x, y + (h - s) / 2, w, s],
  };
  return boxes[segment]!;
}

function hex(color: Color): string {
  return '0x' + color.map(part => part.toString(16).padStart(2, '0')).join('');
}

/** The last row stays for the frame beyond the last whole second. */
function during(second: number): string {
  return second === CLIP_SECONDS.length - 1
    ? `gte(n,${second * framesPerSecond})`
    : `between(n,${second * framesPerSecond},${(second + 1) * framesPerSecond - 1})`;
}

const picture = CLIP_SECONDS.flatMap(({ digit, color }, second) => [
  `drawbox=x=0:y=0:w=${width}:h=${height}:color=${hex(color)}:t=fill:enable='${during(second)}'`,
  ...SEGMENTS[digit]!.split('').map(segment => {
    const [x, y, w, h] = segmentBox(segment);
    return `drawbox=x=${x}:y=${y}:w=${w}:h=${h}:color=white:t=fill:enable='${during(second)}'`;
  }),
]).join(',');

/** A bar grows along the bottom edge in each second, so that the picture is seen to move. */
const graph = [
  `color=c=black:s=${width}x${height}:r=${framesPerSecond}:d=${length},format=gbrp,${picture}[seconds]`,
  `color=c=white:s=${width}x32:r=${framesPerSecond}:d=${length},format=gbrp[bar]`,
  `[seconds][bar]overlay=x='-w+w*(floor(mod(t+0.01,1)*${framesPerSecond})+1)/${framesPerSecond}':y=H-h:format=gbrp,` +
    `scale=out_color_matrix=bt709:out_range=tv,format=yuv420p[picture]`,
].join(';');

const frequency = CLIP_SECONDS.reduceRight<string>(
  (rest, { tone }, second) => (rest === '' ? String(tone) : `if(lt(t,${second + 1}),${tone},${rest})`),
  '',
);
const tone = (volume: number) => `${volume}*sin(2*PI*t*(${frequency}))`;
const sound = `aevalsrc=exprs='${tone(amplitude.left)}|${tone(amplitude.right)}':s=${sampleRate}:d=${length}:c=stereo`;

const reproducible = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags', '+bitexact'];
mkdirSync(folder, { recursive: true });
const clip = join(folder, 'clip.mp4');
const silent = join(folder, 'clip-silent.mp4');
// prettier-ignore
ffmpeg([
  '-filter_complex', graph, '-f', 'lavfi', '-i', sound, '-map', '[picture]', '-map', '0:a',
  '-c:v', 'libx264', '-profile:v', 'high', '-preset', 'slow', '-crf', '23', '-g', '48', '-threads', '1',
  '-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv',
  '-c:a', 'aac', '-profile:a', 'aac_low', '-b:a', '192k', ...reproducible, '-movflags', '+faststart', clip,
]);
ffmpeg(['-i', clip, '-map', '0:v', '-c', 'copy', ...reproducible, '-movflags', '+faststart', silent]);
for (const file of [clip, silent]) console.log(`${file}: ${statSync(file).size} bytes`);

function ffmpeg(args: readonly string[]): void {
  try {
    execFileSync('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', ...args], { stdio: 'inherit' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      console.error('ffmpeg is missing. On Debian: apt-get install -y ffmpeg');
      process.exit(1);
    }
    throw error;
  }
}
