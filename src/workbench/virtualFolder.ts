import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { OutputFolderWriter } from '../tasks/moveIn.ts';

/** A folder that only VS Code can write to: of a workspace that is not on this machine's disk. */
export class VirtualFolder implements OutputFolderWriter {
  readonly #folder: vscode.Uri;

  constructor(folder: vscode.Uri) {
    this.#folder = folder;
  }

  async writeNew(name: string, bytes: Uint8Array): Promise<string | undefined> {
    const { fs } = vscode.workspace;
    const target = vscode.Uri.joinPath(this.#folder, name);
    if (await exists(target)) return (await holds(target, bytes)) ? target.toString() : undefined;
    await fs.createDirectory(this.#folder);
    const fresh = vscode.Uri.joinPath(this.#folder, `.seedance-${randomUUID()}.partial`);
    try {
      await fs.writeFile(fresh, bytes);
      await fs.rename(fresh, target, { overwrite: false });
      return target.toString();
    } catch (error) {
      if (await exists(fresh)) await fs.delete(fresh);
      if (isTaken(error)) return undefined;
      throw error;
    }
  }
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch (error) {
    if (codeOf(error) === 'FileNotFound') return false;
    throw error;
  }
}

async function holds(uri: vscode.Uri, bytes: Uint8Array): Promise<boolean> {
  const { size } = await vscode.workspace.fs.stat(uri);
  return size === bytes.length && Buffer.compare(await vscode.workspace.fs.readFile(uri), bytes) === 0;
}

function isTaken(error: unknown): boolean {
  return codeOf(error) === 'FileExists';
}

function codeOf(error: unknown): string | undefined {
  return error instanceof vscode.FileSystemError ? error.code : undefined;
}
