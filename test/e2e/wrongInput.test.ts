import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { startFaultySimulator } from '../support/simulatorFaults.ts';
import type { Workbench } from '../support/workbench.ts';
import {
  agreeToPrice,
  generateFromPalette,
  readQuestion,
  savedVideos,
  waitForVideo,
} from './support/mainJob.ts';
import { makeWorkspace, openStudio, type OpenStudio, setKey, SPEED } from './support/studio.ts';

describe('where something is in the way', () => {
  let evolink: OpenStudio;
  let workbench: Workbench;

  before(async () => {
    evolink = await openStudio();
    ({ workbench } = evolink);
  });
  after(() => evolink?.close());

  /** Nothing was sent, and the list is as it was. */
  async function nothingHappened(): Promise<void> {
    await workbench.openView('Seedance');
    // What the view shows when there are no tasks.
    await workbench.page.getByRole('button', { name: 'Try the Demo' }).waitFor();
    assert.equal(evolink.simulator.posts.length, 0);
  }

  describe('where the user changes their mind', () => {
    it('records and sends nothing when the question for the key is cancelled', async () => {
      await generateFromPalette(workbench);
      const question = await workbench.waitForQuickInput('EvoLink API Key');
      await workbench.page.keyboard.press('Escape');
      await question.waitFor({ state: 'hidden' });
      await nothingHappened();
    });

    it('records and sends nothing for a blank prompt, and says why', async () => {
      await workbench.runCommand('Seedance: Generate Video…');
      await workbench.answer('Describe the video', '   ');
      const question = await workbench.waitForQuickInput('The prompt is empty');
      await workbench.page.keyboard.press('Escape');
      await question.waitFor({ state: 'hidden' });
      await nothingHappened();
    });

    it('records and sends nothing when the price is not agreed to', async () => {
      await setKey(evolink);
      await generateFromPalette(workbench);
      await readQuestion(workbench);
      await workbench.pick('Don’t Generate');
      await nothingHappened();
    });
  });

  describe('where no folder is open', () => {
    let folder: string;
    let empty: Workbench;

    before(async () => {
      folder = await makeWorkspace();
      empty = await workbench.secondWindow('');
    });
    after(async () => {
      await empty?.close();
      if (folder) await rm(folder, { recursive: true, force: true });
    });

    it('asks for one before anything is paid, and saves the video there', async () => {
      await empty.runCommand('Seedance: Generate Video…');
      await empty.answer('Describe the video', 'A lighthouse at dawn.');
      const dialog = await empty.waitForQuickInput('Save Videos Here');
      const input = dialog.locator('.quick-input-box input');
      // Until the dialog has read its first folder it overwrites what is typed.
      await dialog.locator('.monaco-list-row').first().waitFor();
      await empty.waitFor('the path to stay', async () => {
        if ((await input.inputValue()) === `${folder}/`) return true;
        await input.fill(`${folder}/`);
        await empty.page.waitForTimeout(500);
        return false;
      });
      await empty.screenshot('no-folder');
      assert.equal(evolink.simulator.posts.length, 0);
      await dialog.getByRole('button', { name: 'Save Videos Here' }).click();
      const said = await agreeToPrice(empty);
      assert(said.includes(`Saved in ${folder}/videos`), said);
      await evolink.done(1);
      await empty.waitFor('the video', async () => (await savedVideos(folder))[0]);
      assert.equal(evolink.simulator.posts.length, 1);
    });
  });

  describe('where EvoLink is away', () => {
    it('sends nothing, says so and keeps the request for later', async () => {
      const { simulator, workspace } = evolink;
      const port = Number(new URL(simulator.url).port);
      await simulator.close();
      await generateFromPalette(workbench);
      await agreeToPrice(workbench);
      await workbench.waitForNotification('can’t be reached; nothing was sent or charged');
      await workbench.screenshot('server-away');
      const back = await startFaultySimulator({ clock: Date, speed: SPEED, port, key: simulator.key });
      try {
        await workbench.pressNotificationButton('can’t be reached', 'Send');
        await agreeToPrice(workbench);
        await waitForVideo(workbench, workspace);
        assert.equal(back.simulator.posts.length, 1);
      } finally {
        await back.simulator.close();
      }
    });
  });
});
