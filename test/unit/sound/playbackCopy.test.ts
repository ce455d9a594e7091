import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Mp4Error } from '../../../src/mp4/error.ts';
import { readFacts } from '../../../src/mp4/facts.ts';
import { readMovie } from '../../../src/mp4/movie.ts';
import { readChunks } from '../../../src/mp4/sampleTable.ts';
import { box, u32 } from '../../../src/mp4/write.ts';
import { decodeAudio } from '../../../src/sound/decodeAudio.ts';
import { makePlaybackCopy } from '../../../src/sound/playbackCopy.ts';
import { findBox, patch, replaceBox } from '../../support/media/boxes.ts';
import { ffmpegDecode, signalToNoise } from '../../support/media/decode.ts';
import { makeMedia, needFfmpeg, readWithFfmpeg } from '../../support/media/ffmpeg.ts';
import { aac, h264, hevc, picture, smallClip, sound } from '../../support/media/recipes.ts';

const STBL = ['moov', 'trak', 'mdia', 'minf', 'stbl'];
const read = (path: string) => new Uint8Array(readFileSync(path));

/** MD5 of each packet of picture with its times, as ffmpeg reads the file. */
function pictureHashes(path: string): string {
  return readWithFfmpeg(path, ['-map', '0:v', '-c', 'copy', '-f', 'framemd5'], '.txt').toString();
}

function secondSoundHash(path: string): string {
  return readWithFfmpeg(path, ['-map', '0:a:1', '-c', 'copy', '-f', 'md5'], '.txt').toString();
}

