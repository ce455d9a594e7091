import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';

function activeViewType(): string | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? input.viewType : undefined;
}

describe('playing the video of the active editor', function () {
  let folder: string;
  let clip: vscode.Uri;

  before(async () => {
    const extension = vscode.extensions.getExtension('seedance-studio.seedance-studio');
    assert(extension);
    await extension.activate();
    folder = await mkdtemp(path.join(tmpdir(), 'seedance-play-'));
    clip = vscode.Uri.file(path.join(folder, 'scene.mp4'));
    await copyFile(path.join(extension.extensionPath, 'media', 'demo', 'clip.mp4'), clip.fsPath);
  });
  beforeEach(async () => {
    await vscode.commands.executeCommand('vscode.open', clip);
    assert.equal(activeViewType(), 'vscode.videoPreview');
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [from, argument] of [
    ['the palette, which gives nothing', undefined],
    ['the title of an editor that knew its file', () => clip],
    ['the title of an editor that was just opened, which gives its group only', () => ({ groupId: 0 })],
  ] as const) {
    it(`is begun from ${from}`, async () => {
      await vscode.commands.executeCommand('seedance.play', argument?.());
      assert.equal(activeViewType(), 'seedance.player');
    });
  }
});
