import assert from 'node:assert/strict';
import { findAacTrack } from '../../../src/mp4/aacTrack.ts';
import { Mp4Error } from '../../../src/mp4/error.ts';
import { readMovie } from '../../../src/mp4/movie.ts';
import { AacDecoder } from '../../../src/sound/aacDecoder.ts';
import { readAudioSpecificConfig } from '../../../src/sound/audioSpecificConfig.ts';
import { decodeAudio } from '../../../src/sound/decodeAudio.ts';
import { SoundError } from '../../../src/sound/error.ts';
import { makePlaybackCopy } from '../../../src/sound/playbackCopy.ts';
import { patch } from '../../support/media/boxes.ts';
import { makeMediaBytes, needFfmpeg } from '../../support/media/ffmpeg.ts';
import { seededRandom } from '../../support/media/random.ts';
import { aac, h264, picture, smallClip, sound } from '../../support/media/recipes.ts';

/** Streams that between them use every tool of AAC-LC that ffmpeg has, short windows included; and how often each is damaged. */
const streams = [
  { recipe: [...sound(2, 48000, 2), '-c:a', 'aac', '-b:a', '48k'], times: 10_000 },
  { recipe: [...sound(1, 44100, 2), ...aac(64)], times: 30_000 },
  { recipe: [...sound(2, 32000, 2), ...aac(192)], times: 8_000 },
  { recipe: [...sound(6, 48000, 1), ...aac(256)], times: 2_000 },
];
const FRAMES = streams.reduce((sum, { times }) => sum + times, 0);

/** A copy of `bytes` that is damaged in one of several ways. */
function damage(bytes: Uint8Array, random: () => number): Uint8Array {
  const copy = bytes.slice();
  const way = random() % 4;
  if (way === 0) return copy.subarray(0, random() % (copy.length + 1));
  if (way === 1) return copy.map(() => random());
  const count = way === 2 ? 1 : 1 + (random() % 16);
  // The first bytes hold what the rest depends on: half of the hits go there.
  for (let hit = 0; hit < count; hit++) {
    const reach = random() % 2 ? copy.length : Math.min(copy.length, 24);
    const at = random() % Math.max(1, reach);
    copy[at]! ^= 1 << (random() % 8);
  }
  return copy;
}

/** A sum of floats can't leave the range of doubles by itself. */
function allFinite(plane: Float32Array): boolean {
  let sum = 0;
  for (let n = 0; n < plane.length; n++) sum += plane[n]!;
  return Number.isFinite(sum);
}

describe('damaged AAC', function () {
  before(function () {
    needFfmpeg(this);
  });

  it(`gives no other error than damagedFrame, no NaN, and an end, ${FRAMES} times`, () => {
    const random = seededRandom(20261122);
    let refused = 0;
    let done = 0;
    for (const { recipe, times } of streams) {
      const track = findAacTrack(readMovie(makeMediaBytes(recipe, '.m4a')));
      assert.ok(track);
      const { accessUnits } = track;
      const decoder = new AacDecoder(readAudioSpecificConfig(track.config));
      for (let index = 0; index < times; index++, done++) {
        let planes: readonly Float32Array[];
        try {
          planes = decoder.decode(damage(accessUnits[index % accessUnits.length]!, random));
        } catch (error) {
          if (!(error instanceof SoundError) || error.kind !== 'damagedFrame') throw error;
          refused++;
          planes = decoder.conceal();
        }
        for (const plane of planes) assert.ok(allFinite(plane), `frame ${done}`);
      }
    }
    assert.equal(done, 50_000);
    assert.ok(refused > FRAMES / 10 && refused < FRAMES, `${refused} refused`);
  });

  it('costs only the frame that is damaged and the fade into the next', () => {
    const bytes = makeMediaBytes([...sound(2, 48000, 2), ...aac(128)], '.m4a');
    const track = findAacTrack(readMovie(bytes));
    assert.ok(track);
    const whole = decodeAudio(bytes);
    const damaged = bytes.slice();
    const hit = 40;
    const unit = track.accessUnits[hit]!;
    damaged.fill(0xff, unit.byteOffset, unit.byteOffset + unit.length);
    const concealed = decodeAudio(damaged);
    assert.ok(whole && concealed);
    assert.equal(concealed.badFrames, 1);
    // The edit list cuts one frame of priming.
    const from = (hit - 1) * 1024;
    for (const [channel, plane] of whole.planes.entries()) {
      const after: Float32Array = concealed.planes[channel]!;
      assert.deepEqual(after.subarray(0, from), plane.subarray(0, from));
      assert.deepEqual(after.subarray(from + 2048), plane.subarray(from + 2048));
      assert.notDeepEqual(after.subarray(from, from + 2048), plane.subarray(from, from + 2048));
    }
  });

  it('is refused when most of it is damaged', () => {
    const bytes = makeMediaBytes([...sound(2, 48000, 2), ...aac(128)], '.m4a');
    const track = findAacTrack(readMovie(bytes));
    assert.ok(track);
    const damaged = bytes.slice();
    for (const unit of track.accessUnits.slice(30))
      damaged.fill(0xff, unit.byteOffset, unit.byteOffset + unit.length);
    assert.throws(
      () => makePlaybackCopy(damaged),
      (error: unknown) => error instanceof SoundError && error.kind === 'tooManyDamagedFrames',
    );
  });
});

