import * as vscode from 'vscode';
import type { TaskTarget } from '../tasks/record.ts';
import {
  outputSegments,
  resolveOutputFolder,
  type FolderProblem,
  type OutputFolder,
} from '../videos/folder.ts';
import { actions } from './actions.ts';
import { resourceOf } from './generate/resourceOf.ts';
import { refuse } from './refusal.ts';
import { outputSettings } from './settings.ts';

/**
 * Where a video will be saved: in the workspace folder of the document that the prompt comes from, else the first one, else
 * one that the user picks now. Undefined where the user picked none. Throws `NotGenerated` where nothing can be saved there:
 * better now than when it is paid for.
 */
export async function chooseTarget(source: vscode.Uri | undefined): Promise<TaskTarget | undefined> {
  const folder = folderFor(source) ?? (await pickFolder());
  if (!folder) return undefined;
  const output = outputSettings(folder);
  const resolved = await resolve(folder, output.outputFolder);
  if (resolved.kind === 'problem')
    refuse(
      problemSentence(resolved.problem, output.outputFolder),
      resolved.problem === 'workspaceMissing'
        ? actions.openFolder()
        : actions.settings('seedance.outputFolder'),
    );
  return { workspaceFolder: folder.toString(), ...output };
}

/** Whether this window has the folder open. @param folder uri as text */
export function isOpenHere(folder: string): boolean {
  return (vscode.workspace.workspaceFolders ?? []).some(({ uri }) => uri.toString() === folder);
}

/**
 * The workspace folder whose settings apply and that the video will lie in, as far as it is known without asking.
 * @param source the document that the prompt comes from, as VS Code names it; undefined for a typed one
 */
export function folderFor(source: vscode.Uri | undefined): vscode.Uri | undefined {
  const resource = source && resourceOf(source);
  const own = resource && vscode.workspace.getWorkspaceFolder(resource);
  const folders = [...(own ? [own] : []), ...(vscode.workspace.workspaceFolders ?? [])];
  return folders.find(({ uri }) => isWritable(uri))?.uri;
}

/** A repository that is looked at without a clone may be read-only. */
function isWritable({ scheme }: vscode.Uri): boolean {
  return scheme === 'file' || vscode.workspace.fs.isWritableFileSystem(scheme) === true;
}

/** Of a folder that only VS Code reaches the setting alone is checked: it has no links that lead elsewhere. */
async function resolve(folder: vscode.Uri, outputFolder: string): Promise<OutputFolder> {
  if (folder.scheme === 'file') return await resolveOutputFolder(folder.fsPath, outputFolder);
  const segments = outputSegments(outputFolder);
  return typeof segments === 'string'
    ? { kind: 'problem', problem: segments }
    : { kind: 'folder', path: vscode.Uri.joinPath(folder, ...segments).path };
}

async function pickFolder(): Promise<vscode.Uri | undefined> {
  const choose = vscode.l10n.t('Choose Folder');
  const chosen = await vscode.window.showWarningMessage(
    vscode.workspace.workspaceFolders?.length
      ? vscode.l10n.t('The open folder can’t be written to: choose where the video will be saved.')
      : vscode.l10n.t('No folder is open: choose where the video will be saved.'),
    choose,
  );
  return chosen === choose ? await askForFolder() : undefined;
}

/** A folder on this machine that the user picks now. */
export async function askForFolder(): Promise<vscode.Uri | undefined> {
  const folders = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Folder for the Video'),
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: vscode.l10n.t('Save Videos Here'),
  });
  return folders?.find(({ scheme }) => scheme === 'file');
}

function problemSentence(problem: FolderProblem, outputFolder: string): string {
  switch (problem) {
    case 'workspaceMissing':
      return vscode.l10n.t('The workspace folder is not there any more: the video could not be saved.');
    case 'outside':
      return vscode.l10n.t(
        'The folder for videos, “{0}” (setting outputFolder), lies outside of the workspace folder.',
        outputFolder,
      );
    case 'notAFolder':
      return vscode.l10n.t(
        'The folder for videos, “{0}” (setting outputFolder), can’t be used: something else has its name, or it can’t be read.',
        outputFolder,
      );
    case 'badName':
      return vscode.l10n.t(
        'The folder for videos, “{0}” (setting outputFolder), has a name that not every system takes.',
        outputFolder,
      );
  }
}
