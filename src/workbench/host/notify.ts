import * as vscode from 'vscode';
import { foreign } from './foreignText.ts';

/** Everything that tells a person something goes through here, so that no foreign word is forgotten (docs/architecture.md). */

export type Severity = 'error' | 'warning' | 'information';

/** A notification with its buttons. Undefined where it was left, or is hidden by Do Not Disturb. */
export async function notify<T extends vscode.MessageItem>(
  severity: Severity,
  text: string,
  buttons: readonly T[],
): Promise<T | undefined> {
  const show = {
    error: vscode.window.showErrorMessage,
    warning: vscode.window.showWarningMessage,
    information: vscode.window.showInformationMessage,
  }[severity];
  return await show<T>(foreign(text), ...buttons);
}

/** Shows in the status bar what is being done. */
export async function whileShowing<T>(title: string, work: () => Promise<T>): Promise<T> {
  return await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: foreign(title) },
    work,
  );
}
