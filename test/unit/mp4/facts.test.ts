import assert from 'node:assert/strict';
import { Mp4Error } from '../../../src/mp4/error.ts';
import { readFacts, readFactsFrom } from '../../../src/mp4/facts.ts';
import { patch } from '../../support/media/boxes.ts';
import { makeMedia, makeMediaBytes, needFfmpeg } from '../../support/media/ffmpeg.ts';
import { aac, h264, hevc, picture, smallClip, sound } from '../../support/media/recipes.ts';

const text = (string: string) => new TextEncoder().encode(string);
const kindOf = (kind: string) => (error: unknown) => error instanceof Mp4Error && error.kind === kind;

/** Reads through `readFactsFrom`, counting bytes, and sees that it tells the same as `readFacts`. */
async function bothWays(bytes: Uint8Array) {
  let taken = 0;
  const read = (offset: number, length: number) => {
    taken += length;
    return Promise.resolve(bytes.subarray(offset, offset + length));
  };
  const facts = await readFactsFrom(read, bytes.length);
  assert.deepEqual(facts, readFacts(bytes));
  return { facts, taken };
}

describe('facts of an MP4', function () {
  before(function () {
    needFfmpeg(this);
  });

  it('reads pixels, seconds, frames and codecs of a clip with sound', async () => {
    const { facts } = await bothWays(makeMediaBytes(smallClip));
    assert.deepEqual(facts, {
      width: 64,
      height: 48,
      seconds: 1,
      frames: 24,
      frameRate: 24,
      videoCodec: 'avc1',
      audioCodec: 'mp4a.40.2',
      hasAudio: true,
      hasAac: true,
      audioChannels: 2,
      sampleRate: 48000,
    });
  });

  it('tells a clip without sound', async () => {
    const { facts } = await bothWays(makeMediaBytes([...picture(2), ...h264]));
    assert.deepEqual(facts, {
      width: 64,
      height: 48,
      seconds: 2,
      frames: 48,
      frameRate: 24,
      videoCodec: 'avc1',
      hasAudio: false,
      hasAac: false,
    });
  });

  it('reads HEVC, 5.1 and other codecs of sound', async () => {
    const surround = await bothWays(
      makeMediaBytes([...picture(1), ...sound(6, 44100, 1), ...hevc, '-tag:v', 'hvc1', ...aac(192)]),
    );
    assert.equal(surround.facts.videoCodec, 'hvc1');
    assert.equal(surround.facts.audioChannels, 6);
    assert.equal(surround.facts.sampleRate, 44100);
    const mp3 = await bothWays(
      makeMediaBytes([...picture(1), ...sound(1, 44100, 1), ...h264, '-c:a', 'libmp3lame']),
    );
    assert.equal(mp3.facts.audioCodec, 'mp4a.6b');
    assert.equal(mp3.facts.hasAac, false);
  });

  it('turns and stretches the pixels as a player does', async () => {
    const upright = makeMediaBytes(['-i', makeMedia(smallClip), '-c', 'copy', '-metadata:s:v', 'rotate=90']);
    const { facts } = await bothWays(upright);
    assert.deepEqual([facts.width, facts.height], [48, 64]);
    const wide = await bothWays(makeMediaBytes([...picture(1), ...h264, '-vf', 'setsar=2']));
    assert.deepEqual([wide.facts.width, wide.facts.height], [128, 48]);
  });

  it('reads a fragmented file', async () => {
    const bytes = makeMediaBytes([
      ...smallClip,
      '-g',
      '6',
      '-movflags',
      'frag_keyframe+empty_moov+default_base_moof',
    ]);
    const { facts } = await bothWays(bytes);
    assert.equal(facts.frames, 24);
    // ffmpeg makes the first picture of a fragmented file longer by the delay of the encoder of the sound: 1024 samples.
    assert.ok(Math.abs((facts.seconds ?? 0) - (1 + 1024 / 48000)) < 0.001);
    assert.ok(Math.abs((facts.frameRate ?? 0) - 24 / (1 + 1024 / 48000)) < 0.01);
    assert.equal(facts.audioCodec, 'mp4a.40.2');
  });

  it('reads sound alone and a QuickTime file', async () => {
    const m4a = await bothWays(makeMediaBytes([...sound(2, 32000, 1), ...aac(64)], '.m4a'));
    assert.equal(m4a.facts.videoCodec, undefined);
    assert.ok(Math.abs((m4a.facts.seconds ?? 0) - 1) < 0.05);
    const mov = await bothWays(makeMediaBytes(smallClip, '.mov'));
    assert.deepEqual(
      [mov.facts.frames, mov.facts.audioCodec, mov.facts.audioChannels, mov.facts.sampleRate],
      [24, 'mp4a.40.2', 2, 48000],
    );
  });

  it('reads the audio sample entry of version 1 of ISO/IEC 14496-12, which is not that of QuickTime', async () => {
    const clip = makeMediaBytes(smallClip);
    const stsd = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd'];
    const described = patch(clip, stsd, 0, [1], 1);
    const entry = patch(described, stsd, 8 + 8 + 8, [0, 1], 1);
    assert.equal((await bothWays(entry)).facts.audioCodec, 'mp4a.40.2');
  });

  it('reads no media data', async () => {
    for (const flags of [[], ['-movflags', 'faststart']]) {
      const bytes = makeMediaBytes([...picture(4), ...sound(2, 48000, 4), ...h264, ...aac(320), ...flags]);
      const { taken } = await bothWays(bytes);
      assert.ok(taken < bytes.length / 10, `${taken} of ${bytes.length} bytes`);
    }
  });

  it('reads a file that was cut behind its moov, and says so of one that was cut before', async () => {
    const fast = makeMediaBytes([...smallClip, '-movflags', 'faststart']);
    assert.equal((await bothWays(fast.subarray(0, Math.floor(fast.length * 0.7)))).facts.frames, 24);
    const slow = makeMediaBytes(smallClip);
    const cut = slow.subarray(0, slow.length - 100);
    assert.throws(() => readFacts(cut), kindOf('noMovie'));
    await assert.rejects(
      readFactsFrom((offset, length) => Promise.resolve(cut.subarray(offset, offset + length)), cut.length),
      kindOf('noMovie'),
    );
  });
});

describe('what is no MP4', () => {
  it('is told apart from a damaged one', () => {
    assert.throws(() => readFacts(new Uint8Array(0)), kindOf('notMp4'));
    assert.throws(() => readFacts(text('<!doctype html><html></html>')), kindOf('notMp4'));
    assert.throws(() => readFacts(text('\x1a\x45\xdf\xa3webm, and so on, and so on')), kindOf('notMp4'));
    assert.throws(() => readFacts(text('\0\0\0\x10ftypisom\0\0\0\0')), kindOf('noMovie'));
  });
});
