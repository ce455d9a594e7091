import { MAX_BANDS, SHORT_LENGTH } from './icsInfo.ts';
import { type IndividualChannelStream, NOISE_HCB } from './channelStream.ts';

/** Perceptual noise substitution: ISO/IEC 14496-3 4.6.13. Which random numbers are used is left to the decoder. */
export class NoiseGenerator {
  #seed = 1;

  /**
   * Fills the bands that were sent as noise energy only.
   * @param left the first channel of a pair, already filled, when this is the second
   * @param msUsed bands in which both channels of the pair take the same noise
   */
  fill(stream: IndividualChannelStream, left?: IndividualChannelStream, msUsed?: Uint8Array): void {
    const { ics, codebooks, scaleFactors, spectrum } = stream;
    const { offsets } = ics.bands;
    let firstWindow = 0;
    for (let group = 0; group < ics.windowGroupLengths.length; group++) {
      const windowEnd = firstWindow + ics.windowGroupLengths[group]!;
      for (let band = 0; band < ics.maxSfb; band++) {
        const entry = group * MAX_BANDS + band;
        if (codebooks[entry] !== NOISE_HCB) continue;
        const correlated = left && msUsed?.[entry] && left.codebooks[entry] === NOISE_HCB;
        const amplitude = 2 ** (0.25 * scaleFactors[entry]!);
        for (let window = firstWindow; window < windowEnd; window++) {
          const from = window * SHORT_LENGTH + offsets[band]!;
          const to = window * SHORT_LENGTH + offsets[band + 1]!;
          if (correlated) spectrum.set(left.spectrum.subarray(from, to), from);
          else for (let at = from; at < to; at++) spectrum[at] = this.#next();
          scaleToEnergy(spectrum, from, to, amplitude);
        }
      }
      firstWindow = windowEnd;
    }
  }

  /** A linear congruential generator of 32 bits. */
  #next(): number {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) | 0;
    return this.#seed;
  }
}

function scaleToEnergy(spectrum: Float64Array, from: number, to: number, amplitude: number): void {
  let energy = 0;
  for (let at = from; at < to; at++) energy += spectrum[at]! ** 2;
  const gain = energy > 0 ? amplitude / Math.sqrt(energy) : 0;
  for (let at = from; at < to; at++) spectrum[at]! *= gain;
}
