import * as vscode from 'vscode';

const KEY = 'folderForVideos';

/** The folder on this machine that the user chose for videos of windows without one. */
export class FolderMemory {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  get(): vscode.Uri | undefined {
    const text = this.#state.get<unknown>(KEY);
    return typeof text === 'string' ? vscode.Uri.parse(text) : undefined;
  }

  /** Asks in VS Code's own dialog, and remembers. Undefined where the user chose none. */
  async choose(): Promise<vscode.Uri | undefined> {
    const before = this.get();
    const folders = await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Folder for the Video'),
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: vscode.l10n.t('Save Videos Here'),
      ...(before && { defaultUri: before }),
    });
    const folder = folders?.find(({ scheme }) => scheme === 'file');
    if (folder) await this.#state.update(KEY, folder.toString());
    return folder;
  }
}
