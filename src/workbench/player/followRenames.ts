import * as vscode from 'vscode';

/** An open editor, as far as renaming its file goes. */
export interface OpenEditor {
  readonly uri: vscode.Uri;
  readonly panel: vscode.WebviewPanel;
}

interface Move {
  readonly to: vscode.Uri;
  readonly viewColumn: vscode.ViewColumn | undefined;
  readonly active: boolean;
  /** Not behind another tab. */
  readonly visible: boolean;
}

/**
 * Keeps videos in the player when they, or a folder above them, are renamed in VS Code: since the player is no file's
 * default, VS Code would go on with its own preview.
 */
export function followRenames(viewType: string, editors: ReadonlySet<OpenEditor>): vscode.Disposable {
  let moves: Move[] = [];
  const before = vscode.workspace.onWillRenameFiles(({ files }) => {
    moves = [...editors].flatMap(({ uri, panel }) =>
      files.flatMap(({ oldUri, newUri }) => {
        const to = moved(uri, oldUri, newUri);
        return to ? [{ to, viewColumn: panel.viewColumn, active: panel.active, visible: panel.visible }] : [];
      }),
    );
  });
  const after = vscode.workspace.onDidRenameFiles(async () => {
    const todo = moves;
    moves = [];
    for (const move of todo) await reopen(viewType, move);
  });
  return vscode.Disposable.from(before, after);
}

function moved(uri: vscode.Uri, from: vscode.Uri, to: vscode.Uri): vscode.Uri | undefined {
  if (uri.toString() === from.toString()) return to;
  if (uri.scheme !== from.scheme || uri.authority !== from.authority) return undefined;
  return uri.path.startsWith(`${from.path}/`)
    ? uri.with({ path: to.path + uri.path.slice(from.path.length) })
    : undefined;
}

async function reopen(viewType: string, { to, viewColumn, active, visible }: Move): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', to, viewType, {
    viewColumn: viewColumn ?? vscode.ViewColumn.Active,
    preserveFocus: !active,
    background: !visible, // of `vscode.open` and `vscode.openWith`, beyond TextDocumentShowOptions
    preview: false,
  });
  const tabs = vscode.window.tabGroups.all.find(group => group.viewColumn === viewColumn)?.tabs ?? [];
  const previews = tabs.filter(
    ({ input }) =>
      input instanceof vscode.TabInputCustom &&
      input.uri.toString() === to.toString() &&
      input.viewType !== viewType,
  );
  await vscode.window.tabGroups.close(previews, true);
}
