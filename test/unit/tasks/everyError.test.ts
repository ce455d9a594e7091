import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EvoLinkError } from '../../../src/evolink/errors.ts';
import { API_ERRORS, PRESETS, TASK_ERRORS } from '../../../src/simulator/faultCatalog.ts';
import type { Fault } from '../../../src/simulator/faults.ts';
import { checkOutcome } from '../../../src/tasks/outcomes.ts';
import { startRig, type FollowerRig } from '../../support/followerRig.ts';
import { repository } from '../../support/paths.ts';
import { waitFor } from '../../support/waitFor.ts';

type Step = 'create' | 'query' | 'batch' | 'list' | 'file';

const ERRORS = Object.keys(API_ERRORS);
/** EvoLink says with these that it did not process the request. */
const UNPROCESSED: ReadonlySet<string> = new Set(['rate_limit_exceeded', 'no_available_channel']);
/** EvoLink says with these that an earlier request with the same key has arrived. */
const ARRIVED_BEFORE: ReadonlySet<string> = new Set(['idempotency_conflict', 'paid_outcome_unknown']);

/** Every answer that the simulator knows, and cut connections. */
function everyFault(on: Step): readonly Fault[] {
  return [
    ...ERRORS.map(error => ({ on, error })),
    ...(Object.keys(PRESETS) as (keyof typeof PRESETS)[]).map(preset => ({ on, preset })),
    { on, cut: true },
    { on, cutAt: 20 },
    { on, redirect: 'https://elsewhere.example.com/' },
    ...[204, 304, 418, 500, 503, 504].map(status => ({ on, answer: { status } })),
  ];
}

function nameOf(fault: Fault): string {
  return JSON.stringify(fault);
}

