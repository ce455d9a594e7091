import assert from 'node:assert/strict';
import { type Edit, presentedStretches } from '../../../src/mp4/editList.ts';

/** At 48 samples per millisecond: the movie counts milliseconds, the media samples. */
const present = (available: number, ...edits: (readonly [milliseconds: number, mediaTime?: number])[]) =>
  presentedStretches(
    edits.map(([duration, mediaTime]): Edit => ({ duration, mediaTime })),
    available,
    48_000,
    1000,
    48_000,
  ).map(({ from, length }) => [from, length]);

describe('what an edit list presents', () => {
  it('is all where there is none, and what follows the priming where that is cut off', () => {
    assert.deepEqual(present(2000), [[0, 2000]]);
    assert.deepEqual(present(5000, [50, 1024]), [[1024, 2400]]);
    assert.deepEqual(present(5000, [0, 1024]), [[1024, 3976]], 'to the end of the media');
  });

  it('is silence where it is empty', () => {
    assert.deepEqual(present(5000, [500], [50, 1024]), [
      [undefined, 24_000],
      [1024, 2400],
    ]);
  });

  it('is several stretches, in their order, one of them twice', () => {
    assert.deepEqual(present(9600, [50, 4800], [10], [50, 0], [50, 4800]), [
      [4800, 2400],
      [undefined, 480],
      [0, 2400],
      [4800, 2400],
    ]);
  });

  it('ends with the media, but what follows keeps its time', () => {
    assert.deepEqual(present(3000, [100, 1024]), [[1024, 1976]]);
    assert.deepEqual(present(3000, [100, 1024], [10, 0]), [
      [1024, 1976],
      [undefined, 2824],
      [0, 480],
    ]);
    assert.deepEqual(present(3000, [10, 9000]), [[3000, 0]]);
  });
});
