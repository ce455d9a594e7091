import assert from 'node:assert/strict';
import type { Workbench } from '../support/workbench.ts';
import { agreeToPrice, generateFromPalette, savedVideos } from './support/mainJob.ts';
import { openStudio, type OpenStudio, setKey } from './support/studio.ts';

describe('where the user changes their mind', function () {
  this.timeout(180_000);
  let workbench: Workbench;
  let evolink: OpenStudio;

  before(async () => {
    evolink = await openStudio();
    ({ workbench } = evolink);
  });
  after(() => evolink?.close());

  /** Nothing was sent, and the list is as it was. */
  async function nothingHappened(): Promise<void> {
    await workbench.openView('Seedance');
    // What the view shows when there are no tasks.
    await workbench.page.getByRole('button', { name: 'Try the Demo' }).waitFor({ timeout: 20_000 });
    assert.equal(evolink.simulator.posts.length, 0);
  }

  it('records and sends nothing when the question for the key is cancelled', async () => {
    await generateFromPalette(workbench);
    const question = await workbench.waitForQuickInput('EvoLink API Key');
    await workbench.page.keyboard.press('Escape');
    await question.waitFor({ state: 'hidden', timeout: 20_000 });
    await nothingHappened();
  });

  it('records and sends nothing for a blank prompt, and says why', async () => {
    await workbench.runCommand('Seedance: Generate Video…');
    await workbench.answer('Describe the video', '   ');
    const question = await workbench.waitForQuickInput('The prompt is empty');
    await workbench.page.keyboard.press('Escape');
    await question.waitFor({ state: 'hidden', timeout: 20_000 });
    await nothingHappened();
  });

  it('records and sends nothing when the price is not agreed to', async () => {
    await setKey(evolink);
    await generateFromPalette(workbench);
    await workbench.pressDialogButton('Generate a video of', 'Cancel');
    await nothingHappened();
  });
});

describe('where no folder is open', function () {
  this.timeout(180_000);

  it('asks for one before anything is paid, and saves the video there', async () => {
    const studio = await openStudio({ openFolder: false });
    const { workbench, workspace: folder, simulator } = studio;
    try {
      await setKey(studio);
      await workbench.runCommand('Seedance: Generate Video…');
      await workbench.answer('Describe the video', 'A lighthouse at dawn.');
      await workbench.waitForNotification('No folder is open');
      await workbench.screenshot('no-folder');
      assert.equal(simulator.posts.length, 0);
      await workbench.pressNotificationButton('No folder is open', 'Choose Folder');
      const dialog = await workbench.waitForQuickInput('Save Videos Here');
      const input = dialog.locator('.quick-input-box input');
      // Until the dialog has read its first folder it overwrites what is typed.
      await dialog.locator('.monaco-list-row').first().waitFor({ timeout: 20_000 });
      await workbench.waitFor('the path to stay', async () => {
        if ((await input.inputValue()) === `${folder}/`) return true;
        await input.fill(`${folder}/`);
        await workbench.page.waitForTimeout(500);
        return false;
      });
      await dialog.getByRole('button', { name: 'Save Videos Here' }).click();
      await agreeToPrice(workbench);
      await workbench.waitFor('the video', async () => (await savedVideos(folder))[0], 90_000);
      assert.equal(simulator.posts.length, 1);
    } finally {
      await studio.close();
    }
  });
});
