import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { CLIP, CLIP_SECONDS } from '../../../src/simulator/clip.ts';

const media = join(import.meta.dirname, '../../../media/demo');
const clip = join(media, 'clip.mp4');
const silent = join(media, 'clip-silent.mp4');

function probe(file: string): Record<string, unknown>[] {
  const args = ['-v', 'error', '-count_frames', '-show_streams', '-of', 'json', file];
  return JSON.parse(execFileSync('ffprobe', args, { encoding: 'utf8' })).streams;
}

/** Decodes with ffmpeg to raw bytes. */
function decode(...args: readonly string[]): Buffer {
  return execFileSync('ffmpeg', ['-v', 'error', '-i', clip, ...args, '-'], { maxBuffer: 1 << 26 });
}

/** Strength of one frequency in a signal (Goertzel's algorithm). */
function strength(samples: readonly number[], frequency: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequency) / CLIP.sampleRate);
  let [last, beforeLast] = [0, 0];
  for (const sample of samples) [last, beforeLast] = [sample + coefficient * last - beforeLast, last];
  return Math.sqrt(last ** 2 + beforeLast ** 2 - coefficient * last * beforeLast) / (samples.length / 2);
}

describe('simulator: clip', function () {
  before(function () {
    if (spawnSync('ffmpeg', ['-version']).error) {
      console.log('    ffmpeg is missing, so the clip is not decoded. On Debian: apt-get install -y ffmpeg');
      this.skip();
    }
  });

  it('is what Seedance makes: H.264 High, 24 N + 1 frames, AAC-LC stereo, and small', () => {
    const [video, audio, ...rest] = probe(clip);
    assert.deepEqual(rest, []);
    const { codec_name, profile, pix_fmt, width, height, r_frame_rate, nb_read_frames } = video!;
    assert.deepEqual(
      { codec_name, profile, pix_fmt, width, height, r_frame_rate, nb_read_frames },
      {
        codec_name: 'h264',
        profile: 'High',
        pix_fmt: 'yuv420p',
        width: CLIP.width,
        height: CLIP.height,
        r_frame_rate: '24/1',
        nb_read_frames: String(CLIP.frames),
      },
    );
    assert.equal(CLIP.frames, CLIP.framesPerSecond * CLIP.seconds + 1);
    assert.deepEqual(
      [audio!['codec_name'], audio!['profile'], audio!['channels'], audio!['sample_rate']],
      ['aac', 'LC', 2, String(CLIP.sampleRate)],
    );
    assert.ok(statSync(clip).size <= 300_000);
  });

  it('has a twin without sound', () => {
    const streams = probe(silent);
    assert.deepEqual(
      streams.map(({ codec_name, nb_read_frames }) => [codec_name, nb_read_frames]),
      [['h264', String(CLIP.frames)]],
    );
  });

  it('tells the second by its colour in every frame', () => {
    const pixels = decode('-vf', 'crop=2:2:40:40,format=rgb24', '-f', 'rawvideo');
    assert.equal(pixels.length, CLIP.frames * 12);
    for (let frame = 0; frame < CLIP.frames; frame++) {
      const second = Math.min(Math.floor(frame / CLIP.framesPerSecond), CLIP.seconds - 1);
      const { color } = CLIP_SECONDS[second]!;
      for (const [part, value] of color.entries()) {
        assert.ok(
          Math.abs(pixels[frame * 12 + part]! - value) <= 6,
          `frame ${frame}: ${pixels.subarray(frame * 12, frame * 12 + 3).join()}`,
        );
      }
    }
  });

  it('tells the second by its tone, louder on the left', () => {
    const bytes = decode('-f', 's16le');
    const samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
    for (const [second, { tone }] of CLIP_SECONDS.entries()) {
      for (const [channel, amplitude] of [CLIP.amplitude.left, CLIP.amplitude.right].entries()) {
        const from = Math.round((second + 0.25) * CLIP.sampleRate);
        const part = Array.from(
          { length: CLIP.sampleRate / 2 },
          (_, i) => samples[(from + i) * 2 + channel]! / 32_768,
        );
        for (const other of CLIP_SECONDS) {
          const expected = other.tone === tone ? amplitude : 0;
          assert.ok(
            Math.abs(strength(part, other.tone) - expected) < 0.01,
            `second ${second}, ${other.tone} Hz`,
          );
        }
      }
    }
  });
});
