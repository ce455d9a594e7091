import assert from 'node:assert/strict';
import type { RemoteTaskSummary } from '../../../src/evolink/answers.ts';
import { adoptTask } from '../../../src/tasks/adopt.ts';
import { checkOutcome, decideOutcome } from '../../../src/tasks/outcomes.ts';
import { explainOrphans } from '../../../src/tasks/windows.ts';
import { startRig, type FollowerRig } from '../../support/followerRig.ts';
import { makeRecord } from '../../support/records.ts';

const SENT = 1_790_000_000_000;
const MODEL = 'seedance-2.0-text-to-video';
const uncertain = makeRecord({ state: 'uncertain', sentAt: SENT, updatedAt: SENT + 5_000 });

function remote(changes: Partial<RemoteTaskSummary> = {}): RemoteTaskSummary {
  return {
    id: 'task-unified-1-a',
    model: MODEL,
    type: 'video',
    status: 'processing',
    state: 'generating',
    knownStatus: true,
    createdAt: SENT + 1_000,
    ...changes,
  };
}

const nobody = (_id: string): boolean => false;

const decide = (tasks: RemoteTaskSummary[], claimed = nobody, others = [uncertain], complete = true) =>
  decideOutcome(uncertain, { tasks, complete }, claimed, others).kind;

describe('decideOutcome', () => {
  it('adopts the one task of the model that was created while the POST was out', () => {
    assert.equal(decide([remote()]), 'adopt');
    assert.equal(decide([remote(), remote({ id: 'b', model: 'another' })]), 'adopt');
    assert.equal(decide([remote(), remote({ id: 'b', createdAt: SENT - 3600_000 })]), 'adopt');
    assert.equal(decide([remote(), remote({ id: 'b', createdAt: SENT + 3600_000 })]), 'adopt');
    assert.equal(decide([remote(), remote({ id: 'b', type: 'image' })]), 'adopt');
  });

  it('leaves it to the user where more than one can be it', () => {
    assert.equal(decide([remote(), remote({ id: 'b' })]), 'candidates');
  });

  it('leaves it to the user where another task of the ledger can be that one', () => {
    const rival = makeRecord({ state: 'uncertain', sentAt: SENT + 2_000, updatedAt: SENT + 9_000 });
    assert.equal(decide([remote()], nobody, [uncertain, rival]), 'candidates');
    const sending = makeRecord({ state: 'submitting', sentAt: SENT + 2_000 });
    assert.equal(decide([remote()], nobody, [uncertain, sending]), 'candidates');
  });

  it('never takes a task that another one is', () => {
    assert.equal(
      decide([remote()], id => id === 'task-unified-1-a'),
      'none',
    );
  });

  it('leaves it to the user where the list does not say enough', () => {
    const { createdAt: _when, ...timeless } = remote();
    const { model: _which, ...modelless } = remote();
    assert.equal(decide([timeless]), 'candidates');
    assert.equal(decide([modelless]), 'candidates');
    assert.equal(decide([remote()], nobody, [uncertain], false), 'candidates');
  });

  it('does not stretch the POST of a window that died to the day on which that was seen', () => {
    const orphan = { ...uncertain, updatedAt: SENT + 24 * 3600_000 };
    const late = remote({ createdAt: SENT + 3600_000 });
    assert.equal(decideOutcome(orphan, { tasks: [late], complete: true }, nobody, [orphan]).kind, 'none');
  });
});