const read =
  (...bytes: number[]) =>
  () =>
    readAudioSpecificConfig(Uint8Array.from(bytes));
const refusedAs = (kind: string) => (error: unknown) => error instanceof SoundError && error.kind === kind;

describe('hostile AudioSpecificConfig', () => {
  it('is refused with a kind', () => {
    assert.throws(read(), refusedAs('malformedConfig'));
    assert.throws(read(0x13), refusedAs('malformedConfig'));
    assert.throws(read(0x16, 0x90), refusedAs('malformedConfig')); // reserved sampling frequency
    assert.throws(read(0x0a, 0x10), refusedAs('unsupported')); // AAC Main
    assert.throws(read(0x13, 0x14), refusedAs('unsupported')); // 960 samples
    assert.throws(read(0x13, 0x70), refusedAs('unsupported')); // channel configuration 14
    assert.throws(read(0x13, 0x00, 0, 0, 0, 0, 0, 0), refusedAs('unsupported')); // no channels at all
    assert.throws(read(0x17, 0x80, 0x00, 0x00, 0x90), refusedAs('unsupported')); // 1 Hz
  });

  it('never throws anything else', () => {
    const random = seededRandom(5);
    for (let run = 0; run < 5000; run++) {
      const bytes = Uint8Array.from({ length: random() % 24 }, () => random());
      if (bytes.length > 0 && run % 2) bytes[0] = 0x10 | (bytes[0]! & 7); // AAC-LC
      try {
        const config = readAudioSpecificConfig(bytes);
        assert.ok(new AacDecoder(config).conceal().length <= 96);
      } catch (error) {
        if (!(error instanceof SoundError) || error.kind === 'damagedFrame') throw error;
      }
    }
    assert.ok(!(new SoundError('unsupported', '') instanceof Mp4Error));
  });
});

describe('damaged files', function () {
  before(function () {
    needFfmpeg(this);
  });

  it('throw nothing but Mp4Error and SoundError, and never become much larger', () => {
    const random = seededRandom(77);
    const clip = makeMediaBytes(smallClip);
    const moov = readMovie(clip).moov;
    let made = 0;
    for (let run = 0; run < 200; run++) {
      const bytes = clip.slice(0, run % 5 === 0 ? random() % clip.length : clip.length);
      for (let hit = 0; hit <= random() % 6; hit++)
        bytes[moov.start + (random() % (moov.end - moov.start))]! ^= 1 << (random() % 8);
      try {
        const copy = makePlaybackCopy(bytes);
        if (copy) {
          made++;
          assert.ok(copy.bytes < 1 << 28);
        }
      } catch (error) {
        if (!(error instanceof Mp4Error) && !(error instanceof SoundError)) throw error;
      }
    }
    assert.ok(made > 25, `${made} made`);
  });

  it('cannot ask for hours of silence', () => {
    const clip = makeMediaBytes([
      ...picture(3),
      '-itsoffset',
      '0.5',
      ...sound(2, 48000, 2),
      ...h264,
      ...aac(128),
    ]);
    const bytes = patch(clip, ['moov', 'trak', 'edts', 'elst'], 8, [0x7f, 0xff, 0xff, 0xff], 1);
    assert.throws(() => makePlaybackCopy(bytes), refusedAs('tooLong'));
    assert.throws(() => decodeAudio(bytes), refusedAs('tooLong'));
  });
});
