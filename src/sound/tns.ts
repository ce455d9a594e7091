import type { BitReader } from './bitReader.ts';
import { SoundError } from './error.ts';
import { type IcsInfo, SHORT_LENGTH } from './icsInfo.ts';
import type { IndividualChannelStream } from './channelStream.ts';

/** TNS_MAX_ORDER of AAC-LC (ISO/IEC 14496-3 4.6.9.4). */
const MAX_ORDER_LONG = 12;
const MAX_ORDER_SHORT = 7;

/** Far beyond any sound, and far from what the output can hold: only damaged filters get here. */
const MAX_COEFFICIENT = 1e30;

/** One filter of tns_data: it covers `length` bands below the filter before it. */
export interface TnsFilter {
  readonly length: number;
  readonly downwards: boolean;
  /** Linear prediction coefficients from a[1] on; empty when the filter does nothing. */
  readonly lpc: Float64Array;
}

/** tns_data: ISO/IEC 14496-3 4.6.9.2. The filters of each window. */
export function readTnsData(bits: BitReader, { short }: IcsInfo): readonly (readonly TnsFilter[])[] {
  return Array.from({ length: short ? 8 : 1 }, () => {
    const count = bits.read(short ? 1 : 2);
    if (count === 0) return [];
    const resolution = 3 + bits.read(1);
    return Array.from({ length: count }, () => readFilter(bits, short, resolution));
  });
}

function readFilter(bits: BitReader, short: boolean, resolution: number): TnsFilter {
  const length = bits.read(short ? 4 : 6);
  const order = bits.read(short ? 3 : 5);
  if (order > (short ? MAX_ORDER_SHORT : MAX_ORDER_LONG)) throw new SoundError('damagedFrame', 'TNS order');
  if (order === 0) return { length, downwards: false, lpc: new Float64Array(0) };
  const downwards = bits.flag();
  const compressed = bits.read(1);
  const reflection = Array.from({ length: order }, () =>
    reflectionCoefficient(bits.read(resolution - compressed), resolution - compressed, resolution),
  );
  return { length, downwards, lpc: toLpc(reflection) };
}

/** Inverse quantisation, 4.6.9.3: the code is a signed number of `codeBits` bits. */
function reflectionCoefficient(code: number, codeBits: number, resolution: number): number {
  const half = 1 << (codeBits - 1);
  const value = code >= half ? code - 2 * half : code;
  const steps = (1 << (resolution - 1)) + (value >= 0 ? -0.5 : 0.5);
  return Math.sin((value * Math.PI) / (2 * steps));
}

/** From reflection to prediction coefficients, 4.6.9.3. */
function toLpc(reflection: readonly number[]): Float64Array {
  const lpc = new Float64Array(reflection.length);
  const before = new Float64Array(reflection.length);
  for (const [order, coefficient] of reflection.entries()) {
    before.set(lpc);
    for (let index = 0; index < order; index++) lpc[index]! += coefficient * before[order - 1 - index]!;
    lpc[order] = coefficient;
  }
  return lpc;
}

/** Temporal noise shaping: runs the all-pole filters over the spectrum, 4.6.9.3. Throws `damagedFrame`. */
export function applyTns({ ics, tns, spectrum }: IndividualChannelStream): void {
  if (!tns) return;
  const { offsets, count, tnsMaxBands } = ics.bands;
  const limit = Math.min(tnsMaxBands, ics.maxSfb);
  for (const [window, filters] of tns.entries()) {
    let bottom = count;
    for (const { length, downwards, lpc } of filters) {
      const top = bottom;
      bottom = Math.max(top - length, 0);
      const start = window * SHORT_LENGTH + offsets[Math.min(bottom, limit)]!;
      const end = window * SHORT_LENGTH + offsets[Math.min(top, limit)]!;
      if (lpc.length > 0) filterBand(spectrum, start, end, downwards, lpc);
    }
  }
}

function filterBand(
  spectrum: Float64Array,
  start: number,
  end: number,
  downwards: boolean,
  lpc: Float64Array,
): void {
  const step = downwards ? -1 : 1;
  let at = downwards ? end - 1 : start;
  for (let done = 0; done < end - start; done++, at += step) {
    const order = Math.min(done, lpc.length);
    let value = spectrum[at]!;
    for (let index = 0; index < order; index++) value -= lpc[index]! * spectrum[at - (index + 1) * step]!;
    if (Math.abs(value) > MAX_COEFFICIENT) throw new SoundError('damagedFrame', 'TNS filter');
    spectrum[at] = value;
  }
}