describe('playback copy', function () {
  let folder = '';
  before(function () {
    needFfmpeg(this);
    folder = mkdtempSync(join(tmpdir(), 'seedance-copy-'));
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true });
  });

  /** Makes the copy of a file and writes it to the disk. */
  function copyOf(path: string) {
    const copy = makePlaybackCopy(read(path));
    assert.ok(copy);
    const bytes = Buffer.concat(copy.parts);
    assert.equal(bytes.length, copy.bytes);
    const target = join(folder, 'copy.mp4');
    writeFileSync(target, bytes);
    return { copy, bytes: new Uint8Array(bytes), target };
  }

  for (const [name, args, suffix] of [
    ['H.264 and stereo', [...picture(3), ...sound(2, 48000, 3), ...h264, ...aac(128)], '.mp4'],
    [
      'mono, faststart',
      [...picture(2), ...sound(1, 44100, 2), ...h264, ...aac(64), '-movflags', 'faststart'],
      '.mp4',
    ],
    ['HEVC with reordered pictures', [...picture(2), ...sound(2, 32000, 2), ...hevc, ...aac(96)], '.mp4'],
    ['QuickTime', [...picture(2), ...sound(2, 48000, 2), ...h264, ...aac(128)], '.mov'],
    [
      '96 kHz, which needs another sample entry',
      [...picture(2), ...sound(2, 96000, 2), ...h264, ...aac(256)],
      '.mp4',
    ],
    [
      'sound that starts late',
      [...picture(3), '-itsoffset', '0.5', ...sound(2, 48000, 2), ...h264, ...aac(128)],
      '.mp4',
    ],
    ['sound shorter than the picture', [...picture(3), ...sound(2, 48000, 1), ...h264, ...aac(128)], '.mp4'],
  ] as const) {
    it(`keeps the picture and presents the same sound: ${name}`, () => {
      const original = makeMedia(args, suffix);
      const { target, bytes } = copyOf(original);
      assert.equal(pictureHashes(target), pictureHashes(original));
      const before = readFacts(read(original));
      const after = readFacts(bytes);
      assert.deepEqual(
        { ...after, audioCodec: '', sampleRate: 0 },
        { ...before, audioCodec: '', sampleRate: 0, hasAac: false },
      );
      const late = ['-af', 'aresample=async=1:first_pts=0'];
      const theirs = ffmpegDecode(original, before.audioChannels ?? 0, late);
      for (const [channel, plane] of ffmpegDecode(target, before.audioChannels ?? 0, late).entries()) {
        const snr = signalToNoise(theirs[channel]!, plane);
        assert.ok(snr >= 70, `16 bits give ${snr.toFixed(1)} dB`);
        assert.ok(Math.abs(plane.length - theirs[channel]!.length) <= 1024);
      }
    });
  }

  it('begins with moov, and lays sound beside its picture', () => {
    const { bytes } = copyOf(
      makeMedia([...picture(6), ...sound(2, 48000, 6), ...h264, '-g', '24', ...aac(128)]),
    );
    const movie = readMovie(bytes);
    assert.deepEqual(
      movie.top.map(({ type }) => type),
      ['ftyp', 'moov', 'mdat'],
    );
    const placed = movie.tracks
      .flatMap(track =>
        readChunks(track).map(({ offset, size, time }) => ({
          offset,
          size,
          seconds: time / track.timescale,
        })),
      )
      .toSorted((a, b) => a.offset - b.offset);
    for (const [index, chunk] of placed.entries()) {
      const next = placed[index + 1];
      assert.equal(chunk.offset + chunk.size, next?.offset ?? bytes.length);
      assert.ok(chunk.seconds <= (next?.seconds ?? Infinity));
    }
    assert.ok(placed.length > 24);
  });

  it('keeps another track of sound, and mixes 5.1 down', () => {
    const both = makeMedia([
      ...picture(2), ...sound(6, 48000, 2), ...sound(1, 44100, 2),
      '-map', '0', '-map', '1', '-map', '2', ...h264, ...aac(192), '-c:a:1', 'libmp3lame',
    ]); // prettier-ignore
    const { bytes, target, copy } = copyOf(both);
    assert.equal(copy.channels, 2);
    assert.deepEqual(
      readMovie(bytes).tracks.map(track => track.sampleEntry?.type),
      ['avc1', 'sowt', 'mp4a'],
    );
    assert.equal(secondSoundHash(target), secondSoundHash(both));
  });

  it('is not needed without AAC', () => {
    assert.equal(makePlaybackCopy(read(makeMedia([...picture(1), ...h264]))), undefined);
    const mp3 = makeMedia([...picture(1), ...sound(1, 44100, 1), ...h264, '-c:a', 'libmp3lame']);
    assert.equal(makePlaybackCopy(read(mp3)), undefined);
  });

  it('is refused for a fragmented file, whose sound can still be decoded', () => {
    const path = makeMedia([
      ...picture(1),
      ...sound(2, 48000, 1),
      ...h264,
      ...aac(96),
      '-movflags',
      'frag_keyframe+empty_moov',
    ]);
    const bytes = read(path);
    assert.equal(decodeAudio(bytes)?.badFrames, 0);
    // Nothing is decoded in vain: not even that all of it is damaged is found out.
    for (const mdat of readMovie(bytes).top.filter(({ type }) => type === 'mdat'))
      bytes.fill(0xff, mdat.body, mdat.end);
    assert.throws(
      () => makePlaybackCopy(bytes),
      (error: unknown) => error instanceof Mp4Error && error.kind === 'fragmented',
    );
  });

  it('clips what is louder than 16 bits hold', () => {
    const square = ['-f', 'lavfi', '-i', "aevalsrc='0.99*(2*gt(sin(2*PI*300*t),0)-1)':s=48000:d=1"];
    const original = makeMedia([...picture(1), ...square, ...h264, ...aac(64)]);
    const { target } = copyOf(original);
    const [reference] = ffmpegDecode(original, 1);
    const [copied] = ffmpegDecode(target, 1);
    assert.ok(reference && copied);
    assert.ok(
      reference.some(value => value > 1) && reference.some(value => value < -1),
      'the encoder overshoots',
    );
    const clipped = reference.map(value => Math.max(-1, Math.min(1, value)));
    assert.ok(signalToNoise(clipped, copied) >= 70);
  });

  it('puts a chunk that is not in the file behind all that is', () => {
    const clip = read(makeMedia(smallClip));
    const damaged = patch(clip, [...STBL, 'stco'], 8, [0x7f, 0, 0, 0]);
    const copy = makePlaybackCopy(damaged);
    assert.ok(copy);
    const [video] = readMovie(new Uint8Array(Buffer.concat(copy.parts))).tracks;
    assert.ok(video);
    assert.equal(readChunks(video)[0]?.offset, copy.bytes);
  });

  it('is refused where chunks share bytes, so that it can not grow far beyond the file', () => {
    const clip = read(makeMedia(smallClip));
    const { length } = clip;
    const half = [0, (length >> 17) & 0xff, (length >> 9) & 0xff, (length >> 1) & 0xff];
    const chunks = findBox(clip, [...STBL, 'stco']).u32(4);
    assert.ok(chunks > 4);
    const large = patch(clip, [...STBL, 'stsz'], 12, Array.from({ length: 24 }, () => half).flat());
    const shared = patch(
      large,
      [...STBL, 'stco'],
      8,
      Array.from({ length: chunks }, () => [0, 0, 0, 0]).flat(),
    );
    assert.throws(
      () => makePlaybackCopy(shared),
      (error: unknown) => error instanceof Mp4Error && error.kind === 'malformed',
    );
  });

  it('is refused where there are more chunks than fit into the memory of its thread', () => {
    const clip = read(makeMedia(smallClip));
    const withChunks = (count: number, trak: number) =>
      replaceBox(clip, [...STBL, 'stco'], box('stco', u32(0, count), new Uint8Array(4 * count)), trak);
    for (const trak of [0, 1])
      assert.throws(
        () => makePlaybackCopy(withChunks(300_000, trak)),
        (error: unknown) => error instanceof Mp4Error && error.kind === 'tooLarge',
      );
    assert.ok(makePlaybackCopy(withChunks(200_000, 0)));
  });

  it('of a file that was cut presents what there is', () => {
    const whole = makeMedia([
      ...picture(4),
      ...sound(2, 48000, 4),
      ...h264,
      '-g',
      '24',
      ...aac(128),
      '-movflags',
      'faststart',
    ]);
    const path = join(folder, 'cut.mp4');
    const bytes = read(whole);
    writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    const { copy, bytes: copied, target } = copyOf(path);
    assert.ok(copy.seconds > 1 && copy.seconds < 4, `${copy.seconds} s`);
    // As in the original, a player that reads on meets the end of the file, not other samples.
    const chunks = readMovie(copied).tracks.flatMap(track => readChunks(track));
    const beyond = chunks.filter(({ offset, size }) => offset + size > copied.length);
    const within = chunks.filter(chunk => !beyond.includes(chunk));
    assert.ok(beyond.length > 0);
    const firstBeyond = Math.min(...beyond.map(({ offset }) => offset));
    assert.ok(within.every(({ offset, size }) => offset + size <= firstBeyond));
    const reference = ffmpegDecode(whole, 2);
    for (const [channel, plane] of ffmpegDecode(target, 2).entries()) {
      assert.ok(plane.length > 48000);
      // The last frame fades out for want of a next one.
      assert.ok(signalToNoise(reference[channel]!, plane.subarray(0, plane.length - 2048)) > 70);
    }
  });
});
