import * as vscode from 'vscode';
import type { TaskTarget } from '../tasks/record.ts';
import {
  outputSegments,
  resolveOutputFolder,
  type FolderProblem,
  type OutputFolder,
} from '../videos/folder.ts';
import { FILE_NAME_PLACEHOLDERS, templateProblems, type TemplateProblem } from '../videos/names.ts';
import { actions } from './actions.ts';
import type { FolderMemory } from './generate/folderMemory.ts';
import { resourceOf } from './generate/resourceOf.ts';
import { foreign } from './host/foreignText.ts';
import { refuse } from './refusal.ts';
import { outputSettings } from './settings.ts';

/**
 * Where a video will be saved: in the workspace folder of the document that the prompt comes from, else the first one, else
 * the one that the user chose for windows without a folder, which is asked now where there is none. Undefined where the user
 * chose none. Throws `NotGenerated` where nothing can be saved there: better now than when it is paid for.
 */
export async function chooseTarget(
  resource: vscode.Uri | undefined,
  folders: FolderMemory,
): Promise<TaskTarget | undefined> {
  const own = folderFor(resource);
  if (own) return await targetIn(own);
  const remembered = folders.get();
  if (remembered && (await isFolder(remembered))) return await targetIn(remembered);
  const chosen = await folders.choose();
  return chosen && (await targetIn(chosen));
}

/** The place in this folder that the settings name. Throws `NotGenerated` where they name none that can be used. */
export async function targetIn(folder: vscode.Uri): Promise<TaskTarget> {
  const { outputFolder, fileName } = outputSettings(folder);
  if (typeof outputFolder !== 'string') return refuseSetting('outputFolder');
  if (typeof fileName !== 'string') return refuseSetting('fileName');
  const [problem] = templateProblems(fileName);
  if (problem) refuse(templateSentence(problem, fileName), actions.settings('seedance.fileName'));
  const resolved = await resolve(folder, outputFolder.trim());
  if (resolved.kind === 'problem')
    refuse(
      problemSentence(resolved.problem, outputFolder),
      resolved.problem === 'workspaceMissing'
        ? actions.openFolder()
        : actions.settings('seedance.outputFolder'),
    );
  return { workspaceFolder: folder.toString(), outputFolder: outputFolder.trim(), fileName };
}

function refuseSetting(name: string): never {
  return refuse(
    vscode.l10n.t('The setting {0} must be text; nothing was sent.', name),
    actions.settings(`seedance.${name}`),
  );
}

function templateSentence(problem: TemplateProblem, template: string): string {
  const { l10n } = vscode;
  const shown = foreign(template);
  switch (problem.kind) {
    case 'empty':
      return l10n.t('The name for videos (setting fileName) is empty; nothing was sent.');
    case 'folder':
      return l10n.t(
        'The name for videos, “{0}” (setting fileName), has a slash: folders are set by outputFolder. Nothing was sent.',
        shown,
      );
    case 'unknownPlaceholder':
      return l10n.t(
        'The name for videos, “{0}” (setting fileName), has an unknown placeholder {1}. These are known: {2}. Nothing was sent.',
        shown,
        `{${foreign(problem.placeholder)}}`,
        FILE_NAME_PLACEHOLDERS.map(name => `{${name}}`).join(' '),
      );
  }
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.Directory) !== 0;
  } catch {
    return false;
  }
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
