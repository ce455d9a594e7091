import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const EXTENSION = 'seedance-studio.seedance-studio';

describe('the extension host', () => {
  it('is of the VS Code that was asked for', () => {
    console.log(`    VS Code ${vscode.version}, Node ${process.versions.node}`);
    const asked = process.env['SEEDANCE_TEST_VSCODE'];
    if (asked) assert.equal(vscode.version, asked);
    const engines: string = vscode.extensions.getExtension(EXTENSION)?.packageJSON.engines.vscode;
    const [, lowest] = /^\^1\.(\d+)\.0$/.exec(engines) ?? [];
    const [major, minor] = vscode.version.split('.').map(Number);
    assert.ok(
      major === 1 && Number(minor) >= Number(lowest),
      `${vscode.version} is older than engines.vscode`,
    );
  });

  it('has the workspace of the tests open', () => {
    const file = vscode.workspace.workspaceFile?.fsPath;
    assert.equal(file, process.env['SEEDANCE_TEST_WORKSPACE'] ?? file);
    assert.deepEqual(
      vscode.workspace.workspaceFolders?.map(({ uri }) => uri.scheme),
      ['file', 'seedance-test'],
    );
  });

  it('holds SQLite', () => {
    const sqlite = process.getBuiltinModule('node:sqlite');
    const database = new sqlite.DatabaseSync(':memory:');
    assert.deepEqual({ ...database.prepare('select 6 * 7 as answer').get() }, { answer: 42 });
    database.close();
  });

  it('finds and activates the extension', async () => {
    const extension = vscode.extensions.getExtension(EXTENSION);
    assert.ok(extension);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
