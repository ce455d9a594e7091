import assert from 'node:assert/strict';
import { findAacTrack } from '../../../src/mp4/aacTrack.ts';
import { Mp4Error } from '../../../src/mp4/error.ts';
import { readFacts, readFactsFrom } from '../../../src/mp4/facts.ts';
import { readMovie } from '../../../src/mp4/movie.ts';
import { findBox, patch } from '../../support/media/boxes.ts';
import { makeMediaBytes, needFfmpeg } from '../../support/media/ffmpeg.ts';
import { box, concatenate, u32 } from '../../../src/mp4/write.ts';
import { seededRandom } from '../../support/media/random.ts';
import { smallClip } from '../../support/media/recipes.ts';

const kindOf = (kind: string) => (error: unknown) => error instanceof Mp4Error && error.kind === kind;
const HUGE = [0xff, 0xff, 0xff, 0xff];
const STBL = ['moov', 'trak', 'mdia', 'minf', 'stbl'];
const SOUND = 1;
const soundOf = (bytes: Uint8Array) => findAacTrack(readMovie(bytes));

/** A file that begins with a moov of 2 GiB. */
const readLargeMoov = (_offset: number, length: number) => {
  assert.ok(length <= 16, `asked for ${length} bytes`);
  return Promise.resolve(Uint8Array.from([0x7f, 0, 0, 0, 0x6d, 0x6f, 0x6f, 0x76]));
};

/** A track of sound that lists no samples. */
const trak = (id: number, ...more: Uint8Array[]) =>
  box(
    'trak',
    ...more,
    box('tkhd', u32(0, 0, 0, id)),
    box(
      'mdia',
      box('mdhd', u32(0, 0, 0, 1000, 0)),
      box('hdlr', u32(0, 0), new TextEncoder().encode('soun')),
      box('minf', box('stbl', box('stsd', u32(0, 0)), box('stts', u32(0, 0)), box('stsz', u32(0, 0, 0)))),
    ),
  );

const fragment = (trackId: number, ...run: number[]) =>
  box('traf', box('tfhd', u32(0, trackId)), box('trun', u32(...run)));

const movieFile = (tracks: Uint8Array[], ...fragments: Uint8Array[]) =>
  concatenate([box('ftyp'), box('moov', box('mvhd', u32(0, 0, 0, 1000)), ...tracks), ...fragments]);

