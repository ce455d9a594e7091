import * as vscode from 'vscode';
import { actions, tell } from '../actions.ts';
import { LedgerTooNew } from '../../tasks/ledger.ts';
import { SqliteMissing } from '../../tasks/sqlite.ts';
import { NotGenerated } from '../refusal.ts';
import { ledgerSentence } from '../studio.ts';

type Command = (argument: unknown) => unknown;

/** Whatever a command throws by surprise is told in one sentence and logged: VS Code would show it raw. */
export function guarded(name: string, run: Command, log: vscode.LogOutputChannel): Command {
  return async argument => {
    try {
      return await run(argument);
    } catch (error) {
      // Callers of `seedance.generate` get the sentence that was shown.
      if (error instanceof NotGenerated) throw error;
      log.error(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      const sentence =
        error instanceof LedgerTooNew || error instanceof SqliteMissing
          ? ledgerSentence(error)
          : vscode.l10n.t('Something unexpected happened; the log says more.');
      void tell('error', sentence, actions.showLog());
      if (argument !== undefined && name === 'seedance.generate') throw new NotGenerated(sentence);
      return undefined;
    }
  };
}
