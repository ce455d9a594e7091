import assert from 'node:assert/strict';
import { SCALE_FACTOR_CODES, SPECTRUM_CODEBOOKS } from '../../../src/sound/codebooks.ts';
import { InverseMdct } from '../../../src/sound/mdct.ts';
import {
  longWindowBands,
  SAMPLING_FREQUENCIES,
  shortWindowBands,
} from '../../../src/sound/scaleFactorBands.ts';
import { kaiserBesselDerivedWindow, sineWindow } from '../../../src/sound/windows.ts';

/** Lengths and symbols of a codebook as it is written. */
function parse(codes: string): { length: number; symbols: number[] }[] {
  return codes.split(';').map(run => {
    const [length = '', symbols = ''] = run.split(':');
    return {
      length: Number.parseInt(length, 36),
      symbols: symbols.split(',').map(symbol => Number.parseInt(symbol, 36)),
    };
  });
}

describe('tables of ISO/IEC 14496-3', () => {
  it('has complete codebooks: every stream of bits is some code word, every symbol has one', () => {
    const books = [
      ...SPECTRUM_CODEBOOKS.map(({ codes, dimension, signed, largest }) => ({
        codes,
        symbols: (signed ? 2 * largest + 1 : largest + 1) ** dimension,
      })),
      { codes: SCALE_FACTOR_CODES, symbols: 121 },
    ];
    assert.equal(books.length, 12);
    for (const { codes, symbols } of books) {
      const runs = parse(codes);
      const kraft = runs.reduce((sum, run) => sum + run.symbols.length / 2 ** run.length, 0);
      assert.equal(kraft, 1);
      const all = runs.flatMap(run => run.symbols).toSorted((a, b) => a - b);
      assert.deepEqual(
        all,
        Array.from({ length: symbols }, (_, symbol) => symbol),
      );
    }
  });

  it('has bands that fill each window, as many as the standard counts', () => {
    const counts = SAMPLING_FREQUENCIES.map(frequency => {
      const long = longWindowBands(frequency);
      const short = shortWindowBands(frequency);
      assert.equal(long.offsets[long.count], 1024);
      assert.equal(short.offsets[short.count], 128);
      return [long.count, short.count];
    });
    assert.deepEqual(counts, [
      [41, 12], [41, 12], [47, 12], [49, 14], [49, 14], [51, 14], [47, 15], [47, 15], [43, 15], [43, 15], [43, 15], [40, 15], [40, 15],
    ]); // prettier-ignore
  });

  it('has windows that add up to 1 where they overlap', () => {
    for (const window of [
      sineWindow(1024),
      sineWindow(128),
      kaiserBesselDerivedWindow(1024, 4),
      kaiserBesselDerivedWindow(128, 6),
    ])
      for (const [n, value] of window.entries())
        assert.ok(Math.abs(value ** 2 + window[window.length - 1 - n]! ** 2 - 1) < 1e-12);
  });

  it('transforms as the formula says', () => {
    for (const size of [8, 128, 1024]) {
      const spectrum = Float64Array.from({ length: size }, (_, k) => Math.sin(k * k + 1));
      const output = new Float64Array(2 * size);
      new InverseMdct(size).transform(spectrum, 0, output);
      for (let n = 0; n < 2 * size; n += 7) {
        let expected = 0;
        for (let k = 0; k < size; k++)
          expected += spectrum[k]! * Math.cos((Math.PI / size) * (n + 0.5 + size / 2) * (k + 0.5));
        assert.ok(Math.abs(output[n]! - expected / size) < 1e-12, `sample ${n} of ${2 * size}`);
      }
    }
  });
});
