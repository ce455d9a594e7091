import assert from 'node:assert/strict';
import { checkOutcome, type OutcomeCheck } from '../../../src/tasks/outcomes.ts';
import { OutcomeWatch, type OutcomeWatchOptions } from '../../../src/tasks/outcomeWatch.ts';
import { startRig, type FollowerRig } from '../../support/followerRig.ts';
import { waitFor } from '../../support/waitFor.ts';

describe('OutcomeWatch', () => {
  let rig: FollowerRig;
  let watch: OutcomeWatch | undefined;
  let pauses: number[];
  beforeEach(async () => {
    rig = await startRig({ idempotency: false });
    pauses = [];
    watch = undefined;
  });
  afterEach(async () => {
    watch?.dispose();
    await rig.close();
  });

  function start(changes: Partial<OutcomeWatchOptions> = {}): void {
    const { ledger, clientFor, now } = rig;
    const log = (line: string): void => void rig.lines.push(line);
    watch = new OutcomeWatch({
      ledger,
      check: id => checkOutcome(id, { ledger, clientFor, log }),
      isMine: () => true,
      sleep: pause => {
        pauses.push(pause);
        return new Promise(resolve => setImmediate(resolve));
      },
      now,
      log,
      ...changes,
    });
  }

  /** @param taken whether EvoLink has the task, though its answer was lost */
  async function uncertain(taken: boolean): Promise<string> {
    rig.faults.order({ on: 'create', cut: true, processed: taken });
    const { id } = await rig.add();
    assert.equal((await rig.queue().submit(id))?.state, 'uncertain');
    return id;
  }

  it('takes up a task whose answer was lost, and it is saved without another POST', async () => {
    start();
    const id = await uncertain(true);
    rig.follower();
    await rig.reaches(id, 'saved');
    assert.deepEqual(pauses, [10_000]);
    assert.equal(rig.simulator.posts.length, 1);
  });

  it('takes up what was uncertain when the window started', async () => {
    const id = await uncertain(true);
    start();
    await rig.reaches(id, 'queued');
  });

  it('asks three times where the list does not know it, and leaves it to the user then', async () => {
    start();
    const id = await uncertain(false);
    await waitFor('three looks', () => pauses.length === 3);
    await waitFor('the answers', () => rig.lines.filter(line => line.includes('says none')).length === 3);
    assert.deepEqual(pauses, [10_000, 60_000, 300_000]);
    assert.equal(rig.ledger.get(id)?.state, 'uncertain');
  });

  it('goes on when there is a key again', async () => {
    const id = await uncertain(true);
    rig.key = undefined;
    const key = rig.simulator.key;
    start({
      sleep: pause => {
        pauses.push(pause);
        if (pauses.length === 2) rig.key = key;
        return new Promise(resolve => setImmediate(resolve));
      },
    });
    await rig.reaches(id, 'queued');
    assert.equal(pauses.length, 2);
  });

  it('goes on where EvoLink is away', async () => {
    rig.faults.order({ on: 'list', cut: true });
    start();
    const id = await uncertain(true);
    await rig.reaches(id, 'queued');
    assert.equal(pauses.length, 2);
  });

  it('does not ask for what another window looks after, what is old, and what is settled', async () => {
    const asked: string[] = [];
    const check = (id: string): Promise<OutcomeCheck> => {
      asked.push(id);
      return Promise.resolve({ kind: 'noList' });
    };
    const old = await uncertain(false);
    rig.clockAhead = 25 * 3600_000;
    const others = await rig.add({ owner: 'another' });
    await rig.ledger.apply(others.id, { type: 'submit' });
    await rig.ledger.apply(others.id, { type: 'outcomeUnknown', error: { kind: 'timeout', message: '' } });
    const mine = await uncertain(false);
    start({ check, isMine: task => task.owner !== 'another' });
    await waitFor('the one', () => asked.length === 1);
    await rig.ledger.apply(old, { type: 'sendAgain', owner: 'me' });
    await new Promise(resolve => setTimeout(resolve, 50));
    assert.deepEqual(asked, [mine]);
  });

  it('asks nothing more when it was ended', async () => {
    const { promise, resolve: wake } = Promise.withResolvers<void>();
    start({
      sleep: () => promise,
      check: () => Promise.reject(new Error('asked')),
    });
    await uncertain(true);
    watch?.dispose();
    wake();
    await new Promise(resolve => setImmediate(resolve));
    assert(!rig.lines.some(line => line.includes('asked')));
  });
});
