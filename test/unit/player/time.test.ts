import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  clockTime,
  countFrames,
  estimateFrameRate,
  frameAt,
  middleOfFrame,
  stepFrames,
  timeCode,
} from '../../../src/player/time.ts';

const rate = fc.constantFrom(12, 24000 / 1001, 24, 25, 30000 / 1001, 30, 50, 60);
const frame = fc.nat(100_000);

describe('time', () => {
  it('finds a frame by its start as a container rounds it, and by its middle', () => {
    fc.assert(
      fc.property(frame, rate, fc.constantFrom(1000, 12_800, 90_000, 1_000_000), (n, perSecond, clock) => {
        const start = Math.floor((n / perSecond) * clock) / clock;
        fc.pre(perSecond / clock < 0.05);
        assert.equal(frameAt(start, perSecond), n);
        assert.equal(frameAt(middleOfFrame(n, perSecond), perSecond), n);
      }),
    );
  });

  it('steps frame by frame through a clip and stays inside it', () => {
    const duration = 121 / 24;
    let seconds = 0;
    const seen = [];
    for (let step = 0; step < 125; step++) {
      seen.push(frameAt(seconds, 24));
      seconds = stepFrames(seconds, 1, 24, duration);
    }
    assert.deepEqual(seen.slice(0, 121), [...Array.from({ length: 121 }).keys()]);
    assert.deepEqual(seen.slice(121), [120, 120, 120, 120]);
    assert.equal(frameAt(stepFrames(0.01, -1, 24, duration), 24), 0);
    assert.equal(frameAt(stepFrames(seconds, -1, 24, duration), 24), 119);
  });

  it('counts the frames of a clip', () => {
    assert.equal(countFrames(121 / 24, 24), 121);
    assert.equal(countFrames(5.005, 24000 / 1001), 120);
  });

  it('writes time codes', () => {
    assert.equal(timeCode(0, 24), '00:00:00:00');
    assert.equal(timeCode(108, 24), '00:00:04:12');
    assert.equal(timeCode(24 * 3661 + 23, 24), '01:01:01:23');
    assert.equal(timeCode(30, 30000 / 1001), '00:00:01:00');
  });

  it('gives every frame a time code of its own, in order', () => {
    fc.assert(
      fc.property(frame, rate, (n, perSecond) => {
        assert.ok(timeCode(n, perSecond) < timeCode(n + 1, perSecond));
      }),
    );
  });

  it('writes clock times', () => {
    assert.equal(clockTime(0), '0:00.000');
    assert.equal(clockTime(4.5), '0:04.500');
    assert.equal(clockTime(59.9996), '1:00.000');
    assert.equal(clockTime(3725.25), '1:02:05.250');
  });

  it('estimates the frame rate from shown frames although some are missing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(24, 25, 30, 50, 60),
        fc.array(fc.constantFrom(1, 1, 1, 2), { minLength: 20, maxLength: 40 }),
        (perSecond, gaps) => {
          fc.pre(gaps.filter(gap => gap === 1).length > gaps.length / 2);
          let n = 0;
          const times = gaps.map(gap => Math.round(((n += gap) / perSecond) * 1e6) / 1e6);
          assert.equal(estimateFrameRate(times), perSecond);
        },
      ),
    );
  });

  it('does not guess a frame rate from too little', () => {
    assert.equal(estimateFrameRate([]), undefined);
    assert.equal(estimateFrameRate([0, 0.04, 0.08]), undefined);
    assert.equal(estimateFrameRate([0, 0.7, 1.4, 2.1, 2.8, 3.5, 4.2, 4.9]), undefined);
  });
});
