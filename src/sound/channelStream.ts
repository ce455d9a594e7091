import { FRAME_LENGTH, type IcsInfo, MAX_BANDS, MAX_GROUPS, ONLY_LONG_SEQUENCE } from './icsInfo.ts';
import type { TnsFilter } from './tns.ts';

/** Codebook numbers with a meaning of their own: ISO/IEC 14496-3 table 4.150. */
export const ZERO_HCB = 0;
export const RESERVED_HCB = 12;
export const NOISE_HCB = 13;
/** Intensity stereo, out of phase and in phase. */
export const INTENSITY_HCB2 = 14;
export const INTENSITY_HCB = 15;

/** individual_channel_stream (ISO/IEC 14496-3 4.5.2.3): one channel of one frame, as it was sent. Used anew for each frame. */
export interface IndividualChannelStream {
  ics: IcsInfo;
  /** `sfb_cb`: codebook of each band, by group * MAX_BANDS + band. */
  readonly codebooks: Uint8Array;
  /** Of each band: scale factor, noise energy or intensity position, whichever its codebook asks for. */
  readonly scaleFactors: Int16Array;
  /** Quantised coefficients; bands without a spectrum codebook are 0. */
  readonly quantised: Int32Array;
  /** Filters of each window. */
  tns: readonly (readonly TnsFilter[])[] | undefined;
  /** Coefficients, as far as they have been worked out. */
  readonly spectrum: Float64Array;
}

export function createChannelStream(bands: IcsInfo['bands']): IndividualChannelStream {
  return {
    ics: {
      windowSequence: ONLY_LONG_SEQUENCE,
      windowShape: 0,
      short: false,
      maxSfb: 0,
      windowGroupLengths: [1],
      bands,
    },
    codebooks: new Uint8Array(MAX_GROUPS * MAX_BANDS),
    scaleFactors: new Int16Array(MAX_GROUPS * MAX_BANDS),
    quantised: new Int32Array(FRAME_LENGTH),
    tns: undefined,
    spectrum: new Float64Array(FRAME_LENGTH),
  };
}
