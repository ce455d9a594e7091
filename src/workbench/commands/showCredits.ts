import * as vscode from 'vscode';
import { EvoLinkError } from '../../evolink/errors.ts';
import { PRICE_TABLE } from '../../evolink/pricing.ts';
import { actions, tell } from '../actions.ts';
import { explainError } from '../errorSentences.ts';
import type { Studio } from '../studio.ts';
import { formatCredits } from '../taskLabels.ts';
import { originWithKey, type KeyServices } from './setApiKey.ts';

/** `seedance.showCredits`: the account's balance in credits; resolves to it. */
export async function showCredits(studio: Studio, services: KeyServices): Promise<number | undefined> {
  if (studio.isDemo) {
    void tell('information', vscode.l10n.t('The demo costs nothing.'));
    return undefined;
  }
  const origin = await originWithKey(services);
  const client = origin === undefined ? undefined : await services.clients.forOrigin(origin);
  if (!client) return undefined;
  try {
    const credits = await client.credits();
    const remaining = credits.balance;
    if (remaining === undefined) {
      void tell(
        'warning',
        vscode.l10n.t('EvoLink did not say how many credits are left.'),
        actions.showLog(),
      );
      return undefined;
    }
    const usd = (remaining / PRICE_TABLE.creditsPerUsd).toFixed(2);
    void tell(
      'information',
      vscode.l10n.t('{0} credits are left (${1}).', formatCredits(remaining), usd),
      actions.topUp(),
    );
    return remaining;
  } catch (error) {
    if (!(error instanceof EvoLinkError)) throw error;
    const { message, buttons } = explainError(error);
    void tell('error', message, ...buttons);
    return undefined;
  }
}
