import * as vscode from 'vscode';
import { pixelSize } from '../evolink/models.ts';
import type { Estimate } from '../evolink/pricing.ts';
import type { GenerationRequest, RequestWarning } from '../evolink/request.ts';
import { explainWarning } from './requestSentences.ts';
import { spendingSettings } from './settings.ts';
import { formatCredits } from './taskLabels.ts';

/** Whether the user's limit forbids the request; an unknown price is over every limit. */
export function isOverLimit(estimate: Estimate | undefined): boolean {
  const { costLimit } = spendingSettings();
  return costLimit !== undefined && (estimate === undefined || estimate.credits > costLimit);
}

/** Asks with the price and with what may surprise, unless the user has switched that off. */
export async function confirmSpending(
  request: GenerationRequest,
  estimate: Estimate | undefined,
  warnings: readonly RequestWarning[],
): Promise<boolean> {
  if (!spendingSettings().confirmCost) return true;
  const generate = vscode.l10n.t('Generate');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('Generate a video of {0} seconds at {1}?', request.duration, request.quality),
    {
      modal: true,
      detail: [priceLine(estimate), optionsLine(request), ...warnings.map(explainWarning)].join('\n'),
    },
    generate,
  );
  return chosen === generate;
}

function priceLine(estimate: Estimate | undefined): string {
  if (!estimate) return vscode.l10n.t('The price of this model is not known.');
  const credits = formatCredits(estimate.credits);
  const usd = estimate.usd.toFixed(2);
  return estimate.from
    ? vscode.l10n.t('From {0} credits (${1}). Prices of {2}.', credits, usd, estimate.priceDate)
    : vscode.l10n.t('About {0} credits (${1}). Prices of {2}.', credits, usd, estimate.priceDate);
}

function optionsLine(request: GenerationRequest): string {
  const size = pixelSize(request.aspect_ratio, request.quality);
  return [
    request.model,
    request.aspect_ratio,
    ...(size ? [`${size[0]}×${size[1]}`] : []),
    request.generate_audio ? vscode.l10n.t('with sound') : vscode.l10n.t('without sound'),
  ].join(' · ');
}
