import * as vscode from 'vscode';
import { foreign } from '../host/foreignText.ts';
import { formatCredits } from '../taskLabels.ts';
import type { LimitRefusal } from './gate.ts';

/** Why a limit refuses: the guard's name, its value, and what was wanted. */
export function limitSentence(refusal: LimitRefusal): string {
  const { l10n } = vscode;
  if (refusal.kind === 'invalid')
    return l10n.t(
      'The limit “{0}” (setting {1}) is no number of 0 or more, so nothing was sent.',
      foreign(JSON.stringify(refusal.value) ?? String(refusal.value)),
      refusal.setting,
    );
  const { setting, credits, videos } = refusal;
  const limit = formatCredits(refusal.limit);
  if (credits === undefined)
    return l10n.t(
      'The price is not known, and you have set a limit of {0} credits (setting {1}).',
      limit,
      setting,
    );
  const cost = formatCredits(credits);
  return setting === 'costLimit'
    ? l10n.t(
        'This video would cost about {0} credits, more than your limit of {1} for one video (setting costLimit).',
        cost,
        limit,
      )
    : l10n.t(
        'These {0} videos would cost about {1} credits together, more than your limit of {2} for one go (setting gestureLimit).',
        videos,
        cost,
        limit,
      );
}
