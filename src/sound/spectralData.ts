import type { BitReader } from './bitReader.ts';
import { SoundError } from './error.ts';
import { readSymbol, type SpectrumTable, spectrumTables } from './huffman.ts';
import { MAX_BANDS, SHORT_LENGTH } from './icsInfo.ts';
import { type IndividualChannelStream, NOISE_HCB, ZERO_HCB } from './channelStream.ts';

const ESC_HCB = 11;
/** A coefficient of this size in codebook 11 is followed by its true size. */
const ESC_FLAG = 16;
/** The longest escape sequence: values up to 2^13 - 1. */
const MAX_ESCAPE_PREFIX = 8;
export const MAX_QUANTISED = 8191;

/** spectral_data: ISO/IEC 14496-3 4.6.3.3. Fills `quantised`; windows of a group are sent band by band. */
export function readSpectralData(bits: BitReader, stream: IndividualChannelStream): void {
  const { ics, codebooks, quantised } = stream;
  const { offsets } = ics.bands;
  const tables = spectrumTables();
  quantised.fill(0);
  let firstWindow = 0;
  for (let group = 0; group < ics.windowGroupLengths.length; group++) {
    const windowEnd = firstWindow + ics.windowGroupLengths[group]!;
    for (let band = 0; band < ics.maxSfb; band++) {
      const codebook = codebooks[group * MAX_BANDS + band]!;
      if (codebook === ZERO_HCB || codebook >= NOISE_HCB) continue;
      const table = tables[codebook - 1]!;
      for (let window = firstWindow; window < windowEnd; window++) {
        const from = window * SHORT_LENGTH + offsets[band]!;
        const to = window * SHORT_LENGTH + offsets[band + 1]!;
        if (codebook === ESC_HCB) readEscapedBand(bits, table, quantised, from, to);
        else if (table.signed) readSignedBand(bits, table, quantised, from, to);
        else readUnsignedBand(bits, table, quantised, from, to);
      }
    }
    firstWindow = windowEnd;
  }
}

function readSignedBand(
  bits: BitReader,
  table: SpectrumTable,
  quantised: Int32Array,
  from: number,
  to: number,
): void {
  const { huffman, values, dimension } = table;
  for (let at = from; at < to; at += dimension) {
    const symbol = readSymbol(bits, huffman) * dimension;
    for (let index = 0; index < dimension; index++) quantised[at + index] = values[symbol + index]!;
  }
}

function readUnsignedBand(
  bits: BitReader,
  table: SpectrumTable,
  quantised: Int32Array,
  from: number,
  to: number,
): void {
  const { huffman, values, dimension } = table;
  for (let at = from; at < to; at += dimension) {
    const symbol = readSymbol(bits, huffman) * dimension;
    for (let index = 0; index < dimension; index++) {
      const size = values[symbol + index]!;
      if (size !== 0) quantised[at + index] = bits.flag() ? -size : size;
    }
  }
}

/** Codebook 11: both signs, then what is beyond 15. */
function readEscapedBand(
  bits: BitReader,
  table: SpectrumTable,
  quantised: Int32Array,
  from: number,
  to: number,
): void {
  const { huffman, values } = table;
  for (let at = from; at < to; at += 2) {
    const symbol = readSymbol(bits, huffman) * 2;
    let first = values[symbol]!;
    let second = values[symbol + 1]!;
    const firstNegative = first !== 0 && bits.flag();
    const secondNegative = second !== 0 && bits.flag();
    if (first === ESC_FLAG) first = readEscape(bits);
    if (second === ESC_FLAG) second = readEscape(bits);
    quantised[at] = firstNegative ? -first : first;
    quantised[at + 1] = secondNegative ? -second : second;
  }
}

/** escape_sequence: N ones, a zero, then N + 4 bits; the value is 2^(N + 4) plus those bits. */
function readEscape(bits: BitReader): number {
  let prefix = 0;
  while (bits.flag())
    if (++prefix > MAX_ESCAPE_PREFIX) throw new SoundError('damagedFrame', 'escape_sequence');
  return (1 << (prefix + 4)) + bits.read(prefix + 4);
}
