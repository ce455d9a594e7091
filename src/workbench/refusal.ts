import * as vscode from 'vscode';
import { tell, type Action } from './actions.ts';

/** Thrown to callers when no task was made, and shown to the user before. */
export class NotGenerated extends Error {}

/** Shows a sentence with a button and throws it to the caller, without waiting for the button. */
export function refuse(message: string, button: Action): never {
  void tell('error', message, button);
  throw new NotGenerated(message);
}

/** Throws {@link NotGenerated} in Restricted Mode: a workspace that is not trusted may not spend. */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  refuse(vscode.l10n.t('Videos can’t be generated in Restricted Mode. Trust this workspace first.'), {
    title: vscode.l10n.t('Manage Trust'),
    command: 'workbench.trust.manage',
  });
}

/** A person was told already: only callers of the exported `generate` get the exception. */
export async function quietly<T>(generate: () => Promise<T>): Promise<T | undefined> {
  try {
    return await generate();
  } catch (error) {
    if (error instanceof NotGenerated) return undefined;
    throw error;
  }
}
