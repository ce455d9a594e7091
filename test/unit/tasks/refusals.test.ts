import assert from 'node:assert/strict';
import { failing } from '../../support/failingLedger.ts';
import { startRig, type FollowerRig } from '../../support/followerRig.ts';

describe('a refusal whose cause holds for all that wait', () => {
  let rig: FollowerRig;
  beforeEach(async () => {
    rig = await startRig({ idempotency: false });
  });
  afterEach(() => rig.close());

  for (const [error, kind] of [
    ['insufficient_quota', 'balance'],
    ['unauthorized', 'key'],
    ['permission_denied', 'forbidden'],
    ['key_quota_exhausted', 'keyLimit'],
  ] as const) {
    it(`leaves the rest waiting with it after ${error}, unsent and uncharged`, async () => {
      rig.faults.order({ on: 'create', error, times: 20 });
      const queue = rig.queue({ maxConcurrent: () => 2 });
      const tasks = await Promise.all(Array.from({ length: 12 }, () => rig.add()));
      const sent = await Promise.all(tasks.map(({ id }) => queue.submit(id)));
      const states = sent.map(task => task?.state);
      const refused = states.filter(state => state === 'rejected').length;
      assert(refused >= 1 && refused <= 2, `${refused} were sent`);
      assert.equal(rig.simulator.posts.length, refused);
      assert.equal(states.filter(state => state === 'waiting').length, 12 - refused);
      for (const task of sent) assert.deepEqual([task?.error?.kind, task?.charged], [kind, 'no']);
    });
  }

  it('settles every one of the rest though the cause can’t be written to some, and sends them later', async () => {
    rig.faults.order({ on: 'create', error: 'insufficient_quota' });
    const queue = rig.queue({ ledger: failing(rig.ledger, 'delayed', 2), maxConcurrent: () => 1 });
    const tasks = [await rig.add(), await rig.add(), await rig.add(), await rig.add()];
    const sent = await Promise.all(tasks.map(({ id }) => queue.submit(id)));
    assert.deepEqual(
      sent.map(task => [task?.state, task?.error?.kind]),
      [
        ['rejected', 'balance'],
        ['waiting', undefined],
        ['waiting', undefined],
        ['waiting', 'balance'],
      ],
    );
    assert.equal(rig.simulator.posts.length, 1);
    assert.equal(rig.lines.filter(line => line.includes('disk is full')).length, 2);
    assert.equal((await queue.submit(tasks[1]?.id ?? ''))?.state, 'queued');
  });

  it('is nothing that concerns one prompt alone', async () => {
    rig.faults.order({ on: 'create', error: 'content_policy_violation' });
    const queue = rig.queue({ maxConcurrent: () => 1 });
    const tasks = await Promise.all([rig.add(), rig.add()]);
    const sent = await Promise.all(tasks.map(({ id }) => queue.submit(id)));
    assert.deepEqual(
      sent.map(task => task?.state),
      ['rejected', 'queued'],
    );
  });

  it('sends all of them when the user says so', async () => {
    rig.faults.order({ on: 'create', error: 'insufficient_quota' });
    const queue = rig.queue({ maxConcurrent: () => 1 });
    const tasks = await Promise.all(Array.from({ length: 4 }, () => rig.add()));
    const sent = await Promise.all(tasks.map(({ id }) => queue.submit(id)));
    const waiting = sent.filter(task => task?.state === 'waiting').map(task => task?.id ?? '');
    assert.equal(waiting.length, 3);
    const again = rig.queue({ maxConcurrent: () => 10 });
    const states = (await Promise.all(waiting.map(id => again.submit(id)))).map(task => task?.state);
    assert.deepEqual(states, ['queued', 'queued', 'queued']);
  });
});
