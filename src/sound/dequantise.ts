import { MAX_BANDS, SHORT_LENGTH } from './icsInfo.ts';
import { type IndividualChannelStream, NOISE_HCB, ZERO_HCB } from './channelStream.ts';
import { MAX_PULSE_SUM } from './pulse.ts';
import { MAX_QUANTISED } from './spectralData.ts';

const SF_OFFSET = 100;

let powers: Float64Array | undefined;
let gains: Float64Array | undefined;

/** x^(4/3) for every size that a quantised coefficient can have. */
function powerTable(): Float64Array {
  powers ??= Float64Array.from({ length: MAX_QUANTISED + MAX_PULSE_SUM + 1 }, (_, size) => size ** (4 / 3));
  return powers;
}

/** The gain of every scale factor, 0 to 255. */
function gainTable(): Float64Array {
  gains ??= Float64Array.from({ length: 256 }, (_, scaleFactor) => 2 ** (0.25 * (scaleFactor - SF_OFFSET)));
  return gains;
}

/** Inverse quantisation and scale factors (ISO/IEC 14496-3 4.6.1, 4.6.2). Bands without a spectrum become 0. */
export function dequantise({
  ics,
  codebooks,
  scaleFactors,
  quantised,
  spectrum,
}: IndividualChannelStream): void {
  const { offsets } = ics.bands;
  const power = powerTable();
  const gainOf = gainTable();
  spectrum.fill(0);
  let firstWindow = 0;
  for (let group = 0; group < ics.windowGroupLengths.length; group++) {
    const windowEnd = firstWindow + ics.windowGroupLengths[group]!;
    for (let band = 0; band < ics.maxSfb; band++) {
      const entry = group * MAX_BANDS + band;
      const codebook = codebooks[entry]!;
      if (codebook === ZERO_HCB || codebook >= NOISE_HCB) continue;
      const gain = gainOf[scaleFactors[entry]!]!;
      for (let window = firstWindow; window < windowEnd; window++) {
        const to = window * SHORT_LENGTH + offsets[band + 1]!;
        for (let at = window * SHORT_LENGTH + offsets[band]!; at < to; at++) {
          const value = quantised[at]!;
          if (value > 0) spectrum[at] = power[value]! * gain;
          else if (value < 0) spectrum[at] = -power[-value]! * gain;
        }
      }
    }
    firstWindow = windowEnd;
  }
}
