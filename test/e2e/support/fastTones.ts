import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CLIP, CLIP_SECONDS } from '../../../src/simulator/clip.ts';
import { makeMedia } from '../../support/media/ffmpeg.ts';
import { clip } from './playerPage.ts';

/** Seconds for which each tone of {@link fastTones} lasts; whole waves of each fit into it. */
export const TONE_SECONDS = 0.2;

/**
 * The demo clip with the tones of its seconds in quick succession, again and again: each change tells once how far sound and
 * picture are apart. Made by ffmpeg. Returns its path.
 */
export function fastTones(): string {
  const [first, second] = CLIP_SECONDS;
  if (!first || !second) throw new Error('The clip has no two tones.');
  const hertz = `(${first.tone}+${second.tone - first.tone}*mod(floor(t/${TONE_SECONDS}),${CLIP_SECONDS.length}))`;
  const tone = (volume: number) => `${volume}*sin(2*PI*t*${hertz})`;
  const { amplitude, sampleRate, frames, framesPerSecond } = CLIP;
  const sound = `aevalsrc=exprs='${tone(amplitude.left)}|${tone(amplitude.right)}':s=${sampleRate}:d=${frames / framesPerSecond}:c=stereo`;
  // prettier-ignore
  return makeMedia([
    '-i', clip, '-f', 'lavfi', '-i', sound, '-map', '0:v', '-map', '1:a', '-c:v', 'copy', '-c:a', 'aac', '-b:a', '192k',
    '-movflags', '+faststart',
  ], '.mp4', contentOf(clip));
}

/** The same in fragments, of which no playback copy is made. Made by ffmpeg. Returns its path. */
export function fragmented(file: string): string {
  const args = ['-i', file, '-c', 'copy', '-movflags', 'frag_keyframe+empty_moov'];
  return makeMedia(args, '.mp4', contentOf(file));
}

function contentOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
