import type { BitReader } from './bitReader.ts';
import { SoundError } from './error.ts';
import { type IcsInfo, MAX_BANDS, SHORT_LENGTH } from './icsInfo.ts';
import { type IndividualChannelStream, INTENSITY_HCB, INTENSITY_HCB2, NOISE_HCB } from './channelStream.ts';

/** `ms_mask_present`. */
const MASK_SENT = 1;
const MASK_ALL = 2;

/** What the two channels of a channel_pair_element share. */
export interface StereoMask {
  /** Did the mask come band by band? Only then does it turn the phase of intensity stereo: `invert_intensity`, 4.6.8.2.3. */
  sent: boolean;
  /** `ms_used` of each band, by group * MAX_BANDS + band. */
  readonly msUsed: Uint8Array;
}

export function readStereoMask(bits: BitReader, ics: IcsInfo, mask: StereoMask): void {
  const present = bits.read(2);
  if (present > MASK_ALL) throw new SoundError('damagedFrame', 'ms_mask_present');
  mask.sent = present === MASK_SENT;
  mask.msUsed.fill(present === MASK_ALL ? 1 : 0);
  if (!mask.sent) return;
  for (let group = 0; group < ics.windowGroupLengths.length; group++)
    for (let band = 0; band < ics.maxSfb; band++) mask.msUsed[group * MAX_BANDS + band] = bits.read(1);
}

/** Joint stereo, band by band: M/S (ISO/IEC 14496-3 4.6.8.1) and intensity (4.6.8.2). Without a mask, intensity only. */
export function applyStereo(
  left: IndividualChannelStream,
  right: IndividualChannelStream,
  mask: StereoMask | undefined,
): void {
  const { ics } = right;
  const { offsets } = ics.bands;
  let firstWindow = 0;
  for (let group = 0; group < ics.windowGroupLengths.length; group++) {
    const windowEnd = firstWindow + ics.windowGroupLengths[group]!;
    for (let band = 0; band < ics.maxSfb; band++) {
      const entry = group * MAX_BANDS + band;
      const codebook = right.codebooks[entry]!;
      const midSide = mask?.msUsed[entry] === 1;
      if (codebook >= INTENSITY_HCB2) {
        const inPhase = (codebook === INTENSITY_HCB) !== (midSide && mask.sent);
        const gain = (inPhase ? 1 : -1) * 2 ** (-0.25 * right.scaleFactors[entry]!);
        for (let window = firstWindow; window < windowEnd; window++) {
          const to = window * SHORT_LENGTH + offsets[band + 1]!;
          for (let at = window * SHORT_LENGTH + offsets[band]!; at < to; at++)
            right.spectrum[at] = left.spectrum[at]! * gain;
        }
      } else if (midSide && codebook < NOISE_HCB && left.codebooks[entry]! < NOISE_HCB) {
        for (let window = firstWindow; window < windowEnd; window++) {
          const to = window * SHORT_LENGTH + offsets[band + 1]!;
          for (let at = window * SHORT_LENGTH + offsets[band]!; at < to; at++) {
            const middle = left.spectrum[at]!;
            const side = right.spectrum[at]!;
            left.spectrum[at] = middle + side;
            right.spectrum[at] = middle - side;
          }
        }
      }
    }
    firstWindow = windowEnd;
  }
}
