/**
 * Inverse modified discrete cosine transform (ISO/IEC 14496-3 4.6.11.3.1) of `size` coefficients to twice as many samples,
 * through a DCT-IV that is made of a complex FFT of half the size.
 */
export class InverseMdct {
  readonly #size: number;
  readonly #half: number;
  /** exp(-iπ(8k + 1) / 8·size): turns before and after the FFT. */
  readonly #twiddleRe: Float64Array;
  readonly #twiddleIm: Float64Array;
  /** exp(-2πik / length) of each stage's length from 8 on, one stage after the other. */
  readonly #rootRe: Float64Array;
  readonly #rootIm: Float64Array;
  readonly #bitReversed: Uint16Array;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #dct: Float64Array;

  /** @param size a power of 2, at least 8 */
  constructor(size: number) {
    const half = size / 2;
    this.#size = size;
    this.#half = half;
    const angle = (k: number): number => (-Math.PI * (8 * k + 1)) / (8 * size);
    this.#twiddleRe = Float64Array.from({ length: half }, (_, k) => Math.cos(angle(k)));
    this.#twiddleIm = Float64Array.from({ length: half }, (_, k) => Math.sin(angle(k)));
    const roots: number[] = [];
    for (let length = 8; length <= half; length *= 2)
      for (let k = 0; k < length / 2; k++) roots.push((-2 * Math.PI * k) / length);
    this.#rootRe = Float64Array.from(roots, root => Math.cos(root));
    this.#rootIm = Float64Array.from(roots, root => Math.sin(root));
    this.#bitReversed = new Uint16Array(half);
    for (let index = 1; index < half; index++)
      this.#bitReversed[index] = (this.#bitReversed[index >> 1]! >> 1) | (index & 1 ? half / 2 : 0);
    this.#re = new Float64Array(half);
    this.#im = new Float64Array(half);
    this.#dct = new Float64Array(size);
  }

  /**
   * Writes 2 * size samples to the start of `output`, scaled by 1 / size.
   * @param from where the coefficients begin in `spectrum`
   */
  transform(spectrum: Float64Array, from: number, output: Float64Array): void {
    const size = this.#size;
    const half = this.#half;
    const dct = this.#dct;
    this.#rotateIn(spectrum, from);
    this.#fft();
    this.#rotateOut();
    for (let n = 0; n < half; n++) {
      output[n] = dct[n + half]!;
      output[n + 3 * half] = -dct[n]!;
    }
    for (let n = half; n < 3 * half; n++) output[n] = -dct[size + half - 1 - n]!;
  }

  #rotateIn(spectrum: Float64Array, from: number): void {
    const last = from + this.#size - 1;
    const twiddleRe = this.#twiddleRe;
    const twiddleIm = this.#twiddleIm;
    const bitReversed = this.#bitReversed;
    const re = this.#re;
    const im = this.#im;
    for (let n = 0; n < this.#half; n++) {
      const even = spectrum[from + 2 * n]!;
      const odd = spectrum[last - 2 * n]!;
      const turnRe = twiddleRe[n]!;
      const turnIm = twiddleIm[n]!;
      const to = bitReversed[n]!;
      re[to] = even * turnRe - odd * turnIm;
      im[to] = even * turnIm + odd * turnRe;
    }
  }

  /** Decimation in time, in place; the first two stages together, since they need no multiplication. */
  #fft(): void {
    const re = this.#re;
    const im = this.#im;
    const rootRe = this.#rootRe;
    const rootIm = this.#rootIm;
    const half = this.#half;
    for (let at = 0; at < half; at += 4) {
      const sumRe = re[at]! + re[at + 1]!;
      const sumIm = im[at]! + im[at + 1]!;
      const differenceRe = re[at]! - re[at + 1]!;
      const differenceIm = im[at]! - im[at + 1]!;
      const sum2Re = re[at + 2]! + re[at + 3]!;
      const sum2Im = im[at + 2]! + im[at + 3]!;
      const difference2Re = re[at + 2]! - re[at + 3]!;
      const difference2Im = im[at + 2]! - im[at + 3]!;
      re[at] = sumRe + sum2Re;
      im[at] = sumIm + sum2Im;
      re[at + 2] = sumRe - sum2Re;
      im[at + 2] = sumIm - sum2Im;
      re[at + 1] = differenceRe + difference2Im;
      im[at + 1] = differenceIm - difference2Re;
      re[at + 3] = differenceRe - difference2Im;
      im[at + 3] = differenceIm + difference2Re;
    }
    for (let length = 8, stage = 0; length <= half; length *= 2) {
      const reach = length / 2;
      for (let block = 0; block < half; block += length) {
        for (let k = 0; k < reach; k++) {
          const low = block + k;
          const high = low + reach;
          const turnRe = rootRe[stage + k]!;
          const turnIm = rootIm[stage + k]!;
          const highRe = re[high]! * turnRe - im[high]! * turnIm;
          const highIm = re[high]! * turnIm + im[high]! * turnRe;
          re[high] = re[low]! - highRe;
          im[high] = im[low]! - highIm;
          re[low]! += highRe;
          im[low]! += highIm;
        }
      }
      stage += reach;
    }
  }

  #rotateOut(): void {
    const last = this.#size - 1;
    const scale = 1 / this.#size;
    const twiddleRe = this.#twiddleRe;
    const twiddleIm = this.#twiddleIm;
    const re = this.#re;
    const im = this.#im;
    const dct = this.#dct;
    for (let k = 0; k < this.#half; k++) {
      const turnRe = twiddleRe[k]! * scale;
      const turnIm = twiddleIm[k]! * scale;
      dct[2 * k] = re[k]! * turnRe - im[k]! * turnIm;
      dct[last - 2 * k] = -(re[k]! * turnIm + im[k]! * turnRe);
    }
  }
}
