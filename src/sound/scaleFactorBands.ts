/**
 * Widths of the scale factor window bands (ISO/IEC 14496-3 4.5.4, tables 4.129 to 4.147), one digit (base 36) per band,
 * in units of 4 coefficients.
 */
const LONG_WIDTHS = {
  96: '11111111111111222223333344679bggggggggggg',
  64: '11111111111111222233344456679aaaaaaaaaaaaaaaaaa',
  48: '111111111122222223333445566778888888888888888888o',
  32: '111111111122222223333445566778888888888888888888888',
  24: '1111111111122222222223333444556677899abcddggggg',
  16: '222222222223333333334444555667789aabcdefggg',
  8: '33333333333334444444555566677899abcdefgk',
};
const SHORT_WIDTHS = {
  96: '111111222479',
  48: '11111222333444',
  24: '111111122233445',
  16: '111111112233455',
  8: '111111122223455',
};

/** What ISO/IEC 14496-3 says for each `samplingFrequencyIndex`. */
export interface SamplingFrequency {
  readonly hz: number;
  /** Any rate from here up (and below the entry before) uses this entry's tables: table 4.82. */
  readonly from: number;
  readonly long: keyof typeof LONG_WIDTHS;
  readonly short: keyof typeof SHORT_WIDTHS;
  /** TNS_MAX_BANDS for AAC-LC: table 4.155 (long, short windows). */
  readonly tnsMaxBands: readonly [long: number, short: number];
}

export const SAMPLING_FREQUENCIES: readonly SamplingFrequency[] = [
  { hz: 96000, from: 92017, long: 96, short: 96, tnsMaxBands: [31, 9] },
  { hz: 88200, from: 75132, long: 96, short: 96, tnsMaxBands: [31, 9] },
  { hz: 64000, from: 55426, long: 64, short: 96, tnsMaxBands: [34, 10] },
  { hz: 48000, from: 46009, long: 48, short: 48, tnsMaxBands: [40, 14] },
  { hz: 44100, from: 37566, long: 48, short: 48, tnsMaxBands: [42, 14] },
  { hz: 32000, from: 27713, long: 32, short: 48, tnsMaxBands: [51, 14] },
  { hz: 24000, from: 23004, long: 24, short: 24, tnsMaxBands: [46, 14] },
  { hz: 22050, from: 18783, long: 24, short: 24, tnsMaxBands: [46, 14] },
  { hz: 16000, from: 13856, long: 16, short: 16, tnsMaxBands: [42, 14] },
  { hz: 12000, from: 11502, long: 16, short: 16, tnsMaxBands: [42, 14] },
  { hz: 11025, from: 9391, long: 16, short: 16, tnsMaxBands: [42, 14] },
  { hz: 8000, from: 0, long: 8, short: 8, tnsMaxBands: [39, 14] },
  { hz: 7350, from: 0, long: 8, short: 8, tnsMaxBands: [39, 14] },
];

/** The bands of one length of window at one sampling frequency. */
export interface ScaleFactorBands {
  /** `swb_offset_long_window` or `swb_offset_short_window`: first coefficient of each band, then the window's length. */
  readonly offsets: Uint16Array;
  /** `num_swb`. */
  readonly count: number;
  readonly tnsMaxBands: number;
}

export function longWindowBands({ long, tnsMaxBands }: SamplingFrequency): ScaleFactorBands {
  return bands(LONG_WIDTHS[long], tnsMaxBands[0]);
}

export function shortWindowBands({ short, tnsMaxBands }: SamplingFrequency): ScaleFactorBands {
  return bands(SHORT_WIDTHS[short], tnsMaxBands[1]);
}

function bands(widths: string, tnsMaxBands: number): ScaleFactorBands {
  const offsets = new Uint16Array(widths.length + 1);
  for (let band = 0; band < widths.length; band++)
    offsets[band + 1] = offsets[band]! + 4 * Number.parseInt(widths.charAt(band), 36);
  return { offsets, count: widths.length, tnsMaxBands };
}
