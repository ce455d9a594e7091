import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  BURST,
  MAX_SLOWNESS,
  REFILL_SECONDS,
  newBudget,
  slowDown,
  spend,
  type RequestBudget,
} from '../../../src/tasks/requestBudget.ts';

/** Sends as fast as the budget allows; returns when each request went out. */
function sendAll(budget: RequestBudget, from: number, count: number): number[] {
  const sent: number[] = [];
  let now = from;
  while (sent.length < count) {
    const answer = spend(budget, now);
    budget = answer.budget;
    if (answer.granted) sent.push(now);
    else {
      assert.ok(answer.at > now);
      now = answer.at;
    }
  }
  return sent;
}

describe('the request budget', () => {
  it('allows a burst, then one request per interval', () => {
    const sent = sendAll(newBudget(0), 0, BURST + 3);
    assert.deepEqual(sent, [
      ...Array.from({ length: BURST }, () => 0),
      REFILL_SECONDS * 1000,
      REFILL_SECONDS * 2000,
      REFILL_SECONDS * 3000,
    ]);
  });

  it('never grants more than burst and rate allow, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100_000, max: 100_000 }), { maxLength: 100 }), steps => {
        let budget = newBudget(0);
        let now = 0;
        let granted = 0;
        let forward = 0;
        for (const step of steps) {
          now += step;
          forward += Math.max(0, step);
          const answer = spend(budget, now);
          budget = answer.budget;
          if (answer.granted) granted += 1;
          else assert.ok(Number.isFinite(answer.at) && answer.at >= now);
        }
        assert.ok(granted <= BURST + forward / 1000 / REFILL_SECONDS);
      }),
    );
  });

  it('fills up to one burst after sleep', () => {
    const { budget } = spend(newBudget(0), 0);
    assert.deepEqual(sendAll(budget, 1e9, BURST + 1).at(-1), 1e9 + REFILL_SECONDS * 1000);
  });

  it('pauses as long as a 429 asks, then goes on slower and without a burst', () => {
    const sent = sendAll(slowDown(newBudget(0), 0, 30), 0, 3);
    assert.ok((sent[0] ?? 0) >= 30_000);
    const calm = sendAll(newBudget(0), 0, BURST + 1).at(-1) ?? 0;
    const slow = sendAll(slowDown(newBudget(0), 0), 0, 2);
    assert.ok((slow[1] ?? 0) - (slow[0] ?? 0) > calm);
  });

  it('gets slower with each 429 up to a limit, and recovers', () => {
    let budget = newBudget(0);
    for (let i = 0; i < 20; i++) budget = slowDown(budget, 0);
    assert.equal(budget.slowness, MAX_SLOWNESS);
    assert.equal(spend(budget, 3_600_000).budget.slowness, 1);
  });

  it('does not stay paused because the clock was set back', () => {
    const paused = slowDown(newBudget(1e9), 1e9, 30);
    const answer = spend(paused, 1e6);
    assert.ok(!answer.granted && answer.at <= 1e6 + 30_000);
  });
});
