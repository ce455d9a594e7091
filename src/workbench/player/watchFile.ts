import { posix } from 'node:path';
import * as vscode from 'vscode';

/** Watches one file, which may lie outside of the workspace. */
export function watchFile(uri: vscode.Uri): vscode.FileSystemWatcher {
  // A file name as a pattern that fits only itself.
  const name = posix.basename(uri.path).replaceAll(/[*?{}[\]]/g, '[$&]');
  const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), name);
  return vscode.workspace.createFileSystemWatcher(pattern);
}
