import assert from 'node:assert/strict';
import { type DecodedAudio, decodeAudio } from '../../../src/sound/decodeAudio.ts';
import { readFileSync } from 'node:fs';
import { ffmpegDecode, signalToNoise } from '../../support/media/decode.ts';
import { makeMedia, needFfmpeg } from '../../support/media/ffmpeg.ts';
import { aac, h264, hevc, picture, sound } from '../../support/media/recipes.ts';

function decode(path: string): DecodedAudio {
  const decoded = decodeAudio(new Uint8Array(readFileSync(path)));
  assert.ok(decoded);
  assert.equal(decoded.badFrames, 0);
  return decoded;
}

/** Holds our samples against ffmpeg's of the same file: at least 100 dB at lag 0, and so at no other. */
function assertSame(path: string, ours: DecodedAudio, ffmpegArgs: readonly string[] = []): void {
  const theirs = ffmpegDecode(path, ours.planes.length, ffmpegArgs);
  for (const [channel, plane] of ours.planes.entries()) {
    const reference = theirs[channel]!;
    // ffmpeg presents whole frames at the end, we what the edit list says.
    assert.ok(
      plane.length > 0 && Math.abs(reference.length - plane.length) <= 1024,
      `${reference.length} ${plane.length}`,
    );
    assert.ok(
      reference.some(value => Math.abs(value) > 0.05),
      'ffmpeg hears something',
    );
    const snr = signalToNoise(reference, plane);
    assert.ok(snr >= 100, `channel ${channel}: ${snr.toFixed(1)} dB`);
    assert.ok(signalToNoise(reference, plane, 1) < 60 && signalToNoise(reference, plane, -1) < 60, 'lag 0');
  }
}

function decibels(plane: Float32Array): number {
  return 10 * Math.log10(plane.reduce((sum, value) => sum + value ** 2, 0) / plane.length);
}

/** As `downmixGains` says: left and right of 5.1, as a filter of ffmpeg. */
const downmix51 = (() => {
  const loudest = 1 + 2 * Math.SQRT1_2;
  const main = (1 / loudest).toFixed(9);
  const less = (Math.SQRT1_2 / loudest).toFixed(9);
  return [`-af`, `pan=stereo|FL=${main}*FL+${less}*FC+${less}*BL|FR=${main}*FR+${less}*FC+${less}*BR`];
})();