describe('every error of EvoLink', function () {
  let rig: FollowerRig;
  beforeEach(async () => {
    rig = await startRig({ idempotency: false }, true);
  });
  afterEach(() => rig.close());

  for (const processed of [false, true]) {
    it(`pays at most once and says what is known, at the POST that was ${processed ? '' : 'not '}taken`, async () => {
      for (const fault of everyFault('create')) {
        const name = nameOf(fault);
        const [posts, made] = [rig.simulator.posts.length, rig.simulator.tasks.length];
        rig.faults.order({ ...fault, processed });
        const { id } = await rig.add();
        const task = await rig.queue().submit(id);
        assert(task, name);
        assert.deepEqual(rig.faults.left, [], name);
        const sent = rig.simulator.posts.length - posts;
        const paid = rig.simulator.tasks.length - made;
        const error = fault.error ?? '';
        const status = API_ERRORS[error]?.status;
        if (UNPROCESSED.has(error)) {
          assert.deepEqual([task.state, sent], ['queued', 2], name);
          continue;
        }
        assert.equal(sent, 1, name);
        // Whether EvoLink took it can't be known from half an answer, or from one that is not its own.
        const isRefused = status !== undefined && status < 500 && !ARRIVED_BEFORE.has(error);
        const isRefusal = isRefused || ['numeric-code', 'oauth-error'].includes(fault.preset ?? '');
        if (isRefusal) assert.deepEqual([task.state, task.charged], ['rejected', 'no'], name);
        else assert.deepEqual([task.state, task.charged], ['uncertain', 'unknown'], name);
        assert.equal(paid, processed || fault.cutAt !== undefined ? 1 : 0, name);
      }
    });
  }

  /** Brings tasks to their end, as far as it goes; the clock goes on as fast as it may. */
  async function follow(ids: readonly string[], rest: () => boolean): Promise<void> {
    const follower = rig.follower({
      save: task =>
        Promise.resolve({
          video: { uri: `file:///${task.id}.mp4`, bytes: 1, sha256: '0' },
          forget: () => Promise.resolve(),
        }),
    });
    const states = new Set<string>();
    const stop = rig.ledger.onDidChange(({ task }) => states.add(task?.state ?? 'removed'));
    await waitFor(
      'the end',
      () => {
        rig.clockAhead += 5_000;
        follower.refresh();
        return rest() && ids.every(id => rig.ledger.get(id)?.state === 'saved');
      },
      60_000,
    );
    stop();
    await follower.end();
    for (const bad of ['failed', 'expired', 'stopped', 'removed']) assert(!states.has(bad), bad);
  }

  it('fails no task at a look at it', async () => {
    const { id } = await rig.addAccepted();
    rig.faults.order(...everyFault('query'));
    await follow([id], () => rig.faults.left.length === 0);
  });

  it('fails no task at a look at several', async () => {
    for (const fault of everyFault('batch')) {
      const tasks = [await rig.addAccepted(), await rig.addAccepted()];
      rig.faults.order(fault);
      await follow(
        tasks.map(({ id }) => id),
        () => rig.faults.left.length === 0,
      ).catch((error: unknown) => assert.fail(`${nameOf(fault)}: ${String(error)}`));
    }
  });

  it('takes no task for another one’s, and gives none up, at EvoLink’s list', async () => {
    rig.faults.order({ on: 'create', cut: true });
    const { id } = await rig.add();
    assert.equal((await rig.queue().submit(id))?.state, 'uncertain');
    const { ledger, clientFor } = rig;
    for (const fault of everyFault('list')) {
      rig.faults.order(fault);
      const kind = await checkOutcome(id, { ledger, clientFor, log: () => {} }).then(
        check => check.kind,
        (error: unknown) => (error instanceof EvoLinkError ? 'error' : String(error)),
      );
      assert(['error', 'noList'].includes(kind), `${nameOf(fault)}: ${kind}`);
      assert.equal(ledger.get(id)?.state, 'uncertain');
    }
    assert.deepEqual(rig.faults.left, []);
  });

  it('is told in EvoLink’s words where it ends a task, with what that cost', async () => {
    const follower = rig.follower();
    for (const ends of [...Object.keys(TASK_ERRORS), 'cancelled']) {
      rig.faults.order({ on: 'create', ends, processed: true });
      const { id } = await rig.addAccepted();
      await waitFor(`the end by ${ends}`, () => {
        rig.clockAhead += 5_000;
        follower.refresh();
        return rig.ledger.get(id)?.state === 'failed';
      });
      const task = rig.ledger.get(id);
      assert.equal(task?.charged, 'no', ends);
      if (ends !== 'cancelled') assert.equal(task.error?.message, TASK_ERRORS[ends]);
    }
  });
});

describe('every error of the server that has the video', function () {
  let rig: FollowerRig;
  before(async () => {
    rig = await startRig();
  });
  after(() => rig.close());

  it('loses no video and saves nothing else in its place', async () => {
    const { id } = await rig.addAccepted();
    const faults = [
      ...everyFault('file'),
      { on: 'file', cutAt: 0 },
      { on: 'file', cutAt: 100_000 },
      { on: 'file', answer: { status: 416 } },
      { on: 'file', redirect: 'http://127.0.0.1:1/' },
      { on: 'file', redirect: 'not a link' },
      { on: 'file', stallAt: 100_000, stallFor: 0.1 },
    ] satisfies Fault[];
    rig.faults.order(...faults);
    const follower = rig.follower();
    const states = new Set<string>();
    rig.ledger.onDidChange(({ task }) => states.add(task?.state ?? 'removed'));
    const task = await waitFor(
      'the video',
      () => {
        rig.clockAhead += 5_000;
        follower.refresh();
        const now = rig.ledger.get(id);
        return now?.state === 'saved' && now;
      },
      60_000,
    );
    await pause(100);
    assert.deepEqual(rig.faults.left, []);
    assert.deepEqual([...states].toSorted(), ['downloading', 'saved']);
    assert.equal(
      task.video?.sha256,
      createHash('sha256')
        .update(await readFile(join(repository, 'media/demo/clip.mp4')))
        .digest('hex'),
    );
    assert.equal((await readdir(join(rig.folder, 'videos'))).filter(name => name.endsWith('.mp4')).length, 1);
  });
});
