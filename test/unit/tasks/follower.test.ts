import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fetch from 'node-fetch';
import type { Fault } from '../../../src/simulator/faults.ts';
import { saveVideo } from '../../../src/tasks/saver.ts';
import { startRig, type FollowerRig } from '../../support/followerRig.ts';
import { repository } from '../../support/paths.ts';
import { waitFor } from '../../support/waitFor.ts';

const DAY = 24 * 3600 * 1000;

/** Looks at everything again each moment, so that a test need not wait for the schedule. */
async function impatiently<T>(follower: { refresh(): void }, wanted: Promise<T>): Promise<T> {
  const timer = setInterval(() => follower.refresh(), 100);
  return await wanted.finally(() => clearInterval(timer));
}

describe('Follower', () => {
  let rig: FollowerRig;
  beforeEach(async () => {
    rig = await startRig();
  });
  afterEach(() => rig.close());

  const queries = (): number =>
    rig.simulator.requests.filter(({ path }) => path.startsWith('/v1/tasks/')).length;
  const files = (): number => rig.simulator.requests.filter(({ path }) => path.startsWith('/files/')).length;
  const videos = async (): Promise<string[]> =>
    (await readdir(join(rig.folder, 'videos'))).filter(name => name.endsWith('.mp4'));

  it('brings a task from EvoLink to the saved file with the right hash and a sidecar', async () => {
    const { id } = await rig.addAccepted();
    rig.follower();
    const task = await rig.reaches(id, 'saved');
    assert(task.video);
    const bytes = await readFile(fileURLToPath(task.video.uri));
    assert.deepEqual(bytes, await readFile(join(repository, 'media/demo/clip.mp4')));
    assert.equal(task.video.sha256, createHash('sha256').update(bytes).digest('hex'));
    assert.equal(task.charged, 'yes');
    // What was kept for going on after a crash is dropped once the list knows the video.
    await waitFor('the notes to be gone', async () =>
      (await readdir(join(rig.folder, 'videos'))).every(name => !name.startsWith('.')),
    );
  });

  const passing: readonly [string, readonly Fault[]][] = [
    ['faults of the server', [{ on: 'query', error: 'internal_error', times: 3 }]],
    ['pages of HTML', [{ on: 'query', preset: 'html-200', times: 2 }]],
    ['cut answers', [{ on: 'query', cut: true, times: 2 }]],
    ['a task that is said not to exist', [{ on: 'query', error: 'task_not_found', times: 2 }]],
    ['a key that is refused', [{ on: 'query', error: 'unauthorized', times: 2 }]],
    ['a task that is said to be another account’s', [{ on: 'query', error: 'permission_denied', times: 2 }]],
    ['too many requests', [{ on: 'query', error: 'rate_limit_exceeded' }]],
    ['completed without a result', [{ on: 'query', results: 'none', times: 2 }]],
    ['a status that nobody knows', [{ on: 'query', set: { status: 'dreaming' }, times: 2 }]],
    ['a cut download', [{ on: 'file', cutAt: 50_000, times: 2 }]],
    ['a sign-in page for a video', [{ on: 'file', preset: 'html-200', times: 2 }]],
    ['a file server out of order', [{ on: 'file', preset: 'plain-500', times: 2 }]],
    ['a link that is dead too early', [{ on: 'file', answer: { status: 403 }, times: 2 }]],
  ];
  for (const [name, faults] of passing) {
    it(`does not fail a task, and saves it in the end, after ${name}`, async () => {
      const { id } = await rig.addAccepted();
      rig.faults.order(...faults);
      const states = new Set<string>();
      rig.ledger.onDidChange(({ task }) => states.add(task?.state ?? ''));
      await impatiently(rig.follower(), rig.reaches(id, 'saved'));
      assert.deepEqual(rig.faults.left, []);
      for (const bad of ['failed', 'expired', 'stopped']) assert(!states.has(bad), bad);
      assert.equal((await videos()).length, 1);
    });
  }

  it('says what stands in the way while it tries again', async () => {
    const { id } = await rig.addAccepted();
    rig.faults.order({ on: 'query', error: 'permission_denied' });
    rig.follower();
    const task = await waitFor('the error', () => {
      const now = rig.ledger.get(id);
      return now?.error && now;
    });
    assert.deepEqual([task.state, task.error?.kind], ['queued', 'forbidden']);
  });

  it('takes EvoLink’s word for a failure, with its charge', async () => {
    rig.faults.order({ on: 'create', ends: 'content_policy_violation', processed: true });
    const { id } = await rig.addAccepted();
    rig.follower();
    const task = await rig.reaches(id, 'failed');
    assert.deepEqual([task.error?.kind, task.charged], ['content', 'no']);
  });

  it('waits for a key, and goes on with it', async () => {
    const { id } = await rig.addAccepted();
    rig.key = undefined;
    const follower = rig.follower();
    await waitFor('the error', () => rig.ledger.get(id)?.error?.kind === 'key');
    assert.equal(queries(), 0);
    rig.key = rig.simulator.key;
    follower.refresh();
    await rig.reaches(id, 'saved');
  });

  it('saves nothing with another account’s key, and all with the right one', async () => {
    const { id } = await rig.addAccepted();
    rig.simulator.addAccount('sk-other', 10);
    rig.key = 'sk-other';
    const follower = rig.follower();
    await waitFor('the error', () => rig.ledger.get(id)?.error?.kind === 'forbidden');
    rig.key = rig.simulator.key;
    follower.refresh();
    await rig.reaches(id, 'saved');
  });

  it('never asks a task’s EvoLink anywhere but at its origin', async () => {
    const { id } = await rig.addAccepted();
    const asked: string[] = [];
    rig.follower({ clientFor: origin => (asked.push(origin), rig.clientFor(origin)) });
    await rig.reaches(id, 'saved');
    assert.deepEqual([...new Set(asked)], [rig.simulator.url]);
  });

  it('asks for a link until it can’t live any more, then calls the task expired', async () => {
    const { id } = await rig.addAccepted();
    rig.faults.order({ on: 'query', results: 'none', times: 1000 });
    const follower = rig.follower();
    await impatiently(
      follower,
      waitFor('the look', () => queries() > 3),
    );
    assert.deepEqual(
      [rig.ledger.get(id)?.state, rig.ledger.get(id)?.error?.kind],
      ['downloading', 'noResult'],
    );
    rig.clockAhead = DAY - 60_000;
    const before = queries();
    await impatiently(
      follower,
      waitFor('another look', () => queries() > before + 2),
    );
    assert.equal(rig.ledger.get(id)?.state, 'downloading');
    rig.clockAhead = DAY + 60_000;
    await impatiently(follower, rig.reaches(id, 'expired'));
  });

  it('calls a task expired whose link died before it was saved, and saves it where EvoLink has a new one', async () => {
    const { id } = await rig.addAccepted();
    rig.faults.order({ on: 'file', answer: { status: 410 }, times: 1000 });
    const follower = rig.follower();
    await impatiently(
      follower,
      waitFor('the error', () => rig.ledger.get(id)?.error?.kind === 'linkExpired'),
    );
    rig.clockAhead = DAY + 60_000;
    await impatiently(follower, rig.reaches(id, 'expired'));
    assert.equal(rig.ledger.get(id)?.charged, 'yes');
    rig.faults.clear();
    await rig.ledger.apply(id, { type: 'downloadAgain' });
    await rig.reaches(id, 'saved');
  });

  it('asks for another link where the storage calls the link a bad request, as some do once it is too old', async () => {
    const { id } = await rig.addAccepted();
    rig.faults.order({ on: 'file', answer: { status: 400 }, times: 1000 });
    const follower = rig.follower();
    await impatiently(
      follower,
      waitFor('other links', () => queries() > 3),
    );
    // Each answer of EvoLink's clears the error until the storage refuses again.
    await impatiently(
      follower,
      waitFor('the refusal', () => rig.ledger.get(id)?.error?.kind === 'http'),
    );
    assert.equal(rig.ledger.get(id)?.state, 'downloading');
    rig.faults.clear();
    await impatiently(follower, rig.reaches(id, 'saved'));
  });

  for (const [name, fault] of [
    ['a page', { preset: 'html-200' }],
    ['a fault', { preset: 'plain-500' }],
  ] as const) {
    it(`calls a task expired whose link leads to ${name} when it can’t live any more, but not while there is no network`, async () => {
      const { id } = await rig.addAccepted();
      rig.faults.order({ on: 'file', cut: true, times: 1000 });
      const follower = rig.follower();
      await impatiently(
        follower,
        waitFor('the error', () => rig.ledger.get(id)?.error?.kind === 'network'),
      );
      rig.clockAhead = DAY + 60_000;
      const before = files();
      await impatiently(
        follower,
        waitFor('more tries', () => files() > before + 3),
      );
      assert.equal(rig.ledger.get(id)?.state, 'downloading');
      rig.faults.clear();
      rig.faults.order({ on: 'file', ...fault, times: 1000 });
      await impatiently(follower, rig.reaches(id, 'expired'));
    });
  }

  it('leaves a stopped task alone, and goes on when it is resumed', async () => {
    const { id } = await rig.addAccepted();
    rig.faults.order({ on: 'file', stallAt: 50_000, times: 5 });
    const follower = rig.follower();
    await new Promise<void>(resolve => follower.onDidDownload(() => resolve()));
    await rig.ledger.apply(id, { type: 'stopFollowing' });
    await pause(300);
    assert.equal(rig.ledger.get(id)?.state, 'stopped');
    rig.faults.clear();
    await rig.ledger.apply(id, { type: 'resumeFollowing' });
    await rig.reaches(id, 'saved');
    assert.equal((await videos()).length, 1);
  });

  const hidden = async (): Promise<string[]> =>
    (await readdir(join(rig.folder, 'videos'))).filter(name => name.startsWith('.'));

  it('leaves nothing in the folder of a task that is removed while it downloads', async () => {
    const { id } = await rig.addAccepted();
    rig.faults.order({ on: 'file', stallAt: 50_000, times: 5 });
    const follower = rig.follower();
    await new Promise<void>(resolve => follower.onDidDownload(() => resolve()));
    assert.notDeepEqual(await hidden(), []);
    await rig.ledger.remove(id);
    await waitFor('an empty folder', async () => (await hidden()).length === 0, 3_000);
    assert.deepEqual(await readdir(join(rig.folder, 'videos')), []);
  });

  it('tidies up after a process that was killed when it had just saved a video', async () => {
    const first = await rig.addAccepted();
    const killed = rig.follower({
      save: async (task, signal, onProgress) => ({
        ...(await saveVideo(task, signal, onProgress, { fetch, now: rig.now, log: () => {} })),
        forget: () => Promise.resolve(),
      }),
    });
    await rig.reaches(first.id, 'saved');
    await killed.end();
    assert.notDeepEqual(await hidden(), []);
    const second = await rig.addAccepted({ prompt: 'another' });
    rig.follower();
    await rig.reaches(second.id, 'saved');
    await waitFor('an empty folder', async () => (await hidden()).length === 0, 3_000);
    assert.equal((await videos()).length, 2);
  });

  it('forgets a task that was removed while it was looked at', async () => {
    const { id } = await rig.addAccepted();
    rig.faults.order({ on: 'query', delay: 0.3 });
    rig.follower();
    await waitFor('the look', () => queries() === 1);
    await rig.ledger.remove(id);
    await pause(500);
    assert.equal(rig.ledger.get(id), undefined);
    assert.equal(queries(), 1);
  });

  it('downloads at most three at once, those whose link dies first before the others', async () => {
    const now = rig.now();
    const ids: string[] = [];
    let atOnce = 0;
    let most = 0;
    const order: string[] = [];
    for (const hours of [1, 20, 5, 10, 2]) {
      const { id } = await rig.add({
        state: 'downloading',
        remoteId: `task-unified-1-${hours}`,
        resultUrl: `${rig.simulator.url}/files/x`,
        completedAt: now - hours * 3600_000,
      });
      ids.push(id);
    }
    rig.follower({
      save: async task => {
        order.push(task.id);
        most = Math.max(most, ++atOnce);
        await pause(100);
        atOnce -= 1;
        return { video: { uri: 'file:///v.mp4', bytes: 1, sha256: '0' }, forget: () => Promise.resolve() };
      },
    });
    for (const id of ids) await rig.reaches(id, 'saved');
    assert.equal(most, 3);
    assert.deepEqual(order, [ids[1], ids[3], ids[2], ids[4], ids[0]]);
  });

  it('survives a clock that is set back', async () => {
    const { id } = await rig.addAccepted();
    rig.faults.order({ on: 'query', error: 'internal_error', times: 1 });
    const follower = rig.follower();
    await waitFor('the look', () => queries() === 1);
    rig.clockAhead = -30 * DAY;
    await impatiently(follower, rig.reaches(id, 'saved'));
  });

  it('is quiet without network, and goes on when it is back', async () => {
    for (let i = 0; i < 20; i++) await rig.add({ state: 'queued', remoteId: `task-unified-1-${i}` });
    let asked = 0;
    const { EvoLinkError } = await import('../../../src/evolink/errors.ts');
    const away = () => ((asked += 1), Promise.reject(new EvoLinkError({ kind: 'unreachable' })));
    let online = false;
    const follower = rig.follower({
      clientFor: async origin =>
        online ? await rig.clientFor(origin) : { query: away, batch: () => Promise.resolve(undefined) },
    });
    await pause(1_000);
    assert(asked >= 1 && asked <= 4, `asked ${asked} times`);
    for (const { id } of rig.ledger.all()) await rig.ledger.remove(id);
    online = true;
    const { id } = await rig.addAccepted();
    follower.refresh();
    await rig.reaches(id, 'saved');
  });

  it('asks for many tasks together, and where EvoLink has no batch query one by one', async () => {
    const many = await startRig({}, true);
    const queue = many.queue();
    const tasks = await Promise.all(Array.from({ length: 120 }, () => many.add()));
    await Promise.all(tasks.map(task => queue.submit(task.id)));
    many.follower({
      save: (_, signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    });
    await waitFor('all', () => many.ledger.count(['downloading']) === 120);
    const batches = many.simulator.requests.filter(({ path }) => path === '/v1/tasks/batch').length;
    assert.equal(batches, 3);
    await many.close();
  });

  it('asks alone for what the batch query does not know, to hear why', async () => {
    const { id } = await rig.addAccepted();
    const lost = await rig.add({ state: 'queued', remoteId: 'task-unified-1-lost' });
    const other = await rig.add({ state: 'queued', remoteId: 'task-unified-1-other' });
    rig.follower();
    await rig.reaches(id, 'saved');
    await waitFor('the error', () => rig.ledger.get(lost.id)?.error?.kind === 'notFound');
    await waitFor('the other’s', () => rig.ledger.get(other.id)?.error?.kind === 'notFound');
    assert.equal(rig.ledger.get(lost.id)?.state, 'queued');
  });

  it('does without a batch query', async () => {
    const [a, b] = [await rig.addAccepted(), await rig.addAccepted()];
    rig.faults.order({ on: 'batch', answer: { status: 404 } });
    rig.follower();
    await rig.reaches(a.id, 'saved');
    await rig.reaches(b.id, 'saved');
    assert.deepEqual(rig.faults.left, []);
  });
});
