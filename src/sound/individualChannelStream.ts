import type { BitReader } from './bitReader.ts';
import {
  INTENSITY_HCB2,
  type IndividualChannelStream,
  NOISE_HCB,
  RESERVED_HCB,
  ZERO_HCB,
} from './channelStream.ts';
import { SoundError } from './error.ts';
import { readSymbol, scaleFactorTable } from './huffman.ts';
import { type IcsInfo, MAX_BANDS } from './icsInfo.ts';
import { addPulses, readPulseData } from './pulse.ts';
import { readSpectralData } from './spectralData.ts';
import { readTnsData } from './tns.ts';

/** A scale factor is sent as its difference to the one before, plus this. */
const SCALE_FACTOR_ZERO = 60;
const NOISE_OFFSET = 90;
const NOISE_PCM_OFFSET = 256;

/**
 * Reads all that is sent of one channel into `stream`.
 * @param readIcs gives the ics_info: from the stream, or the one that both channels of a pair share
 */
export function readIndividualChannelStream(
  bits: BitReader,
  stream: IndividualChannelStream,
  readIcs: () => IcsInfo,
): void {
  const globalGain = bits.read(8);
  const ics = readIcs();
  stream.ics = ics;
  readSectionData(bits, ics, stream.codebooks);
  readScaleFactorData(bits, ics, globalGain, stream);
  const pulses = bits.flag() ? readPulseData(bits, ics) : undefined;
  stream.tns = bits.flag() ? readTnsData(bits, ics) : undefined;
  if (bits.flag()) throw new SoundError('damagedFrame', 'gain control is not part of AAC-LC');
  readSpectralData(bits, stream);
  if (pulses) addPulses(pulses, stream.quantised);
}

/** section_data: runs of bands that share a codebook. */
function readSectionData(bits: BitReader, ics: IcsInfo, codebooks: Uint8Array): void {
  const lengthBits = ics.short ? 3 : 5;
  const escape = (1 << lengthBits) - 1;
  for (let group = 0; group < ics.windowGroupLengths.length; group++) {
    for (let band = 0; band < ics.maxSfb;) {
      const codebook = bits.read(4);
      let length = 0;
      let increment: number;
      do {
        increment = bits.read(lengthBits);
        length += increment;
      } while (increment === escape);
      if (codebook === RESERVED_HCB || band + length > ics.maxSfb)
        throw new SoundError('damagedFrame', 'section_data');
      const first = group * MAX_BANDS + band;
      codebooks.fill(codebook, first, first + length);
      band += length;
    }
  }
}

/** scale_factor_data: three sequences of differences, one for each use (ISO/IEC 14496-3 4.6.2.3, 4.6.8.2, 4.6.13.3). */
function readScaleFactorData(
  bits: BitReader,
  ics: IcsInfo,
  globalGain: number,
  { codebooks, scaleFactors }: IndividualChannelStream,
): void {
  const table = scaleFactorTable();
  let scaleFactor = globalGain;
  let intensityPosition = 0;
  let noiseEnergy = globalGain - NOISE_OFFSET;
  let firstNoise = true;
  for (let group = 0; group < ics.windowGroupLengths.length; group++) {
    const end = group * MAX_BANDS + ics.maxSfb;
    for (let at = group * MAX_BANDS; at < end; at++) {
      const codebook = codebooks[at]!;
      if (codebook === ZERO_HCB) scaleFactors[at] = 0;
      else if (codebook >= INTENSITY_HCB2) {
        intensityPosition += readSymbol(bits, table) - SCALE_FACTOR_ZERO;
        // The bounds keep a damaged stream from numbers without end; no real one comes near.
        scaleFactors[at] = Math.max(-155, Math.min(100, intensityPosition));
      } else if (codebook === NOISE_HCB) {
        noiseEnergy += firstNoise
          ? bits.read(9) - NOISE_PCM_OFFSET
          : readSymbol(bits, table) - SCALE_FACTOR_ZERO;
        firstNoise = false;
        scaleFactors[at] = Math.max(-100, Math.min(155, noiseEnergy));
      } else {
        scaleFactor += readSymbol(bits, table) - SCALE_FACTOR_ZERO;
        if (scaleFactor < 0 || scaleFactor > 255) throw new SoundError('damagedFrame', 'scale_factor_data');
        scaleFactors[at] = scaleFactor;
      }
    }
  }
}
