import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Workbench } from '../support/workbench.ts';
import {
  agreeToPrice,
  generateFromPalette,
  leaveQuestion,
  savedVideos,
  secondOnScreen,
  currentTime,
  STORY,
  typeKey,
  waitForPlaying,
  waitForVideo,
} from './support/mainJob.ts';
import { openStudio, type OpenStudio } from './support/studio.ts';

describe('the main job, by keyboard and mouse', function () {
  let workspace: string;
  let workbench: Workbench;
  let evolink: OpenStudio;

  before(async () => {
    evolink = await openStudio();
    ({ workspace, workbench } = evolink);
  });
  after(() => evolink?.close());

  const posts = (): number => evolink.simulator.posts.length;

  it('runs in a real VS Code', async () => {
    await workbench.runCommand('Help: About');
    const about = await workbench.pressDialogButton(/(Code|Version): /, 'OK');
    assert.match(about, /(Code|Version): 1\.1\d\d\.\d/);
    console.log(`      ${/(?:Code|Version): [\d.]+/.exec(about)?.[0]}`);
  });

  it('prints how long its activation took', async () => {
    await workbench.runCommand('Developer: Show Running Extensions');
    const row = workbench.page.locator('.extension', { hasText: 'Seedance Studio' });
    const text = await workbench.waitFor('the activation time', async () => {
      const shown = await row.innerText().catch(() => '');
      return /Activation:[^\d]*\d+ms/.exec(shown)?.[0];
    });
    console.log(
      `      ${text}, as VS Code counts it: with loading the code, on this machine as busy as it is`,
    );
    await workbench.page.keyboard.press('ControlOrMeta+W').catch(() => undefined);
  });

  it('says in the question that a wrong key is refused, keeps nothing of it, and asks for another', async () => {
    await generateFromPalette(workbench);
    await typeKey(workbench, 'sk-wrong');
    await workbench.waitForQuickInput('EvoLink does not accept this API key');
    await workbench.screenshot('question-key-refused');
    await workbench.pick('Set Another API Key…');
    await typeKey(workbench, evolink.simulator.key);
    await workbench.waitForQuickInput('left in the account');
    await leaveQuestion(workbench);
    assert.equal(posts(), 0);
  });

  it('makes a video of the selected text and plays it', async () => {
    await generateFromPalette(workbench);
    assert.match(await agreeToPrice(workbench), /67\.5 credits \(\$0\.99\)/);
    await evolink.halfDone(1);
    await workbench.openView('Seedance');
    await workbench.waitForTreeItem(/Generating \d+ %/);
    await workbench.screenshot('task-under-way');
    await evolink.done(1);
    const video = await waitForVideo(workbench, workspace);
    const player = await waitForPlaying(workbench);
    await workbench.screenshot('video-playing');
    const [shown, second] = await workbench.waitFor('a picture within one second', async () => {
      const before = Math.floor(await currentTime(player));
      const digit = await secondOnScreen(player);
      return Math.floor(await currentTime(player)) === before ? [digit, before] : undefined;
    });
    assert.equal(shown, second);
    await workbench.waitForTreeItem(/Saved/);

    assert.equal(posts(), 1);
    const post = evolink.simulator.posts[0];
    assert.deepEqual(JSON.parse(String(post?.body)), {
      model: 'seedance-2.0-text-to-video',
      prompt: STORY.split('\n').slice(2, 4).join('\n'),
      duration: 5,
      quality: '720p',
      aspect_ratio: '16:9',
      generate_audio: true,
      content_filter: true,
    });
    assert.match(String(post?.headers['idempotency-key']), /^[A-Za-z0-9._-]{16,96}$/);
    const sidecar = JSON.parse(await readFile(`${video}.json`, 'utf8'));
    assert.equal(
      sidecar.video.sha256,
      createHash('sha256')
        .update(await readFile(video))
        .digest('hex'),
    );
    assert.equal(sidecar.source.uri, '../story.md');
  });

  it('shows the one under way before the same request is paid for again', async () => {
    const generate = async (): Promise<void> => {
      await workbench.openFile('story.md');
      await workbench.selectLines(3, 3);
      await workbench.runCommand('Seedance: Generate Video from Selection');
    };
    await generate();
    await agreeToPrice(workbench);
    await evolink.halfDone(2);
    await generate();
    await workbench.waitForQuickInput('Show the One Under Way');
    await workbench.screenshot('question-duplicate');
    await workbench.pick('Show the One Under Way');
    // Shown means selected and with the focus, which would close a list that the next test opens.
    await workbench.waitFor('the task that is shown', async () => {
      const row = workbench.treeItem(/lighthouse/);
      return (
        (await row.getAttribute('aria-selected')) === 'true' &&
        (await row.getAttribute('class'))?.includes('focused') === true
      );
    });
    assert.equal(posts(), 2);
    await evolink.done(2);
    await workbench.waitFor('its video', async () => (await savedVideos(workspace)).length === 2);
  });

  it('goes on after a reload of the window with what is being generated, and saves it', async () => {
    const posted = posts();
    const made = evolink.simulator.tasks.length;
    const saved = (await savedVideos(workspace)).length;
    await workbench.openFile('story.md');
    await workbench.selectLines(1, 1);
    await workbench.runCommand('Seedance: Generate Video from Selection');
    await agreeToPrice(workbench);
    await evolink.halfDone(made + 1);
    await workbench.reload();
    await evolink.done(made + 1);
    await workbench.waitFor(
      'the second video',
      async () => (await savedVideos(workspace)).length === saved + 1,
    );
    assert.equal(posts(), posted + 1);
  });

  it('offers the next step where there is no text', async () => {
    const posted = posts();
    await workbench.openFile('story.md');
    await workbench.selectLines(1, 1);
    await workbench.page.keyboard.press('ArrowDown'); // the empty line
    await workbench.runCommand('Seedance: Generate Video from Selection');
    await workbench.pressNotificationButton('There is no text to make a video of', 'Type a Prompt');
    await workbench.waitForQuickInput('Describe the video');
    await workbench.page.keyboard.press('Escape');
    assert.equal(posts(), posted);
  });

  it('says that a refused prompt can be changed, and that nothing was charged', async () => {
    const posted = posts();
    evolink.faults.order({ on: 'create', error: 'content_policy_violation' });
    await workbench.openFile('story.md');
    await workbench.selectLines(3, 3);
    await workbench.runCommand('Seedance: Generate Video from Selection');
    await agreeToPrice(workbench);
    await workbench.pressNotificationButton('EvoLink refused the content of the prompt', 'Edit Prompt');
    await workbench.waitForQuickInput('Describe the video');
    await workbench.page.keyboard.press('Escape');
    await workbench.waitForTreeItem(/Refused/);
    assert.equal(posts(), posted + 1);
  });

  it('never sends a request again whose outcome is unknown, finds out by itself, and saves the video', async () => {
    const posted = posts();
    const saved = (await savedVideos(workspace)).length;
    evolink.faults.order({ on: 'create', processed: true, cut: true });
    await workbench.openFile('story.md');
    await workbench.selectLines(4, 4);
    await workbench.runCommand('Seedance: Generate Video from Selection');
    await agreeToPrice(workbench);
    await workbench.waitForNotification('It is unknown whether EvoLink took this request');
    await workbench.waitForTreeItem(/Outcome unknown/);
    await workbench.screenshot('outcome-unknown');
    await workbench.waitForNotification('EvoLink has taken this request');
    await workbench.waitFor('its video', async () => (await savedVideos(workspace)).length === saved + 1);
    assert.equal(posts(), posted + 1);
  });

  it('goes on after VS Code was killed while a video is generated, and saves it', async () => {
    const posted = posts();
    const made = evolink.simulator.tasks.length;
    const saved = (await savedVideos(workspace)).length;
    await workbench.openFile('story.md');
    await workbench.selectLines(1, 3);
    await workbench.runCommand('Seedance: Generate Video from Selection');
    await agreeToPrice(workbench);
    await evolink.halfDone(made + 1);
    await workbench.waitForTreeItem(/Generating|Queued/);
    await workbench.restartServer({ crash: true });
    await evolink.done(made + 1);
    await workbench.waitFor(
      'the third video',
      async () => (await savedVideos(workspace)).length === saved + 1,
    );
    assert.equal(posts(), posted + 1);
  });

  it('leaves no half-written file where the result is not a video', async () => {
    const made = evolink.simulator.tasks.length;
    const saved = (await savedVideos(workspace)).length;
    evolink.faults.order({
      on: 'file',
      times: 50,
      answer: { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' },
    });
    await workbench.openFile('story.md');
    await workbench.selectLines(1, 4); // no request that was made before
    await workbench.runCommand('Seedance: Generate Video from Selection');
    await agreeToPrice(workbench);
    await evolink.done(made + 1);
    await workbench.waitForNotification('is not a video');
    assert.equal((await savedVideos(workspace)).length, saved);
    evolink.faults.clear();
  });

  it('has left the key in no log, list, sidecar or page', async () => {
    const { key } = evolink.simulator;
    const looked: string[] = [];
    for (const folder of [workspace, workbench.server.dataDir]) {
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const file = path.join(entry.parentPath, entry.name);
        if (!entry.isFile()) continue;
        const bytes = await readFile(file).catch(() => Buffer.of()); // temporary files come and go
        assert.equal(bytes.includes(key), false, file);
        looked.push(file);
      }
    }
    for (const ending of ['tasks.db', 'Seedance Studio.log', '.mp4.json'])
      assert(
        looked.some(file => file.endsWith(ending)),
        `${ending} was looked at`,
      );
    for (const frame of workbench.page.frames())
      assert.equal((await frame.content().catch(() => '')).includes(key), false, frame.url());
  });
});
