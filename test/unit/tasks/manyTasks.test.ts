import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startRig, type FollowerRig } from '../../support/followerRig.ts';
import { repository } from '../../support/paths.ts';
import { waitFor } from '../../support/waitFor.ts';

const TASKS = 500;

describe('500 tasks at once', function () {
  let rig: FollowerRig;
  before(async () => {
    rig = await startRig();
  });
  after(() => rig.close());

  it('are each sent once and saved whole', async () => {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    const queue = rig.queue({ maxConcurrent: () => 100 });
    const started = performance.now();
    const tasks = await Promise.all(Array.from({ length: TASKS }, () => rig.add()));
    delay.enable();
    rig.follower();
    await Promise.all(tasks.map(task => queue.submit(task.id)));
    await waitFor('all to be saved', () => rig.ledger.count(['saved']) === TASKS, 240_000);
    delay.disable();
    console.log(
      `      ${((performance.now() - started) / 1000).toFixed(1)} s, host held up ${(delay.percentile(99) / 1e6).toFixed(0)} ms at the 99th percentile, ${(delay.max / 1e6).toFixed(0)} ms at most`,
    );
    assert.equal(rig.simulator.posts.length, TASKS);
    assert.equal(new Set(rig.ledger.all().map(({ remoteId }) => remoteId)).size, TASKS);
    const clip = createHash('sha256')
      .update(await readFile(join(repository, 'media/demo/clip.mp4')))
      .digest('hex');
    assert.deepEqual([...new Set(rig.ledger.all().map(({ video }) => video?.sha256))], [clip]);
    const names = await readdir(join(rig.folder, 'videos'));
    assert.equal(names.filter(name => name.endsWith('.mp4')).length, TASKS);
    // What was kept for going on after a crash is dropped once the list knows the video.
    await waitFor('the notes to be gone', async () =>
      (await readdir(join(rig.folder, 'videos'))).every(name => !name.startsWith('.')),
    );
  });
});
