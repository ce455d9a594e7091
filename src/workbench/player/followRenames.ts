import * as vscode from 'vscode';

/** An open editor, as far as renaming its file goes. */
export interface OpenEditor {
  readonly uri: vscode.Uri;
  readonly panel: vscode.WebviewPanel;
  /** Name of its page, if it has one. */
  readonly page: string | undefined;
}

interface Move {
  readonly page: string | undefined;
  readonly to: vscode.Uri;
  readonly viewColumn: vscode.ViewColumn | undefined;
  readonly active: boolean;
  /** Not behind another tab. */
  readonly visible: boolean;
}

/**
 * Keeps videos in the player when they, or a folder above them, are renamed in VS Code: since the player is no file's
 * default, VS Code would go on with its own preview.
 * @param onMove a page goes on in a new editor at another address
 */
export function followRenames(
  viewType: string,
  editors: ReadonlySet<OpenEditor>,
  onMove: (page: string, to: vscode.Uri) => void,
): vscode.Disposable {
  let moves: Move[] = [];
  const before = vscode.workspace.onWillRenameFiles(({ files }) => {
    moves = [...editors].flatMap(({ uri, panel, page }) =>
      files.flatMap(({ oldUri, newUri }) => {
        const to = moved(uri, oldUri, newUri);
        const { viewColumn, active, visible } = panel;
        return to ? [{ page, to, viewColumn, active, visible }] : [];
      }),
    );
  });
  const after = vscode.workspace.onDidRenameFiles(async () => {
    const todo = moves;
    moves = [];
    for (const move of todo) {
      if (move.page !== undefined) onMove(move.page, move.to);
      await reopen(viewType, move);
    }
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
