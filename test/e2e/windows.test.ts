import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type FaultySimulator, startFaultySimulator } from '../support/simulatorFaults.ts';
import { openWorkbench, type Workbench } from '../support/workbench.ts';
import { agreeToPrice, generateFromPalette, savedVideos, STORY, typeKey } from './support/mainJob.ts';

const HOUR = 3600_000;

describe('where windows come and go', function () {
  this.timeout(240_000);
  const workspaces: string[] = [];
  let first: Workbench;
  let second: Workbench | undefined;
  let evolink: FaultySimulator;

  before(async () => {
    for (const name of ['one', 'two']) {
      const workspace = await mkdtemp(path.join(tmpdir(), `seedance-${name}-`));
      await writeFile(path.join(workspace, 'story.md'), STORY);
      workspaces.push(workspace);
    }
    // Slow enough for a window to be closed meanwhile: a video takes half a minute.
    evolink = await startFaultySimulator({ clock: Date, speed: 6 });
    first = await openWorkbench({
      workspace: workspaces[0] ?? '',
      userSettings: { 'seedance.apiBaseUrl': evolink.simulator.url, 'seedance.openWhenReady': false },
    });
  });

  after(async () => {
    await second?.close();
    await first?.close();
    await evolink?.simulator.close();
    for (const workspace of workspaces) await rm(workspace, { recursive: true, force: true });
  });

  it('goes on in another window where one was closed whose extension host lives on', async () => {
    await first.runCommand('Seedance: Set API Key');
    await typeKey(first, evolink.simulator.key);
    await first.waitForNotification('The API key is kept');
    await generateFromPalette(first);
    await agreeToPrice(first);
    await first.openView('Seedance');
    await first.waitForTreeItem(/Generating/, 30_000);
    second = await first.secondWindow(workspaces[1]);
    await first.closeWindow();
    await second.openView('Seedance');
    await second.waitForTreeItem(/Generating/, 30_000);
    await second.waitForTreeItem(/Saved/, 90_000);
    const [one = '', two = ''] = workspaces;
    assert.equal((await savedVideos(one)).length, 1);
    assert.equal((await savedVideos(two)).length, 0);
    assert.equal(evolink.simulator.posts.length, 1);
  });

  it('warns before a link dies, and saves the video as soon as that is possible', async () => {
    assert(second);
    evolink.faults.order({ on: 'file', times: 1000, answer: { status: 503 } });
    await second.openFile('story.md');
    await second.selectLines(1, 1);
    await second.runCommand('Seedance: Generate Video from Selection');
    await agreeToPrice(second);
    await second.waitForTreeItem(/Saving/, 90_000);
    await moveCompletionBack(20 * HOUR);
    await second.reload();
    await second.waitForNotification(/The video “# The lighthouse” is still not saved/, 30_000);
    await second.screenshot('link-dies-soon');
    evolink.faults.clear();
    await second.pressNotificationButton('is still not saved', 'Try Now');
    await second.waitFor('the video', async () => (await savedVideos(workspaces[1] ?? ''))[0], 60_000);
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
