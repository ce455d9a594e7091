// Plain JavaScript: it is started from here by VS Code, without a build.
const fs = require('node:fs/promises');
const path = require('node:path');
const vscode = require('vscode');

exports.activate = context => {
  const root = process.env.SEEDANCE_TEST_ATTIC;
  const place = uri => path.join(root, uri.path);
  const refuse = () => {
    throw vscode.FileSystemError.NoPermissions();
  };
  const found = async work => {
    try {
      return await work;
    } catch {
      throw vscode.FileSystemError.FileNotFound();
    }
  };
  const provider = {
    onDidChangeFile: new vscode.EventEmitter().event,
    watch: () => new vscode.Disposable(() => {}),
    stat: async uri => {
      const stats = await found(fs.stat(place(uri)));
      const type = stats.isDirectory() ? vscode.FileType.Directory : vscode.FileType.File;
      return { type, size: stats.size, mtime: stats.mtimeMs, ctime: stats.ctimeMs };
    },
    readFile: uri => found(fs.readFile(place(uri))),
    readDirectory: async uri =>
      (await found(fs.readdir(place(uri)))).map(name => [name, vscode.FileType.File]),
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
  context.subscriptions.push(
    vscode.workspace.registerFileSystemProvider('attic', provider, { isReadonly: true }),
    vscode.commands.registerCommand('attic.open', () =>
      vscode.commands.executeCommand(
        'vscode.openWith',
        vscode.Uri.parse('attic:/clip.mp4'),
        'seedance.player',
      ),
    ),
  );
};
