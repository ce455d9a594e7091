// No encoder that ffmpeg may ship in Debian makes HE-AAC. So its parts are put together here from an AAC-LC stream as the
// standard lays them out: the signalling in the AudioSpecificConfig, and spectral band replication in fill elements.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { findAacTrack } from '../../../src/mp4/aacTrack.ts';
import { readMovie } from '../../../src/mp4/movie.ts';
import { AacDecoder } from '../../../src/sound/aacDecoder.ts';
import { readAudioSpecificConfig } from '../../../src/sound/audioSpecificConfig.ts';
import { decodeAudio } from '../../../src/sound/decodeAudio.ts';
import { ffmpegDecode, signalToNoise } from '../../support/media/decode.ts';
import { makeMedia, needFfmpeg } from '../../support/media/ffmpeg.ts';
import { aac, sound } from '../../support/media/recipes.ts';

/** AAC-LC at 24 kHz in stereo, as ffmpeg describes it: with an extension that says "no SBR". */
const LC_CONFIG = [0x13, 0x10, 0x56, 0xe5, 0x00];

function coreFile(): { path: string; bytes: Uint8Array; configAt: number } {
  const path = makeMedia([...sound(2, 24000, 2), ...aac(64)], '.m4a');
  const bytes = new Uint8Array(readFileSync(path));
  const configAt = Buffer.from(bytes).indexOf(Buffer.from(LC_CONFIG));
  assert.ok(configAt > 0, 'the AudioSpecificConfig is where it is looked for');
  return { path, bytes, configAt };
}

const bits = (value: number, count: number) => value.toString(2).padStart(count, '0');

/** An access unit with a fill element of SBR data before its first element: everything moves by an odd number of bits. */
function withSbr(accessUnit: Uint8Array, payload: readonly number[]): Uint8Array {
  const text = [
    bits(6, 3), // ID_FIL
    bits(payload.length + 1, 4),
    bits(13, 4), // EXT_SBR_DATA
    bits(0, 4),
    ...payload.map(byte => bits(byte, 8)),
    ...Array.from(accessUnit, byte => bits(byte, 8)),
  ].join('');
  return Uint8Array.from({ length: Math.ceil(text.length / 8) }, (_, index) =>
    Number.parseInt(text.slice(8 * index, 8 * index + 8).padEnd(8, '0'), 2),
  );
}

describe("HE-AAC's core", function () {
  before(function () {
    needFfmpeg(this);
  });

  for (const [name, config] of [
    // Object type 5, 24 kHz, 2 channels, extended to 48 kHz, object type 2.
    ['explicit, hierarchical', [0x2b, 0x11, 0x88, 0x00, 0x00]],
    // Object type 29: with parametric stereo.
    ['explicit, with parametric stereo', [0xeb, 0x11, 0x88, 0x00, 0x00]],
    // Object type 2, 24 kHz, 2 channels; extension 0x2b7: object type 5, present, 48 kHz.
    ['explicit, backward compatible', [0x13, 0x10, 0x56, 0xe5, 0x98]],
  ] as const) {
    it(`is decoded where SBR is signalled: ${name}`, () => {
      const { path, bytes, configAt } = coreFile();
      const signalled = bytes.slice();
      signalled.set(config, configAt);
      const ours = decodeAudio(signalled);
      assert.ok(ours);
      assert.equal(ours.sbr, true);
      assert.equal(ours.sampleRate, 24000);
      assert.equal(ours.badFrames, 0);
      for (const [channel, reference] of ffmpegDecode(path, 2).entries())
        assert.ok(signalToNoise(reference, ours.planes[channel]!) >= 100);
    });
  }

  it('is decoded where SBR is in the stream and nowhere else', () => {
    const { bytes } = coreFile();
    const track = findAacTrack(readMovie(bytes));
    assert.ok(track);
    const plain = new AacDecoder(readAudioSpecificConfig(track.config));
    const extended = new AacDecoder(readAudioSpecificConfig(track.config));
    for (const [index, accessUnit] of track.accessUnits.entries()) {
      const expected = plain.decode(accessUnit);
      const payload = Array.from({ length: index % 13 }, (_, n) => (n * 37 + index) & 0xff);
      assert.deepEqual(extended.decode(withSbr(accessUnit, payload)), expected);
    }
    assert.equal(plain.sbr, false);
    assert.equal(extended.sbr, true);
  });

  it('says no when SBR is not signalled', () => {
    assert.equal(decodeAudio(coreFile().bytes)?.sbr, false);
  });
});
