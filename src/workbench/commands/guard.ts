import * as vscode from 'vscode';
import { actions, tell } from '../actions.ts';
import { LedgerTooNew } from '../../tasks/ledger.ts';
import { SqliteMissing } from '../../tasks/sqlite.ts';
import { NotGenerated } from '../refusal.ts';
import { ledgerSentence } from '../studio.ts';
import type { Log } from '../host/log.ts';

type Command = (argument: unknown) => unknown;

/**
 * A command never rejects: VS Code would show its error a second time, raw and without a button. What a refusal says was
 * shown; anything else is told in one sentence and logged. Callers get undefined; those who want the reason call the
 * exported `generate`, which rejects with it.
 */
export function guarded(name: string, run: Command, log: Log): Command {
  return async argument => {
    try {
      return await run(argument);
    } catch (error) {
      if (error instanceof NotGenerated) return undefined;
      log.error(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      const sentence =
        error instanceof LedgerTooNew || error instanceof SqliteMissing
          ? ledgerSentence(error)
          : vscode.l10n.t('Something unexpected happened; the log says more.');
      void tell('error', sentence, actions.showLog());
      return undefined;
    }
  };
}
