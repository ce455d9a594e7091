import { posix } from 'node:path';
import * as vscode from 'vscode';
import { notify } from '../host/notify.ts';
import { outputSettings } from '../settings.ts';

const ASKED = 'player.offeredDefault';
const EXTENSIONS = '{mp4,m4v,mov,webm}';

/**
 * Asks once for each workspace whether a double click on a video of the output folder should open the player, since VS Code's
 * own preview of it is silent. Nothing changes without the answer.
 */
export async function offerDefault(
  viewType: string,
  workspaceState: vscode.Memento,
  uri: vscode.Uri,
): Promise<void> {
  const folder = outputFolderOf(uri);
  const associations = vscode.workspace.getConfiguration('workbench');
  const known = associations.get<Record<string, string>>('editorAssociations', {});
  if (folder === undefined || Object.values(known).includes(viewType)) return;
  if (workspaceState.get(ASKED, false)) return;
  await workspaceState.update(ASKED, true);
  const yes = { title: vscode.l10n.t('Open with Sound') };
  const answer = await notify(
    'information',
    vscode.l10n.t(
      'Should videos in the folder "{0}" always open in the Seedance player? Otherwise a click opens them in the preview of VS Code, which may be silent.',
      folder,
    ),
    [yes, { title: vscode.l10n.t('No') }],
  );
  if (answer !== yes) return;
  const workspace = associations.inspect<Record<string, string>>('editorAssociations')?.workspaceValue;
  await associations.update(
    'editorAssociations',
    { ...workspace, [`**/${folder}/**/*.${EXTENSIONS}`]: viewType },
    vscode.ConfigurationTarget.Workspace,
  );
}

/** The output folder that a video is in, relative to its workspace folder; undefined when it is in none. */
function outputFolderOf(uri: vscode.Uri): string | undefined {
  const root = vscode.workspace.getWorkspaceFolder(uri);
  if (!root) return undefined;
  const { outputFolder } = outputSettings(root.uri);
  const name = typeof outputFolder === 'string' ? outputFolder : 'videos';
  const folder = posix.normalize(name).replaceAll(/^\.?\/+|\/+$/g, '');
  if (folder === '' || folder === '.') return undefined;
  return uri.path.startsWith(`${posix.join(root.uri.path, folder)}/`) ? folder : undefined;
}
