import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Workbench, openWorkbench } from '../support/workbench.ts';

describe('the workbench, by keyboard and mouse', function () {
  let workspace: string;
  let workbench: Workbench;

  before(async () => {
    workspace = await mkdtemp(path.join(tmpdir(), 'seedance-e2e-'));
    await writeFile(path.join(workspace, 'story.md'), '# Story\n\nA lighthouse at dawn.\nGulls cry.\n');
    workbench = await openWorkbench({
      workspace,
      extension: fileURLToPath(new URL('./support/probe', import.meta.url)),
      language: 'ko',
    });
  });

  after(async () => {
    await workbench?.close();
    await rm(workspace, { recursive: true, force: true });
  });

  it('opens a file, selects lines and runs a command from the palette', async () => {
    await workbench.openFile('story.md');
    await workbench.selectLines(3, 4);
    await workbench.runCommand('Transform to Uppercase');
    await workbench.runCommand('File: Save');
    await workbench.waitFor('capitals in the file', async () =>
      (await readFile(path.join(workspace, 'story.md'), 'utf8')).endsWith(
        '\nA LIGHTHOUSE AT DAWN.\nGULLS CRY.\n',
      ),
    );
    const picture = await workbench.screenshot('harness-command');
    assert.ok((await stat(picture)).size > 10_000);
  });

  it('chooses in the menus of the editor and of a tree, in the language that was asked for', async () => {
    await workbench.selectAll();
    await workbench.editorMenu('Greet', () => workbench.hasNotification('Hello editor in ko.'));
    await workbench.openView('Probe Things');
    assert.match(await workbench.waitForTreeItem('first leaf'), /green/);
    await workbench.treeItemAction('second leaf', 'Greet', () =>
      workbench.hasNotification('Hello second leaf'),
    );
  });

  it('picks, presses buttons and answers dialogs', async () => {
    await workbench.runCommand('Probe: Choose');
    await workbench.waitForQuickInput('Which colour?');
    await workbench.pick('blue');
    await workbench.pressNotificationButton('It is blue.', 'Again');
    await workbench.waitForNotification('Pressed Again.');
    await workbench.runCommand('Probe: Ask in a Dialog');
    await workbench.pressDialogButton('Go on?', 'Go on');
    await workbench.waitForNotification('The answer is Go on.');
  });

  it('finds the page of a webview', async () => {
    await workbench.runCommand('Probe: Show a Page');
    const frame = await workbench.webviewFrame('#words');
    assert.equal(await frame.locator('#words').innerText(), 'words in a page');
    await workbench.screenshot('harness-webview');
  });

  it('keeps a secret through a reload, a killed server and a new start of the browser', async () => {
    await workbench.runCommand('Probe: Keep a Secret');
    await workbench.answer('What shall be kept?', 'blue lantern');
    await workbench.waitForNotification('Kept.');
    await workbench.reload();
    await workbench.runCommand('Probe: Tell the Secret');
    await workbench.waitForNotification('The secret is blue lantern.');
    await workbench.server.restart({ crash: true });
    await workbench.restartBrowser();
    // The palette knows commands before the extension host does.
    await workbench.openView('Probe Things');
    await workbench.waitForTreeItem('first leaf');
    await workbench.runCommand('Probe: Tell the Secret');
    await workbench.waitForNotification('The secret is blue lantern.');
  });

  it('opens a second window, and the first one again after it was closed', async () => {
    const second = await workbench.secondWindow();
    await second.runCommand('Probe: Greet');
    await second.waitForNotification('Hello editor');
    await second.close();
    await workbench.closeWindow();
    await workbench.openWindow();
    await workbench.openView('Probe Things');
    await workbench.waitForTreeItem('first leaf');
  });

  it('explains a failure by a picture and the logs', async () => {
    await assert.rejects(workbench.waitForNotification('never said', 100), error => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /Could not wait for the notification never said/);
      assert.match(error.message, /failed-wait-for-the-notification-never-said\.png/);
      assert.match(error.message, /\[error\] a line for the log/);
      return true;
    });
  });
});
