import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ProcessLock } from '../../../src/tasks/lock.ts';
import { hostCheck } from '../../../src/workbench/limits.ts';
import { startRig, type FollowerRig } from '../../support/followerRig.ts';
import { waitFor } from '../../support/waitFor.ts';

describe('Follower, among the windows of a machine', () => {
  let rig: FollowerRig;
  beforeEach(async () => {
    rig = await startRig();
  });
  afterEach(() => rig.close());

  const queries = (): number =>
    rig.simulator.requests.filter(({ path }) => path.startsWith('/v1/tasks/')).length;

  it('follows by one process at a time, and another goes on when it ends', async () => {
    const { id } = await rig.addAccepted();
    const holder = new ProcessLock(join(rig.folder, 'follower.lock'));
    assert(holder.tryAcquire());
    const second = rig.secondLedger();
    rig.follower({ ledger: second });
    await pause(400);
    assert.equal(queries(), 0);
    holder.release();
    await waitFor('the other', () => second.get(id)?.state === 'saved');
  });

  it('lets go of the lock when VS Code does not answer', async () => {
    await rig.addAccepted({ prompt: 'slow' });
    const lock = new ProcessLock(join(rig.folder, 'follower.lock'));
    let alive = true;
    rig.faults.order({ on: 'file', stallAt: 50_000, times: 50 });
    rig.follower({ lock, isHostAlive: () => Promise.resolve(alive) });
    await waitFor('the lock', () => lock.held);
    alive = false;
    await waitFor('the release', () => !lock.held, 12_000);
  });

  it('is replaced within 15 s where VS Code falls silent, and does not come in the way again', async () => {
    await rig.addAccepted();
    rig.faults.order({ on: 'file', stallAt: 50_000, stallFor: 60, times: 50 });
    const [lock, other] = [0, 1].map(() => new ProcessLock(join(rig.folder, 'follower.lock')));
    assert(lock && other);
    let silent = false;
    const isHostAlive = hostCheck({ update: () => (silent ? new Promise(() => {}) : Promise.resolve()) });
    rig.follower({ lock, isHostAlive });
    await waitFor('the lock', () => lock.held);
    const second = rig.follower({ ledger: rig.secondLedger(), lock: other });
    // The worst moment: it has just answered.
    await isHostAlive();
    silent = true;
    await waitFor('the other', () => other.held, 15_000);
    await second.end();
    const end = performance.now() + 9_000;
    while (performance.now() < end) {
      assert(!lock.held);
      await pause(20);
    }
  });

  it('lets go of the lock after sleep, and goes on', async () => {
    const { id } = await rig.addAccepted();
    rig.faults.order({ on: 'file', stallAt: 50_000, times: 1 });
    const lock = new ProcessLock(join(rig.folder, 'follower.lock'));
    const follower = rig.follower({ lock });
    await new Promise<void>(resolve => follower.onDidDownload(() => resolve()));
    let released = 0;
    const release = lock.release.bind(lock);
    lock.release = () => {
      released += 1;
      release();
    };
    rig.clockAhead = 3600_000;
    follower.refresh();
    await rig.reaches(id, 'saved');
    assert(released > 0);
    assert(rig.lines.some(line => line.includes('machine slept')));
  });

  it('writes nothing once the lock is gone', async () => {
    const { id } = await rig.addAccepted();
    let held = true;
    rig.faults.order({ on: 'query', delay: 0.3 });
    rig.follower({
      lock: {
        get held() {
          return held;
        },
        tryAcquire: () => held,
        release: () => {},
      },
    });
    await waitFor('the look', () => queries() === 1);
    held = false;
    await pause(600);
    assert.notEqual(rig.ledger.get(id)?.state, 'downloading');
    assert.equal(rig.ledger.get(id)?.progress, 0);
  });
});
