import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Workbench } from '../support/workbench.ts';
import {
  agreeToPrice,
  generateFromPalette,
  isAsked,
  leaveQuestion,
  readQuestion,
  savedVideos,
} from './support/mainJob.ts';
import { openStudio, type OpenStudio, setKey } from './support/studio.ts';

/** Twenty short texts, one in each line with an empty one between. */
const SHOTS = Array.from({ length: 20 }, (_, i) => `Shot ${i + 1}: a fox crosses a road at night.`);

describe('where money is asked for, by keyboard', function () {
  this.timeout(240_000);
  let studio: OpenStudio;
  let workbench: Workbench;
  const posts = (): number => studio.simulator.posts.length;

  before(async () => {
    studio = await openStudio({
      credits: 5000,
      userSettings: { 'seedance.openWhenReady': false, 'workbench.colorTheme': 'Default Dark Modern' },
    });
    ({ workbench } = studio);
    const { workspace } = studio;
    await writeFile(path.join(workspace, 'shots.txt'), SHOTS.join('\n'));
    await mkdir(path.join(workspace, '.vscode'));
    await writeFile(path.join(workspace, '.vscode', 'tasks.json'), JSON.stringify(TASKS));
    await setKey(studio);
  });
  after(() => studio?.close());

  /** Nothing is paid for a while after the last key. */
  async function paysNothing(before: number): Promise<void> {
    await workbench.page.waitForTimeout(1000);
    assert.equal(posts(), before);
  }

  it('shows what is sent, where it comes from and goes to, price and balance', async () => {
    await generateFromPalette(workbench);
    await workbench.waitForQuickInput('left in the account');
    const said = await readQuestion(workbench);
    for (const part of [
      /1 video · about 67\.5 credits \(\$0\.99\)/,
      /A lighthouse at dawn, waves rolling in\. The camera rises slowly\. The kee…/,
      /story\.md:3 · 17 words · 99 characters/,
      /5 s · 720p · 1280×720 · 16:9 · with sound · seedance-2\.0-text-to-video/,
      /Saved in seedance-studio-\w+\/videos/,
      /5,000 credits \(\$73\.53\) left in the account/,
    ])
      assert.match(said, part);
    await workbench.screenshot('question-one');
    await leaveQuestion(workbench);
    await paysNothing(0);
  });

  it('shows the whole text read-only where its row is accepted, and goes on asking', async () => {
    await generateFromPalette(workbench);
    await readQuestion(workbench);
    await workbench.pick(/A lighthouse at dawn/);
    await workbench.waitForActiveTab('Prompt 1');
    await workbench.screenshot('question-whole-text');
    assert.equal(await isAsked(workbench), true);
    await leaveQuestion(workbench);
    await workbench.waitForActiveTab('story.md');
    await paysNothing(0);
  });

  it('pays nothing for an Enter that is held since the list of commands', async () => {
    await workbench.openFile('story.md');
    await workbench.selectLines(3, 4);
    const { keyboard } = workbench.page;
    await keyboard.press('F1');
    await keyboard.type('Seedance: Generate Video from Selection');
    await workbench.waitForQuickInput('Generate Video from Selection');
    await workbench.page.waitForTimeout(500);
    // A key that is held is pressed once, and after a while many times, whether the window keeps up or not.
    await keyboard.down('Enter');
    await workbench.waitFor('the question', () => isAsked(workbench));
    const repeated: Promise<void>[] = [];
    for (let i = 0; i < 60; i++) {
      repeated.push(keyboard.down('Enter'));
      await sleep(33);
    }
    await Promise.all(repeated);
    await keyboard.up('Enter');
    await paysNothing(0);
    assert.equal(await isAsked(workbench), true);
    await leaveQuestion(workbench);
  });

  it('pays nothing where something is typed into the question', async () => {
    await generateFromPalette(workbench);
    await readQuestion(workbench);
    await workbench.page.keyboard.type('Generate');
    await workbench.page.keyboard.press('Enter');
    await workbench.waitForQuickInput('Delete what you typed');
    await paysNothing(0);
    await workbench.screenshot('question-typed');
    await leaveQuestion(workbench);
  });

  it('pays once for one Enter right after the question has opened on a selection', async () => {
    await generateFromPalette(workbench);
    await workbench.waitFor('the question', () => isAsked(workbench));
    await workbench.page.keyboard.press('Enter');
    await workbench.waitFor('the request', () => posts() === 1);
    await paysNothing(1);
  });

  it('pays nothing for Enter where the very same is under way', async () => {
    await generateFromPalette(workbench);
    await workbench.waitForQuickInput(/Show the One (Under Way|Just Made)/);
    await workbench.page.keyboard.press('Enter');
    await workbench.waitFor('the question to close', async () => !(await isAsked(workbench)));
    await paysNothing(1);
  });

  it('is seen in Do Not Disturb', async () => {
    const toggle = 'Notifications: Toggle Do Not Disturb Mode';
    await workbench.runCommand(toggle);
    await workbench.openFile('story.md');
    await workbench.selectLines(1, 1);
    await workbench.runCommand('Seedance: Generate Video from Selection');
    assert.match(await readQuestion(workbench), /# The lighthouse/);
    await leaveQuestion(workbench);
    await workbench.runCommand(toggle);
  });

  it('asks for what a committed task starts, and pays nothing for Enter', async () => {
    const before = posts();
    for (const task of ['argument', 'unasked']) {
      await workbench.runCommand('Tasks: Run Task');
      await workbench.pick(task);
      const said = await readQuestion(workbench);
      assert.match(said, /1,032\.75 credits/);
      await workbench.screenshot(`question-task-${task}`);
      await workbench.page.keyboard.press('Enter');
      await workbench.waitFor('the question to close', async () => !(await isAsked(workbench)));
      await paysNothing(before);
    }
  });

  it('keeps what was typed until it is sent', async () => {
    const before = posts();
    await workbench.runCommand('Seedance: Generate Video…');
    await workbench.answer('Describe the video', 'A whale of glass.');
    await readQuestion(workbench);
    await workbench.page.keyboard.press('Enter'); // opens on what pays nothing
    await workbench.waitFor('the question to close', async () => !(await isAsked(workbench)));
    await paysNothing(before);
    await workbench.reload();
    await workbench.runCommand('Seedance: Generate Video…');
    const box = await workbench.waitForQuickInput('Describe the video');
    assert.equal(await box.locator('.quick-input-box input').inputValue(), 'A whale of glass.');
    await workbench.page.keyboard.press('Enter');
    await agreeToPrice(workbench);
    await workbench.waitFor('the request', () => posts() === before + 1);
    await workbench.runCommand('Seedance: Generate Video…');
    const empty = await workbench.waitForQuickInput('Describe the video');
    assert.equal(await empty.locator('.quick-input-box input').inputValue(), '');
    await workbench.page.keyboard.press('Escape');
  });

  it('names what the settings of a workspace make dearer, and opens on what pays nothing', async () => {
    const settings = path.join(studio.workspace, '.vscode', 'settings.json');
    await writeFile(settings, JSON.stringify({ 'seedance.quality': '4k', 'seedance.duration': 15 }));
    try {
      await workbench.reload();
      await workbench.openFile('story.md');
      await workbench.selectLines(1, 1);
      await workbench.runCommand('Seedance: Generate Video from Selection');
      const said = await readQuestion(workbench);
      assert.match(said, /This workspace sets duration, quality: 1,032\.75 credits, not 67\.5/);
      await workbench.waitForQuickInput('left in the account');
      await workbench.screenshot('question-dearer');
      const before = posts();
      await workbench.page.keyboard.press('Enter');
      await workbench.waitFor('the question to close', async () => !(await isAsked(workbench)));
      await paysNothing(before);
    } finally {
      await rm(settings);
      await workbench.reload(); // what is changed from outside may go unnoticed
    }
  });

  it('asks once for twenty selections, lets one be left out, records all before the first leaves, and loses none', async () => {
    const before = posts();
    const saved = (await savedVideos(studio.workspace)).length;
    await workbench.openFile('shots.txt');
    await workbench.selectEachLine(SHOTS.length);
    await workbench.runCommand('Seedance: Generate Video from Selection');
    const said = await readQuestion(workbench);
    assert.match(said, /20 videos · about 1,350 credits/);
    await workbench.screenshot('question-several');
    const row = workbench.page.locator('.quick-input-widget .monaco-list-row').filter({ hasText: 'Shot 2:' });
    await row.scrollIntoViewIfNeeded();
    await row.hover();
    await row.getByRole('button', { name: 'Leave Out' }).click();
    await workbench.waitForQuickInput(/19 videos · about 1,282\.5 credits/);
    await workbench.screenshot('question-one-left-out');
    await agreeToPrice(workbench);
    await workbench.waitFor('the first requests', () => posts() > before);
    await workbench.reload();
    await workbench.openView('Seedance');
    await workbench.waitForNotification(/requests were not sent: their window was closed/, 60_000);
    const rows = workbench.page.locator('.part.sidebar').getByRole('treeitem', { name: /Shot/ });
    await workbench.waitFor('all rows', async () => (await rows.count()) >= 10);
    await workbench.screenshot('nineteen-after-reload');
    await workbench.pressNotificationButton(/requests were not sent/, 'Send');
    assert.match(await agreeToPrice(workbench), /\d+ videos · about/);
    await workbench.waitFor(
      'all videos',
      async () => (await savedVideos(studio.workspace)).length >= saved + 19,
      200_000,
    );
    assert.equal(posts(), before + 19);
  });
});

const DEAR = { prompt: 'A castle.', quality: '4k', duration: 15 };
const TASKS = {
  version: '2.0.0',
  inputs: [
    { id: 'argument', type: 'command', command: 'seedance.generate', args: DEAR },
    {
      id: 'unasked',
      type: 'command',
      command: 'seedance.generate',
      args: { ...DEAR, confirm: false, again: true },
    },
  ],
  tasks: [
    { label: 'argument', type: 'shell', command: 'echo ${input:argument}', problemMatcher: [] },
    { label: 'unasked', type: 'shell', command: 'echo ${input:unasked}', problemMatcher: [] },
  ],
};
