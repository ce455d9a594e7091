import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { EvoLinkClient } from '../../../src/evolink/client.ts';
import { ProcessLock } from '../../../src/tasks/lock.ts';
import { join } from 'node:path';
import { failing } from '../../support/failingLedger.ts';
import { startRig, type FollowerRig } from '../../support/followerRig.ts';
import { passTime } from '../../support/passTime.ts';
import { waitFor } from '../../support/waitFor.ts';

const HOUR = 3600_000;

describe('Follower, over hours and through jumps of the clock', () => {
  let rig: FollowerRig;
  beforeEach(async () => {
    rig = await startRig();
  });
  afterEach(() => rig.close());

  const queries = (): number =>
    rig.simulator.requests.filter(({ path }) => path.startsWith('/v1/tasks/')).length;

  it('goes on by itself after the clock was set back', async () => {
    const { id } = await rig.addAccepted();
    rig.faults.order({ on: 'query', error: 'internal_error' });
    rig.follower();
    await waitFor('the look', () => rig.ledger.get(id)?.error?.kind === 'server');
    rig.clockAhead = -30 * 24 * HOUR;
    await rig.reaches(id, 'saved');
  });

  it('downloads by itself after the clock was set back', async () => {
    const { id } = await rig.addAccepted();
    rig.faults.order({ on: 'file', preset: 'plain-500', times: 3 });
    rig.follower();
    await waitFor('the failure', () => rig.ledger.get(id)?.error?.kind === 'http');
    rig.clockAhead = -30 * 24 * HOUR;
    await rig.reaches(id, 'saved', 20_000);
  });

  it('asks soon for another link of an old task, since the video can be lost', async () => {
    const { id } = await rig.addAccepted();
    rig.clockAhead = 20 * HOUR;
    rig.faults.order({ on: 'file', answer: { status: 403 } });
    rig.follower();
    await rig.reaches(id, 'saved');
  });

  it('asks soon again where the look for another link of an old task failed', async () => {
    const { id } = await rig.addAccepted();
    rig.clockAhead = 20 * HOUR;
    rig.faults.order({ on: 'file', answer: { status: 403 } }, { on: 'query', skip: 1, cut: true });
    rig.follower();
    await rig.reaches(id, 'saved', 25_000);
  });

  it('asks ever more seldom for another link where each is dead', async () => {
    const { id } = await rig.addAccepted();
    rig.faults.order({ on: 'file', answer: { status: 403 }, times: 1e6 });
    rig.follower();
    await passTime(rig, HOUR);
    assert.equal(rig.ledger.get(id)?.state, 'downloading');
    console.log(`      ${queries()} looks in an hour`);
    assert(queries() <= 25, `${queries()} looks`);
  });

  it('tries once a minute while the network is away for hours, and saves what was finished meanwhile', async () => {
    const ids = [await rig.addAccepted(), await rig.addAccepted(), await rig.addAccepted()].map(
      ({ id }) => id,
    );
    let probes = 0;
    let online = false;
    const nowhere = new EvoLinkClient({
      baseUrl: 'http://127.0.0.1:9',
      key: 'sk-test',
      userAgent: 'test',
      limits: { readRetries: 0 },
      log: (_, line) => void (line.includes('unreachable') && (probes += 1)),
    });
    rig.follower({
      clientFor: async origin => (online ? await rig.clientFor(origin) : nowhere),
    });
    await passTime(rig, 3 * HOUR);
    console.log(`      ${probes} tries in three hours`);
    assert(probes >= 100 && probes <= 200, `${probes} tries`);
    for (const id of ids) assert.equal(rig.ledger.get(id)?.state, 'queued');
    online = true;
    await passTime(rig, 60_000);
    for (const id of ids) await rig.reaches(id, 'saved');
    assert.equal(rig.simulator.posts.length, 3);
  });

  it('does not ask EvoLink without end while the disk takes no answer', async () => {
    const { id } = await rig.addAccepted();
    rig.follower({ ledger: failing(rig.ledger, 'completed', 2) });
    await pause(3_000);
    assert(queries() <= 2, `${queries()} looks`);
    await rig.reaches(id, 'saved', 40_000);
    assert.equal(queries(), 3);
  });

  it('leaves following to a window that has the key', async () => {
    const { id } = await rig.addAccepted();
    const without = rig.follower({ clientFor: () => Promise.resolve(undefined) });
    await waitFor('the word', () => rig.ledger.get(id)?.error?.kind === 'key');
    const lock = new ProcessLock(join(rig.folder, 'follower.lock'));
    const second = rig.secondLedger();
    rig.follower({ ledger: second, lock });
    await waitFor('the video', () => second.get(id)?.state === 'saved');
    await without.end();
  });

  it('brings a video home without a key where its link is known', async () => {
    const { id } = await rig.addAccepted();
    rig.faults.order({ on: 'file', preset: 'plain-500' });
    const first = rig.follower();
    await waitFor('the link', () => rig.ledger.get(id)?.resultUrl !== undefined);
    await first.end();
    rig.key = undefined;
    rig.follower();
    await rig.reaches(id, 'saved');
  });
});
