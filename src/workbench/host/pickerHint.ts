import type * as vscode from 'vscode';

/**
 * Shows a sentence with a picker: below its box where VS Code has a place for that, else as the placeholder, which is
 * seen while nothing is typed. The only use of VS Code's interface that the lowest supported version lacks.
 */
export function showHint(pick: vscode.QuickPick<vscode.QuickPickItem>, sentence: string): void {
  if ('prompt' in pick) pick.prompt = sentence;
  else pick.placeholder = sentence;
}
