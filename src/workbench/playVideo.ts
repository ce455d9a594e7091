import * as vscode from 'vscode';

/** View type of the player (package.json, `customEditors`). */
export const PLAYER = 'seedance.player';

/** Opens the player beside what is being written; `background` leaves the cursor where it is. */
export async function playVideo(uri: vscode.Uri, focus: 'foreground' | 'background'): Promise<void> {
  const options: vscode.TextDocumentShowOptions =
    focus === 'background'
      ? { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true }
      : { preview: true };
  await vscode.commands.executeCommand('vscode.openWith', uri, PLAYER, options);
}
