import assert from 'node:assert/strict';
import { AcceptGuard, QUIET_AFTER } from '../../../../src/workbench/generate/acceptGuard.ts';

/** Presses Enter at these milliseconds. @returns how often it counted, and how often it was told not to */
function press(at: readonly number[], isClear = true): { paid: number; refused: number } {
  let now = 0;
  const timers: { at: number; act: () => void }[] = [];
  const guard = new AcceptGuard({
    now: () => now,
    after: (milliseconds, act) => {
      const timer = { at: now + milliseconds, act };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
    },
  });
  const runUntil = (end: number): void => {
    for (const timer of timers.filter(timer => timer.at <= end)) {
      timers.splice(timers.indexOf(timer), 1);
      timer.act();
    }
    now = end;
  };
  const counts = { paid: 0, refused: 0 };
  for (const time of at) {
    runUntil(time);
    guard.accept(
      isClear,
      () => (counts.paid += 1),
      () => (counts.refused += 1),
    );
  }
  runUntil(now + 10_000);
  return counts;
}

/** A key that is held down: the system waits, then repeats it. */
const held = (delay: number, every: number): readonly number[] => [
  0,
  ...Array.from({ length: 50 }, (_, i) => delay + i * every),
];

describe('the guard of the question that pays', () => {
  it('lets one press through, also the first thing after opening', () => {
    assert.deepEqual(press([0]), { paid: 1, refused: 0 });
    assert.deepEqual(press([5000]), { paid: 1, refused: 0 });
  });

  it('lets nothing through of a key that is held, whether it was held before or is pressed now', () => {
    // Where the key went down in the list of commands, only its repetitions come here.
    for (const every of [15, 33, 50, 100]) {
      assert.deepEqual(press(held(500, every).slice(1)).paid, 0, `repeated each ${every} ms`);
    }
  });

  it('lets nothing through of two presses in quick succession, nor of a third soon after', () => {
    assert.equal(press([0, QUIET_AFTER - 1]).paid, 0);
    assert.equal(press([0, 100, 399]).paid, 0);
    assert.equal(press([0, 100, 1099]).paid, 0);
    assert.equal(press([0, 100, 1101]).paid, 1);
    assert.equal(press([0, 301]).paid, 2); // two presses, each by itself
  });

  it('lets nothing through of a held key whose last repetition comes late', () => {
    assert.equal(press([...held(500, 33).slice(1, 20), 500 + 19 * 33 + 900]).paid, 0);
  });

  it('lets nothing through while something is typed in the filter or no row is active, and says so', () => {
    assert.deepEqual(press([0, 1000], false), { paid: 0, refused: 2 });
  });

  it('takes an accept back where something is typed after it', () => {
    let act: (() => void) | undefined;
    const guard = new AcceptGuard({
      now: () => 0,
      after: (_, run) => {
        act = run;
        return () => (act = undefined);
      },
    });
    guard.accept(true, assert.fail, assert.fail);
    assert(act);
    guard.cancel();
    assert.equal(act, undefined);
  });

  it('lets nothing through after the question was left', () => {
    let act: (() => void) | undefined;
    const guard = new AcceptGuard({
      now: () => 0,
      after: (_, run) => {
        act = run;
        return () => (act = undefined);
      },
    });
    guard.accept(true, assert.fail, assert.fail);
    assert(act);
    guard.dispose();
    assert.equal(act, undefined);
  });
});