describe('checkOutcome', () => {
  let rig: FollowerRig;
  beforeEach(async () => {
    rig = await startRig({ idempotency: false });
  });
  afterEach(() => rig.close());
  const check = (id: string) =>
    checkOutcome(id, {
      ledger: rig.ledger,
      clientFor: rig.clientFor,
      log: line => void rig.lines.push(line),
    });

  async function lostAnswer(): Promise<string> {
    rig.faults.order({ on: 'create', cut: true, processed: true });
    const { id } = await rig.add();
    assert.equal((await rig.queue().submit(id))?.state, 'uncertain');
    return id;
  }

  it('finds the task whose answer was lost, and it is saved without another POST', async () => {
    const id = await lostAnswer();
    assert.equal((await check(id)).kind, 'adopted');
    rig.follower();
    const saved = await rig.reaches(id, 'saved');
    assert.equal(saved.remoteId, rig.simulator.tasks[0]?.id);
    assert.equal(rig.simulator.posts.length, 1);
    assert.equal((await check(id)).kind, 'settled');
  });

  it('says that there is none where the request never arrived', async () => {
    rig.faults.order({ on: 'create', cut: true });
    const { id } = await rig.add();
    await rig.queue().submit(id);
    assert.equal((await check(id)).kind, 'none');
    assert.equal(rig.ledger.get(id)?.state, 'uncertain');
  });

  it('shows the candidates where two answers were lost', async () => {
    const ids = [await lostAnswer(), await lostAnswer()];
    const found = await check(ids[0]!);
    assert(found.kind === 'candidates');
    assert.deepEqual(
      new Set(found.candidates.map(({ id }) => id)),
      new Set(rig.simulator.tasks.map(({ id }) => id)),
    );
  });

  it('takes no task that may come from the lost first POST of one that was sent again', async () => {
    const first = await lostAnswer();
    await rig.ledger.apply(first, { type: 'sendAgain', owner: 'window-1' });
    assert.equal((await rig.queue().submit(first))?.state, 'queued');
    rig.faults.order({ on: 'create', cut: true });
    const { id } = await rig.add({ prompt: 'Another one.' });
    await rig.queue().submit(id);
    const found = await check(id);
    assert(found.kind === 'candidates', found.kind);
    assert.deepEqual(
      found.candidates.map(remote => remote.id),
      [rig.simulator.tasks[0]?.id],
    );
  });

  it('looks for what either of two lost answers was about', async () => {
    const id = await lostAnswer();
    rig.clockAhead = 3600_000;
    await rig.ledger.apply(id, { type: 'sendAgain', owner: 'window-1' });
    rig.faults.order({ on: 'create', cut: true });
    assert.equal((await rig.queue().submit(id))?.state, 'uncertain');
    assert.equal((await check(id)).kind, 'adopted');
    assert.equal(rig.ledger.get(id)?.remoteId, rig.simulator.tasks[0]?.id);
  });

  it('says so where there is no list, or no key', async () => {
    const id = await lostAnswer();
    rig.faults.order({ on: 'list', answer: { status: 404 } });
    assert.equal((await check(id)).kind, 'noList');
    rig.key = undefined;
    assert.equal((await check(id)).kind, 'noKey');
  });

  it('takes over a task that was made elsewhere by its id, once', async () => {
    const { remoteId = '' } = await rig.addAccepted();
    const client = await rig.clientFor(rig.simulator.url);
    assert(client);
    const { request, target, id } = rig.ledger.all()[0]!;
    const options = { remoteId, origin: rig.simulator.url, owner: 'me', target, request, now: rig.now() };
    assert.equal((await adoptTask(options, client, rig.ledger)).id, id);
    await rig.ledger.remove(id);
    const adopted = await adoptTask({ ...options, request: { ...request, prompt: '' } }, client, rig.ledger);
    rig.follower();
    const saved = await rig.reaches(adopted.id, 'saved');
    assert.equal(saved.remoteId, remoteId);
    assert.equal(rig.simulator.posts.length, 1);
  });

  it('explains the tasks of a window that died, and leaves those of the living alone', async () => {
    const [waiting, sent, alive] = [
      await rig.add({ owner: 'dead' }),
      await rig.add({ owner: 'dead' }),
      await rig.add({ owner: 'alive' }),
    ];
    await rig.ledger.apply(sent.id, { type: 'submit' });
    await rig.ledger.apply(alive.id, { type: 'submit' });
    const looked: string[] = [];
    await explainOrphans(rig.ledger, owner => (looked.push(owner), owner === 'alive'));
    assert.deepEqual(looked, ['dead', 'alive'], 'one look at each window, however many tasks it has');
    const now = [waiting, sent, alive].map(({ id }) => rig.ledger.get(id));
    assert.deepEqual(
      now.map(task => [task?.state, task?.error?.kind]),
      [
        ['waiting', 'windowGone'],
        ['uncertain', 'windowGone'],
        ['submitting', undefined],
      ],
    );
  });
});
