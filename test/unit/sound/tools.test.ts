// Tools of AAC-LC that ffmpeg's encoder does not use, or not like this.
import assert from 'node:assert/strict';
import { BitReader } from '../../../src/sound/bitReader.ts';
import { createChannelStream } from '../../../src/sound/channelStream.ts';
import { SoundError } from '../../../src/sound/error.ts';
import { NoiseGenerator } from '../../../src/sound/noise.ts';
import { addPulses, readPulseData } from '../../../src/sound/pulse.ts';
import { longWindowBands, SAMPLING_FREQUENCIES } from '../../../src/sound/scaleFactorBands.ts';
import { applyStereo } from '../../../src/sound/stereo.ts';
import { applyTns } from '../../../src/sound/tns.ts';

const INTENSITY_HCB = 15;
const INTENSITY_HCB2 = 14;
const NOISE_HCB = 13;

const bands = longWindowBands(SAMPLING_FREQUENCIES[3]!);
const damaged = (error: unknown) => error instanceof SoundError && error.kind === 'damagedFrame';

/** A long window at 48 kHz whose first `maxSfb` bands are there. */
function longStream(maxSfb: number) {
  const stream = createChannelStream(bands);
  stream.ics = { ...stream.ics, maxSfb };
  return stream;
}

function bits(...fields: readonly (readonly [value: number, count: number])[]): BitReader {
  const text = fields.map(([value, count]) => value.toString(2).padStart(count, '0')).join('');
  const bytes = text.match(/.{1,8}/g)?.map(byte => Number.parseInt(byte.padEnd(8, '0'), 2));
  return new BitReader(Uint8Array.from(bytes ?? []));
}

/** A single coefficient (100) after a filter over the whole spectrum. */
const filtered = (downwards: boolean, lpc: readonly number[]) => {
  const stream = longStream(bands.count);
  stream.spectrum[100] = 1;
  stream.tns = [[{ length: bands.count, downwards, lpc: Float64Array.from(lpc) }]];
  applyTns(stream);
  return stream.spectrum;
};

/** What intensity stereo makes of 8 on the left, at a position that quarters it. */
const intensity = (codebook: number, mask?: { sent: boolean; msUsed: Uint8Array }) => {
  const left = longStream(1);
  const second = longStream(1);
  left.spectrum[0] = 8;
  second.codebooks[0] = codebook;
  second.scaleFactors[0] = 8;
  applyStereo(left, second, mask);
  return second.spectrum[0];
};

const mask = (sent: boolean, used: number) => ({ sent, msUsed: new Uint8Array(512).fill(used) });

/** Is the noise of the second channel that of the first, at twice the amplitude? */
const sameNoise = (used: number) => {
  const left = longStream(1);
  const right = longStream(1);
  left.codebooks[0] = right.codebooks[0] = NOISE_HCB;
  right.scaleFactors[0] = 4;
  const generator = new NoiseGenerator();
  generator.fill(left);
  generator.fill(right, left, new Uint8Array(512).fill(used));
  const energy = right.spectrum.reduce((sum, value) => sum + value ** 2, 0);
  assert.ok(Math.abs(energy - 4) < 1e-9, 'the energy is its own');
  return right.spectrum.every((value, n) => Math.abs(value - 2 * left.spectrum[n]!) < 1e-9);
};

describe('pulses', () => {
  const { ics } = longStream(10);

  it('make coefficients larger, away from 0, from the start of a band on', () => {
    // Two pulses from band 4 on: 3 behind its start (coefficient 16) by 5, and 2 further by 7.
    const pulses = readPulseData(bits([1, 2], [4, 6], [3, 5], [5, 4], [2, 5], [7, 4]), ics);
    const quantised = new Int32Array(1024);
    quantised[19] = 20;
    quantised[21] = -1;
    addPulses(pulses, quantised);
    assert.equal(quantised[19], 25);
    assert.equal(quantised[21], -8);
    assert.equal(quantised.filter(value => value !== 0).length, 2);
  });

  it('are refused outside of the spectrum and in short windows', () => {
    const late = readPulseData(
      bits([3, 2], [48, 6], [31, 5], [1, 4], [31, 5], [1, 4], [31, 5], [1, 4], [31, 5], [1, 4]),
      ics,
    );
    assert.throws(() => addPulses(late, new Int32Array(1024)), damaged);
    assert.throws(() => readPulseData(bits([0, 2], [49, 6], [0, 5], [0, 4]), ics), damaged);
    assert.throws(
      () => readPulseData(bits([0, 2], [0, 6], [0, 5], [0, 4]), { ...ics, short: true }),
      damaged,
    );
  });
});

describe('temporal noise shaping', () => {
  it('rings on, upwards or downwards', () => {
    const up = filtered(false, [-0.5]);
    assert.deepEqual([...up.subarray(99, 104)], [0, 1, 0.5, 0.25, 0.125]);
    const down = filtered(true, [0.5]);
    assert.deepEqual([...down.subarray(97, 102)], [-0.125, 0.25, -0.5, 1, 0]);
  });

  it('is refused before it grows without bounds', () => {
    assert.throws(() => filtered(false, [-3]), damaged);
  });
});

describe('joint stereo', () => {
  it('turns the phase of intensity by codebook, and by a mask only when that was sent', () => {
    assert.equal(intensity(INTENSITY_HCB), 2);
    assert.equal(intensity(INTENSITY_HCB2), -2);
    assert.equal(intensity(INTENSITY_HCB, mask(true, 0)), 2);
    assert.equal(intensity(INTENSITY_HCB, mask(true, 1)), -2);
    assert.equal(intensity(INTENSITY_HCB, mask(false, 1)), 2);
  });

  it('takes the same noise in both channels where the mask says so', () => {
    assert.equal(sameNoise(1), true);
    assert.equal(sameNoise(0), false);
  });
});
