import assert from 'node:assert/strict';
import { runCrashes } from '../../support/crashHarness.ts';

describe('Death at random instants', () => {
  it('loses no task, sends none twice, and saves every finished video whole', async function () {
    const result = await runCrashes({
      kills: 25,
      // Where the machine is slow there are fewer; `npm run soak` has hundreds.
      milliseconds: 15_000,
      windows: 3,
      tasksEach: 1,
      lifetime: 700,
    });
    assert.deepEqual(result.broken, []);
    assert(result.kills >= 3, `only ${result.kills} kills`);
    assert(result.tasks >= 3, `only ${result.tasks} tasks`);
  });
});
