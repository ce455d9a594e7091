import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Workbench } from '../support/workbench.ts';
import { agreeToPrice, generateFromPalette, savedVideos } from './support/mainJob.ts';
import { makeWorkspace, openStudio, type OpenStudio, setKey } from './support/studio.ts';

const HOUR = 3600_000;

describe('where windows come and go', function () {
  let evolink: OpenStudio;
  let first: Workbench;
  let otherWorkspace: string;
  let second: Workbench | undefined;

  before(async () => {
    evolink = await openStudio({ userSettings: { 'seedance.openWhenReady': false } });
    first = evolink.workbench;
    otherWorkspace = await makeWorkspace();
  });
  after(async () => {
    await second?.close();
    await evolink?.close();
    if (otherWorkspace) await rm(otherWorkspace, { recursive: true, force: true });
  });

  it('goes on in another window where one was closed whose extension host lives on', async () => {
    await setKey(evolink);
    await generateFromPalette(first);
    await agreeToPrice(first);
    await evolink.halfDone(1);
    await first.openView('Seedance');
    await first.waitForTreeItem(/Generating/);
    second = await first.secondWindow(otherWorkspace);
    await first.closeWindow();
    await second.openView('Seedance');
    await second.waitForTreeItem(/Generating/);
    await evolink.done(1);
    await second.waitForTreeItem(/Saved/);
    assert.equal((await savedVideos(evolink.workspace)).length, 1);
    assert.equal((await savedVideos(otherWorkspace)).length, 0);
    assert.equal(evolink.simulator.posts.length, 1);
  });

  it('warns before a link dies, and saves the video as soon as that is possible', async () => {
    assert(second);
    evolink.faults.order({ on: 'file', times: 1000, answer: { status: 503 } });
    await second.openFile('story.md');
    await second.selectLines(1, 1);
    await second.runCommand('Seedance: Generate Video from Selection');
    await agreeToPrice(second);
    await evolink.done(2);
    await second.waitForTreeItem(/Saving/);
    await moveCompletionBack(20 * HOUR);
    await second.reload();
    await second.waitForNotification(/The video “# The lighthouse” is still not saved/);
    await second.screenshot('link-dies-soon');
    evolink.faults.clear();
    await second.pressNotificationButton('is still not saved', 'Try Now');
    await second.waitFor('the video', async () => (await savedVideos(otherWorkspace))[0]);
    assert.equal(evolink.simulator.posts.length, 2);
  });

  /** As if the task under way had completed so many milliseconds earlier. */
  async function moveCompletionBack(milliseconds: number): Promise<void> {
    const storage = path.join(first.server.dataDir, 'data', 'User', 'globalStorage');
    const database = new DatabaseSync(path.join(storage, 'seedance-studio.seedance-studio', 'tasks.db'));
    try {
      database.exec('PRAGMA busy_timeout=5000; BEGIN IMMEDIATE; UPDATE changes SET newest = newest + 1');
      const { changes } = database
        .prepare(
          `UPDATE tasks SET change = (SELECT newest FROM changes),
             record = json_set(record, '$.completedAt', json_extract(record, '$.completedAt') - ?)
           WHERE state = 'downloading'`,
        )
        .run(milliseconds);
      assert.equal(changes, 1);
      database.exec('COMMIT');
    } finally {
      database.close();
    }
  }
});
