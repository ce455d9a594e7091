import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the extension host', () => {
  it('is of the VS Code that was asked for', () => {
    console.log(`    VS Code ${vscode.version}, Node ${process.versions.node}`);
    const asked = process.env['SEEDANCE_TEST_VSCODE'];
    if (asked) assert.equal(vscode.version, asked);
    const [major = 0, minor = 0] = vscode.version.split('.').map(Number);
    assert.ok(major > 1 || (major === 1 && minor >= 110), `${vscode.version} is older than engines.vscode`);
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
    const extension = vscode.extensions.getExtension('seedance-studio.seedance-studio');
    assert.ok(extension);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
