import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '../../../src/simulator/faults.ts';
import { failing } from '../../support/failingLedger.ts';
import { startRig, type FollowerRig } from '../../support/followerRig.ts';
import { waitFor } from '../../support/waitFor.ts';

describe('SubmissionQueue', () => {
  let rig: FollowerRig;
  beforeEach(async () => {
    rig = await startRig({ idempotency: false });
  });
  afterEach(() => rig.close());

  const outcomes: readonly [string, Fault, string, string, number][] = [
    // name, fault, state, charged, tasks at EvoLink
    ['a refusal', { on: 'create', error: 'content_policy_violation' }, 'rejected', 'no', 0],
    ['a wrong key', { on: 'create', error: 'unauthorized' }, 'rejected', 'no', 0],
    ['an empty balance', { on: 'create', error: 'insufficient_quota' }, 'rejected', 'no', 0],
    ['EvoLink’s own fault', { on: 'create', error: 'internal_error' }, 'uncertain', 'unknown', 0],
    ['a cut', { on: 'create', cut: true }, 'uncertain', 'unknown', 0],
    ['a cut after it was taken', { on: 'create', cut: true, processed: true }, 'uncertain', 'unknown', 1],
    ['a proxy’s empty 502', { on: 'create', preset: 'empty-502' }, 'uncertain', 'unknown', 0],
    ['a page of HTML', { on: 'create', preset: 'html-200', processed: true }, 'uncertain', 'unknown', 1],
    ['half an answer', { on: 'create', preset: 'half-json', processed: true }, 'uncertain', 'unknown', 1],
    ['an answer without id', { on: 'create', remove: ['id'] }, 'uncertain', 'unknown', 1],
    ['a 409 of an open POST', { on: 'create', error: 'paid_outcome_unknown' }, 'uncertain', 'unknown', 0],
    ['a time-out', { on: 'create', delay: 2.3, processed: true }, 'uncertain', 'unknown', 1],
  ];
  for (const [name, fault, state, charged, made] of outcomes) {
    it(`sends once and calls the task ${state} after ${name}`, async () => {
      rig.faults.order(fault);
      const { id } = await rig.add();
      const task = await rig.queue().submit(id);
      assert.equal(task?.state, state);
      assert.equal(task.charged, charged);
      assert.equal(task.error?.kind === undefined, false);
      assert.equal(rig.simulator.posts.length, 1);
      assert.equal(rig.simulator.tasks.length, made);
      assert.deepEqual(rig.faults.left, []);
      assert(!JSON.stringify([task, rig.lines]).includes(rig.simulator.key));
    });
  }

  it('has the intent on the disk as submitting while the request is out', async () => {
    rig.faults.order({ on: 'create', delay: 0.3 });
    const { id } = await rig.add();
    const sending = rig.queue().submit(id);
    await waitFor('the request', () => rig.simulator.posts.length === 1);
    assert.equal(rig.secondLedger().get(id)?.state, 'submitting');
    assert.equal((await sending)?.state, 'queued');
  });

  for (const error of ['rate_limit_exceeded', 'no_available_channel']) {
    it(`sends again with the same idempotency key after ${error}`, async () => {
      rig.faults.order({ on: 'create', error, times: 3 });
      const { id, idempotencyKey } = await rig.add();
      assert.equal((await rig.queue().submit(id))?.state, 'queued');
      assert.deepEqual(
        rig.simulator.posts.map(({ headers }) => headers['idempotency-key']),
        Array.from({ length: 4 }, () => idempotencyKey),
      );
      assert.equal(rig.simulator.tasks.length, 1);
    });
  }

  it('waits as long as Retry-After says, and longer each time', async () => {
    rig.faults.order({ on: 'create', error: 'rate_limit_exceeded', headers: { 'retry-after': '30' } });
    rig.faults.order({ on: 'create', error: 'rate_limit_exceeded', times: 2 });
    const waits: number[] = [];
    const sleep = (milliseconds: number): Promise<void> => (waits.push(milliseconds), Promise.resolve());
    const { id } = await rig.add();
    await rig.queue({ sleep }).submit(id);
    assert.deepEqual(waits, [30_000, 2_000, 4_000]);
  });

  it('leaves a task waiting, uncharged and unsent, where EvoLink can’t be reached', async () => {
    const { id } = await rig.add({ origin: 'http://127.0.0.1:9' });
    const { EvoLinkClient } = await import('../../../src/evolink/client.ts');
    let made = 0;
    const clientFor = (origin: string) => {
      made += 1;
      return Promise.resolve(new EvoLinkClient({ baseUrl: origin, key: 'sk-test', userAgent: 'test' }));
    };
    const task = await rig.queue({ clientFor }).submit(id);
    assert.equal(task?.state, 'waiting');
    assert.equal(task.charged, 'no');
    assert.equal(task.error?.kind, 'unreachable');
    assert.equal(made, 4);
  });

  it('leaves a task waiting where there is no key, and sends it when there is one', async () => {
    const { id } = await rig.add();
    const queue = rig.queue();
    rig.key = undefined;
    const waiting = await queue.submit(id);
    assert.deepEqual([waiting?.state, waiting?.error?.kind], ['waiting', 'key']);
    assert.equal(rig.simulator.posts.length, 0);
    rig.key = rig.simulator.key;
    assert.equal((await queue.submit(id))?.state, 'queued');
  });

  it('sends a task once, however often and from however many windows it is submitted', async () => {
    const { id } = await rig.add();
    const [first, second] = [rig.queue(), rig.queue({ ledger: rig.secondLedger() })];
    assert.equal(first.submit(id), first.submit(id));
    const results = await Promise.all([
      first.submit(id),
      second.submit(id),
      first.submit(id),
      second.submit(id),
    ]);
    assert.equal(rig.simulator.posts.length, 1);
    for (const task of results) assert(task && task.state !== 'waiting');
    assert.equal((await first.submit(id))?.remoteId, rig.simulator.tasks[0]?.id);
    assert.equal(rig.simulator.posts.length, 1);
  });

  it('keeps trying to write what EvoLink accepted while the disk is full, and names its id in the log', async () => {
    const ledger = failing(rig.ledger, 'accepted', 3);
    const { id } = await rig.add();
    const task = await rig.queue({ ledger }).submit(id);
    const remoteId = rig.simulator.tasks[0]?.id;
    assert.deepEqual([task?.state, task?.remoteId], ['queued', remoteId]);
    assert(remoteId);
    assert(rig.lines.some(line => line.includes('could not be written') && line.includes(remoteId)));
    assert.equal(rig.simulator.posts.length, 1);
  });

  it('sends nothing where the intent can’t be written', async () => {
    const ledger = failing(rig.ledger, 'submit', 1);
    const { id } = await rig.add();
    await assert.rejects(rig.queue({ ledger }).submit(id), /disk is full/);
    assert.equal(rig.simulator.posts.length, 0);
    assert.equal(rig.ledger.get(id)?.state, 'waiting');
  });

  it('takes an answer that comes after the task was called uncertain', async () => {
    rig.faults.order({ on: 'create', delay: 0.3, processed: true });
    const { id } = await rig.add();
    const sending = rig.queue().submit(id);
    await waitFor('the request', () => rig.simulator.posts.length === 1);
    // Another window takes this one for dead.
    await rig.ledger.apply(id, { type: 'outcomeUnknown', error: { kind: 'windowGone', message: '' } });
    const task = await sending;
    assert.deepEqual([task?.state, task?.remoteId], ['queued', rig.simulator.tasks[0]?.id]);
  });

  it('loses neither of two paid tasks where the first answer comes after the user sent it again', async () => {
    rig.faults.order({ on: 'create', delay: 0.6, processed: true });
    const { id } = await rig.add();
    const first = rig.queue().submit(id);
    await waitFor('the request', () => rig.simulator.posts.length === 1);
    await rig.ledger.apply(id, { type: 'outcomeUnknown', error: { kind: 'windowGone', message: '' } });
    await rig.ledger.apply(id, { type: 'sendAgain', owner: 'window-2' });
    await rig.queue().submit(id);
    await first;
    const known = rig.ledger.all().map(task => task.remoteId);
    assert.deepEqual(new Set(known), new Set(rig.simulator.tasks.map(task => task.id)));
    assert.equal(known.length, 2);
  });

  it('does not call a task uncharged that was uncertain before it was refused', async () => {
    rig.faults.order({ on: 'create', cut: true, processed: true });
    rig.faults.order({ on: 'create', error: 'content_policy_violation' });
    const { id } = await rig.add();
    const queue = rig.queue();
    await queue.submit(id);
    await rig.ledger.apply(id, { type: 'sendAgain', owner: 'window-1' });
    const task = await queue.submit(id);
    assert.deepEqual([task?.state, task?.charged], ['rejected', 'unknown']);
  });

  it('keeps the answer of a request that was out when the window closes', async () => {
    rig.faults.order({ on: 'create', delay: 0.3 });
    const [sent, waiting] = [await rig.add(), await rig.add()];
    const queue = rig.queue({ maxConcurrent: () => 1 });
    void queue.submit(sent.id);
    const second = queue.submit(waiting.id);
    await waitFor('the request', () => rig.simulator.posts.length === 1);
    await queue.end();
    assert.equal(rig.ledger.get(sent.id)?.state, 'queued');
    assert.equal((await second)?.state, 'waiting');
    assert.equal(rig.simulator.posts.length, 1);
  });

  it('sends in order, no more at once than allowed, and goes on when one has ended', async () => {
    const tasks = [
      await rig.add({ prompt: 'a' }),
      await rig.add({ prompt: 'b' }),
      await rig.add({ prompt: 'c' }),
    ];
    const queue = rig.queue({ maxConcurrent: () => 2 });
    rig.faults.order({ on: 'create', error: 'rate_limit_exceeded', times: 2 });
    const results = tasks.map(task => queue.submit(task.id));
    const [first] = await Promise.all([results[0], results[1]]);
    await pause(100);
    const prompts = () => rig.simulator.tasks.map(({ request }) => request.prompt);
    assert.deepEqual(prompts().toSorted(), ['a', 'b']);
    assert(first);
    await rig.ledger.apply(first.id, { type: 'failed', error: { kind: 'x', message: '' }, charged: 'no' });
    await results[2];
    assert.deepEqual(prompts().at(-1), 'c');
  });

  it('leaves a task to the window that the user sent it from, though it waits here too', async () => {
    let room = 0;
    const { id } = await rig.add({ owner: 'window-1' });
    const first = rig.queue({ maxConcurrent: () => room }).submit(id);
    await rig.ledger.apply(id, { type: 'sendAgain', owner: 'window-2' });
    room = 1;
    await rig.add({ state: 'failed' });
    assert.equal((await first)?.state, 'waiting');
    // Were it sent here and this window died, nobody would know: the other one lives.
    assert.equal(rig.simulator.posts.length, 0);
    assert.equal((await rig.queue().submit(id))?.state, 'queued');
    assert.equal(rig.simulator.posts.length, 1);
  });

  it('is not held up by tasks that this account does not see, or of another EvoLink', async () => {
    for (const kind of ['key', 'forbidden', 'notFound'])
      await rig.add({ state: 'queued', remoteId: `task-unified-1-${kind}`, error: { kind, message: '' } });
    await rig.add({ state: 'generating', remoteId: 'task-unified-1-a', origin: 'https://other.example.com' });
    const { id } = await rig.add();
    const sending = rig.queue({ maxConcurrent: () => 1 }).submit(id);
    await waitFor('the request', () => rig.simulator.posts.length === 1, 1_000);
    assert.equal((await sending)?.state, 'queued');
  });

  it('does not wait for a day because one answer asks for that', async () => {
    rig.faults.order({ on: 'create', error: 'rate_limit_exceeded', headers: { 'retry-after': '86400' } });
    const waits: number[] = [];
    const sleep = (milliseconds: number): Promise<void> => (waits.push(milliseconds), Promise.resolve());
    const { id } = await rig.add();
    await rig.queue({ sleep }).submit(id);
    assert.deepEqual(waits, [3600_000]);
  });

  it('says so with the task where its key can’t be read', async () => {
    const { id } = await rig.add();
    const silent = new Error('VS Code does not answer.');
    await assert.rejects(
      rig.queue({ clientFor: () => Promise.reject(silent) }).submit(id),
      /does not answer/,
    );
    const task = rig.ledger.get(id);
    assert.deepEqual([task?.state, task?.error?.kind], ['waiting', 'internal']);
    assert.equal((await rig.queue().submit(id))?.state, 'queued');
  });

  it('sends what waits though the list could not be read for a moment', async () => {
    let isLocked = false;
    const ledger = new Proxy(rig.ledger, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          if (name === 'count' && isLocked) throw new Error('database is locked');
          return Reflect.apply(value, target, args);
        };
      },
    });
    const [first, second] = [await rig.add(), await rig.add()];
    const queue = rig.queue({ ledger, maxConcurrent: () => 1 });
    await queue.submit(first.id);
    const sending = queue.submit(second.id);
    isLocked = true;
    await rig.ledger.apply(first.id, { type: 'failed', error: { kind: 'x', message: '' }, charged: 'no' });
    isLocked = false;
    assert.equal((await sending)?.state, 'queued');
  });

  it('does nothing with a task that was removed while it waited', async () => {
    const { id } = await rig.add();
    await rig.ledger.remove(id);
    assert.equal(await rig.queue().submit(id), undefined);
    assert.equal(rig.simulator.posts.length, 0);
  });

  it('sends 500 tasks, each once', async () => {
    const many = await startRig({ idempotency: false }, true);
    const tasks = await Promise.all(Array.from({ length: 500 }, () => many.add()));
    const queue = many.queue({ maxConcurrent: () => 1000 });
    await Promise.all(tasks.map(task => queue.submit(task.id)));
    assert.equal(many.simulator.posts.length, 500);
    assert.equal(new Set(many.ledger.all().map(task => task.remoteId)).size, 500);
    await many.close();
  });
});
