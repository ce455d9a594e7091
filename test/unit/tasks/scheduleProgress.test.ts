import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readProgress, seeProgress, type SeenProgress } from '../../../src/tasks/scheduleProgress.ts';

/** What is kept when a task of `seconds` reports progress in steps of `step`, looked at at these ages. */
function watched(seconds: number, step: number, ages: readonly number[]): SeenProgress | undefined {
  let seen: SeenProgress | undefined;
  let before = 0;
  for (const age of ages) {
    seen = seeProgress(seen, step * Math.floor((100 * age) / seconds / step), age, before);
    before = age;
  }
  return seen;
}

function stepsRead(value: number): number {
  return readProgress({ value, bySeconds: 50, afterSeconds: 0 }, 50, []).length - 1;
}

describe('seeProgress', () => {
  it('keeps the last change and the look before it', () => {
    const first = seeProgress(undefined, 20, 30, 10);
    assert.deepEqual(first, { value: 20, bySeconds: 30, afterSeconds: 10 });
    assert.equal(seeProgress(first, 20, 40, 30), first);
    assert.deepEqual(seeProgress(first, 40, 50, 40), { value: 40, bySeconds: 50, afterSeconds: 40 });
  });

  it('takes 0, 100 and nonsense for no news', () => {
    for (const value of [0, 100, -1, NaN]) assert.equal(seeProgress(undefined, value, 30, 10), undefined);
  });
});

describe('readProgress', () => {
  it('has the true end inside the reading of the true step', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 600 }),
        fc.constantFrom(1, 5, 10, 20, 25, 50),
        fc.array(fc.double({ min: 0.01, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 10 }),
        (seconds, step, parts) => {
          const ages = parts.map(part => part * seconds).toSorted((a, b) => a - b);
          const seen = watched(seconds, step, ages);
          const readings = readProgress(seen, ages.at(-1) ?? 0, []);
          if (seen !== undefined)
            assert.ok(readings.slice(1).some(({ from, to }) => from <= seconds && seconds <= to));
        },
      ),
    );
  });

  it('says nothing without progress', () => {
    assert.deepEqual(readProgress(undefined, 50, []), [{ weight: 1, from: 0, to: Infinity }]);
  });

  it('gives up every reading once progress is stuck past the end that it promised', () => {
    const stuck = { value: 99, bySeconds: 50, afterSeconds: 48 };
    assert.equal(readProgress(stuck, 60, []).length, 1);
  });

  it('reads only steps that the value is a multiple of', () => {
    assert.equal(stepsRead(37), 1);
    assert.equal(stepsRead(30), 3);
    assert.equal(stepsRead(50), 5);
  });

  it('learns trust from past tasks, in the step that explains them and in nothing', () => {
    const seen = { value: 50, bySeconds: 60, afterSeconds: 40 };
    const share = (past: Parameters<typeof readProgress>[2], which: (width: number) => boolean) => {
      const readings = readProgress(seen, 60, past);
      const total = readings.reduce((sum, { weight }) => sum + weight, 0);
      const chosen = readings
        .filter(({ from, to }) => which(to - from))
        .reduce((sum, { weight }) => sum + weight, 0);
      return chosen / total;
    };
    const linear = Array.from({ length: 10 }, () => ({
      seconds: 100,
      progress: watched(100, 1, [30, 83.5]),
    }));
    const stuck = Array.from({ length: 10 }, () => ({
      seconds: 100,
      progress: { value: 99, bySeconds: 30, afterSeconds: 20 },
    }));
    const known = linear.flatMap(({ seconds, progress }) => (progress ? [{ seconds, progress }] : []));
    assert.equal(known.length, 10);
    const inOnePercent = share(known, width => width < 8);
    assert.ok(inOnePercent > 0.85, String(inOnePercent));
    const before = share([], width => width === Infinity);
    const after = share(stuck, width => width === Infinity);
    assert.ok(after > 5 * before, `${before} ${after}`);
  });
});
