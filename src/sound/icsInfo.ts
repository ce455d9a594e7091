import type { BitReader } from './bitReader.ts';
import { SoundError } from './error.ts';
import type { ScaleFactorBands } from './scaleFactorBands.ts';

/** `window_sequence`, ISO/IEC 14496-3 table 4.109. */
export const ONLY_LONG_SEQUENCE = 0;
export const LONG_START_SEQUENCE = 1;
export const EIGHT_SHORT_SEQUENCE = 2;
export const LONG_STOP_SEQUENCE = 3;

/** Samples that one access unit gives for each channel, and coefficients in its spectrum. */
export const FRAME_LENGTH = 1024;
/** Coefficients of one short window: window w of a short frame begins at coefficient w * 128. */
export const SHORT_LENGTH = 128;
/** Row length of arrays by group and scale factor band: entry `group * MAX_BANDS + band`. At most 51 are used. */
export const MAX_BANDS = 64;
export const MAX_GROUPS = 8;

/** ics_info: ISO/IEC 14496-3 4.5.2.3. How a channel's 1024 coefficients are divided into windows, groups and bands. */
export interface IcsInfo {
  readonly windowSequence: number;
  /** 0: sine, 1: Kaiser-Bessel derived. */
  readonly windowShape: number;
  readonly short: boolean;
  /** `max_sfb`: bands that are transmitted. */
  readonly maxSfb: number;
  /** `window_group_length` of each group: one window, or eight short ones that share scale factors by group. */
  readonly windowGroupLengths: readonly number[];
  readonly bands: ScaleFactorBands;
}

export function readIcsInfo(bits: BitReader, long: ScaleFactorBands, short: ScaleFactorBands): IcsInfo {
  bits.skip(1); // ics_reserved_bit
  const windowSequence = bits.read(2);
  const windowShape = bits.read(1);
  const isShort = windowSequence === EIGHT_SHORT_SEQUENCE;
  const bands = isShort ? short : long;
  const maxSfb = bits.read(isShort ? 4 : 6);
  if (maxSfb > bands.count) throw new SoundError('damagedFrame', 'max_sfb');
  const windowGroupLengths = isShort ? groupLengths(bits.read(7)) : [1];
  if (!isShort && bits.flag()) throw new SoundError('damagedFrame', 'prediction is not part of AAC-LC');
  return { windowSequence, windowShape, short: isShort, maxSfb, windowGroupLengths, bands };
}

/** A bit of `scale_factor_grouping` says that the window belongs to the group of the one before. */
function groupLengths(scaleFactorGrouping: number): number[] {
  const lengths: number[] = [];
  let length = 1;
  for (let bit = 6; bit >= 0; bit--) {
    if ((scaleFactorGrouping >> bit) & 1) length++;
    else {
      lengths.push(length);
      length = 1;
    }
  }
  return [...lengths, length];
}
