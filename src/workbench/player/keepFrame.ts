import { posix } from 'node:path';
import * as vscode from 'vscode';
import { VirtualFolder } from '../virtualFolder.ts';
import {
  isDiskFull,
  isReadOnly,
  saveFrame,
  writeNewIn,
  type FramePlace,
  type WriteNew,
} from './saveFrame.ts';

/**
 * Saves a frame beside its video; where that is outside of the workspace or read-only, in the first workspace folder that
 * takes it.
 * @returns the path that a person recognises
 * @throws {Error} (rejection) with a sentence for a person
 */
export async function keepFrame(video: vscode.Uri, png: Uint8Array, at: FramePlace): Promise<string> {
  for (const folder of foldersFor(video)) {
    try {
      const saved = await saveFrame(posix.basename(video.path), at, writerOf(folder, png));
      return vscode.workspace.asRelativePath(saved);
    } catch (error) {
      if (isDiskFull(error)) throw new Error(vscode.l10n.t('the disk is full.'), { cause: error });
      if (!isReadOnly(error)) throw error;
    }
  }
  throw new Error(vscode.l10n.t('no open folder can be written to.'));
}

/** Where a frame may go, best first. */
function foldersFor(video: vscode.Uri): vscode.Uri[] {
  const own = vscode.Uri.joinPath(video, '..');
  const open = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  const folders = vscode.workspace.getWorkspaceFolder(video) ? [own, ...open] : [...open, own];
  return folders.filter(isWritable);
}

function isWritable({ scheme }: vscode.Uri): boolean {
  return scheme === 'file' || vscode.workspace.fs.isWritableFileSystem(scheme) === true;
}

function writerOf(folder: vscode.Uri, png: Uint8Array): WriteNew<vscode.Uri> {
  if (folder.scheme === 'file') {
    const write = writeNewIn(folder.fsPath, png);
    return async name => {
      const path = await write(name);
      return path === undefined ? undefined : vscode.Uri.file(path);
    };
  }
  const virtual = new VirtualFolder(folder);
  return async name => {
    const uri = await virtual.writeNew(name, png);
    return uri === undefined ? undefined : vscode.Uri.parse(uri);
  };
}