describe('AAC against ffmpeg, sample for sample', function () {
  before(function () {
    needFfmpeg(this);
  });

  for (const [rate, kbits, channels] of [
    [48000, 128, 2],
    [48000, 320, 2],
    [44100, 192, 2],
    [44100, 64, 1],
    [32000, 96, 2],
    [32000, 32, 1],
    [24000, 64, 2],
    [16000, 32, 2],
    [96000, 256, 2],
    [8000, 32, 1],
  ] as const) {
    it(`${rate} Hz, ${kbits} kbit/s, ${channels === 1 ? 'mono' : 'stereo'}`, () => {
      const path = makeMedia([...sound(channels, rate, 2), ...aac(kbits)], '.m4a');
      const ours = decode(path);
      assert.equal(ours.sampleRate, rate);
      assert.equal(ours.planes.length, channels);
      assert.ok(Math.abs(ours.seconds - 2) < 1024 / rate);
      assertSame(path, ours);
    });
  }

  it('5.1, mixed down as ITU-R BS.775 says', () => {
    const path = makeMedia([...sound(6, 48000, 2), ...aac(320)], '.m4a');
    assertSame(path, decode(path), downmix51);
  });

  it('4 channels that a program config element describes', () => {
    const four = [...sound(6, 48000, 2), '-af', 'pan=quad|FL=FL|FR=FR|BL=BL|BR=BR'];
    const path = makeMedia([...four, ...aac(192)], '.m4a');
    const loudest = 1 + Math.SQRT1_2;
    const main = (1 / loudest).toFixed(9);
    const less = (Math.SQRT1_2 / loudest).toFixed(9);
    assertSame(path, decode(path), ['-af', `pan=stereo|FL=${main}*FL+${less}*BL|FR=${main}*FR+${less}*BR`]);
  });

  for (const [name, options] of [
    ['mid/side stereo in every band', ['-aac_ms', '1', '-aac_is', '0']],
    ['mid/side stereo off', ['-aac_ms', '0']],
    ['intensity stereo', ['-aac_is', '1', '-aac_ms', '0']],
    ['temporal noise shaping', ['-aac_tns', '1']],
    ['the fast coder', ['-aac_coder', 'fast']],
  ] as const) {
    it(name, () => {
      const path = makeMedia([...sound(2, 44100, 2), ...aac(64), ...options], '.m4a');
      assertSame(path, decode(path));
    });
  }

  it('beside HEVC, at the end of the file, and in QuickTime', () => {
    for (const [codec, suffix] of [
      [hevc, '.mp4'],
      [h264, '.mov'],
    ] as const) {
      const path = makeMedia([...picture(1), ...sound(2, 48000, 1), ...codec, ...aac(128)], suffix);
      assertSame(path, decode(path));
    }
  });

  it('in a fragmented file', () => {
    const clip = [...picture(2), ...sound(2, 48000, 2), ...h264, '-g', '12', ...aac(128)];
    for (const flags of [
      'frag_keyframe+empty_moov+default_base_moof',
      'frag_keyframe',
      'frag_keyframe+omit_tfhd_offset',
    ]) {
      const path = makeMedia([...clip, '-movflags', flags]);
      assertSame(path, decode(path));
    }
  });

  it('of an edit list that cuts', () => {
    const whole = makeMedia([...picture(3), ...sound(2, 48000, 3), ...h264, '-g', '24', ...aac(128)]);
    const cut = makeMedia(['-ss', '1', '-i', whole, '-c', 'copy']);
    const ours = decode(cut);
    assert.ok(Math.abs(ours.seconds - 2) < 0.05, `${ours.seconds} s`);
    // ffmpeg skips by packets as well as by samples when it reads such a file, and says in its time stamps where it begins.
    assertSame(cut, ours);
  });

  it('of an edit list that begins with silence', () => {
    const delayed = makeMedia([
      ...picture(3),
      '-itsoffset',
      '0.5',
      ...sound(2, 48000, 2),
      ...h264,
      ...aac(128),
    ]);
    const ours = decode(delayed);
    assert.ok(Math.abs(ours.seconds - 2.5) < 0.03, `${ours.seconds} s`);
    const [left = new Float32Array()] = ours.planes;
    assert.ok(left.subarray(0, 22900).every(value => value === 0));
    assert.ok(
      Math.abs(left.findIndex(value => Math.abs(value) > 0.1) - 24000) < 200,
      'it begins after half a second',
    );
    assertSame(delayed, ours, ['-af', 'aresample=async=1:first_pts=0']);
  });

  it('where it has perceptual noise substitution, with the same loudness', () => {
    const noise = ['-f', 'lavfi', '-i', 'anoisesrc=r=48000:d=3:a=0.3:seed=7'];
    const path = makeMedia([...noise, '-ac', '2', '-c:a', 'aac', '-aac_pns', '1', '-b:a', '64k'], '.m4a');
    const ours = decode(path);
    const theirs = ffmpegDecode(path, 2);
    for (const [channel, plane] of ours.planes.entries()) {
      assert.ok(signalToNoise(theirs[channel]!, plane) < 60, 'there is noise substitution');
      assert.ok(Math.abs(decibels(plane) - decibels(theirs[channel]!)) < 0.2);
    }
  });

  it('finds none where there is none', () => {
    const silent = makeMedia([...picture(1), ...h264]);
    assert.equal(decodeAudio(new Uint8Array(readFileSync(silent))), undefined);
    const mp3 = makeMedia([...sound(2, 48000, 1), '-c:a', 'libmp3lame'], '.mp4');
    assert.equal(decodeAudio(new Uint8Array(readFileSync(mp3))), undefined);
  });
});
