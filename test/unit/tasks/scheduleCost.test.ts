import assert from 'node:assert/strict';
import { DURATION_KINDS, PROGRESS_KINDS } from '../../bench/scheduleKinds.ts';
import { limitOfManyLooks, product } from '../../bench/scheduleOptimum.ts';
import { costOfOurs, costOfPolicy, drawTasks } from '../../bench/scheduleSimulation.ts';

/** Simulated and seeded, so the same on every machine; test/bench/schedule.ts prints the whole table. */
describe('the cost of the schedule, wait × requests', () => {
  for (const [name, kind] of Object.entries(DURATION_KINDS)) {
    const tasks = drawTasks(kind, 200);
    const limit = limitOfManyLooks(kind);

    it(`is near the best possible for durations ${name}, when progress says nothing`, () => {
      for (const silent of ['silent', 'stuck at 99']) {
        const cost = product(costOfOurs(tasks, PROGRESS_KINDS[silent]!));
        assert.ok(cost < 1.3 * limit, `${silent}: ${cost}`);
      }
    });

    it(`is below the best possible without progress for durations ${name}, when progress tells something`, () => {
      for (const telling of ['linear', 'steps of 10', 'steps of 25']) {
        const cost = product(costOfOurs(tasks, PROGRESS_KINDS[telling]!));
        assert.ok(cost < 0.75 * limit, `${telling}: ${cost}`);
      }
    });

    it(`is half the duration for any fixed interval and durations ${name}`, () => {
      for (const interval of [1, 3, 8]) {
        const cost = product(costOfPolicy(tasks, () => interval));
        assert.ok(cost > 0.9 && cost < 1.15, `${interval} s: ${cost}`);
      }
    });
  }
});