describe('hostile MP4', function () {
  let clip: Uint8Array = new Uint8Array();
  before(function () {
    needFfmpeg(this);
    clip = makeMediaBytes(smallClip);
  });

  it('declares more entries than a table holds', () => {
    for (const [table, at, sample] of [
      ['stsz', 8, true],
      ['stts', 4, true],
      ['stsc', 4, true],
      ['stco', 4, true],
      ['stts', 4, false],
    ] as const) {
      const bytes = patch(clip, [...STBL, table], at, HUGE, sample ? SOUND : 0);
      assert.throws(() => (soundOf(bytes), readFacts(bytes)), kindOf('malformed'), table);
    }
    const edits = patch(clip, ['moov', 'trak', 'edts', 'elst'], 4, HUGE);
    assert.throws(() => readFacts(edits), kindOf('malformed'));
  });

  it('declares millions of samples of a fixed size, that need no table', () => {
    const bytes = patch(clip, [...STBL, 'stsz'], 4, [0, 0, 0, 1, ...HUGE], SOUND);
    const chunks = patch(bytes, [...STBL, 'stsc'], 12, HUGE, SOUND);
    const padded = new Uint8Array((1 << 20) + 100_000);
    padded.set(chunks);
    assert.throws(() => soundOf(padded), kindOf('tooLarge'));
    assert.ok((soundOf(chunks)?.accessUnits.length ?? 0) <= chunks.length);
  });

  it('has samples that share bytes', () => {
    const stco = findBox(clip, [...STBL, 'stco'], SOUND);
    const first = Array.from(clip.subarray(stco.body + 8, stco.body + 12));
    const chunks = stco.u32(4);
    assert.ok(chunks > 2);
    // All samples in every chunk, all chunks at the same place.
    let bytes = patch(clip, [...STBL, 'stco'], 8, Array.from({ length: chunks }, () => first).flat(), SOUND);
    const sizes = findBox(bytes, [...STBL, 'stsz'], SOUND).u32(8);
    const large = Array.from({ length: sizes }, () => [0, 0, 8, 0]).flat();
    bytes = patch(bytes, [...STBL, 'stsz'], 12, large, SOUND);
    assert.throws(() => soundOf(bytes), kindOf('malformed'));
  });

  it('has a timescale of 0, a box smaller than its header, a child larger than its parent', () => {
    assert.throws(() => readFacts(patch(clip, ['moov', 'mvhd'], 12, [0, 0, 0, 0])), kindOf('malformed'));
    assert.throws(() => readFacts(patch(clip, ['moov'], 0, [0, 0, 0, 4])), kindOf('malformed'));
    assert.throws(() => readFacts(patch(clip, ['moov'], 0, [0x7f, 0, 0, 0])), kindOf('malformed'));
  });

  it('has fragments that declare any number of samples for free', () => {
    const fragmented = makeMediaBytes([...smallClip, '-movflags', 'frag_keyframe+empty_moov']);
    const trun = ['moof', 'traf', 'trun'];
    // No field per sample, so that the count alone speaks.
    const bytes = patch(fragmented, trun, 0, [0, 0, 0, 0, ...HUGE]);
    assert.throws(() => readFacts(bytes), kindOf('tooLarge'));
  });

  it('has many tracks that each take fragments again, or boxes without end at all depths', () => {
    const soundTracks = Array.from({ length: 64 }, (_, index) => trak(index + 1));
    const runs = soundTracks.map((_, index) => fragment(index + 1, 0, 1 << 15));
    const free = box('moof', ...runs);
    assert.throws(() => readFacts(movieFile(soundTracks, free)), kindOf('tooLarge'));
    const ofNoTrack = box('moof', fragment(99, 0, 1 << 20));
    assert.throws(() => readFacts(movieFile(soundTracks, ofNoTrack, ofNoTrack)), kindOf('tooLarge'));

    const many = concatenate(Array.from({ length: 90_000 }, () => box('free')));
    assert.throws(() => readFacts(movieFile([1, 2, 3].map(id => trak(id, many)))), kindOf('tooLarge'));
  });

  it('cannot make readFactsFrom read without end or much', async () => {
    let reads = 0;
    const endless = (_offset: number, length: number) => {
      reads++;
      return Promise.resolve(
        Uint8Array.from({ length }, (_, n) => [0, 0, 0, 8, 0x66, 0x72, 0x65, 0x65][n % 8]!),
      );
    };
    await assert.rejects(readFactsFrom(endless, Number.MAX_SAFE_INTEGER), kindOf('tooLarge'));
    assert.ok(reads <= 20_000);
    await assert.rejects(readFactsFrom(readLargeMoov, 2 ** 40), kindOf('tooLarge'));
  });

  it('throws nothing but Mp4Error, whichever bytes of its boxes are damaged', () => {
    const random = seededRandom(12);
    const files = [clip, makeMediaBytes([...smallClip, '-movflags', 'frag_keyframe+empty_moov'])];
    let refused = 0;
    for (let run = 0; run < 2500; run++) {
      const bytes = files[run % files.length]!.slice();
      const structure = readMovie(bytes).top.filter(({ type }) => type !== 'mdat');
      for (let hit = 0; hit <= random() % 4; hit++) {
        const target = structure[random() % structure.length]!;
        const at = target.start + (random() % (target.end - target.start));
        bytes[at] = random() % 3 === 0 ? 0xff : random();
      }
      try {
        readFacts(bytes);
        soundOf(bytes);
      } catch (error) {
        if (!(error instanceof Mp4Error)) throw error;
        refused++;
      }
    }
    assert.ok(refused > 250 && refused < 2500, `${refused} refused`);
  });
});
