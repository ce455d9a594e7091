import * as vscode from 'vscode';
import { NEEDS, type Attention, type Need } from './attention.ts';

/** What a row says of a task that needs a person, in place of its state. */
export function needLabel(need: Need): string {
  const { l10n } = vscode;
  switch (need) {
    case 'dying':
      return l10n.t('Not saved, link dies soon');
    case 'unsaved':
      return l10n.t('Can’t be saved');
    case 'uncertain':
      return l10n.t('Outcome unknown');
    case 'blocked':
      return l10n.t('Can’t be followed');
    case 'unsent':
      return l10n.t('Not sent');
  }
}

/** One sentence for each reason why tasks need a person, the most pressing first. */
export function needSentences({ needs, deadline }: Attention): string[] {
  return NEEDS.flatMap(need => {
    const count = needs.get(need);
    return count === undefined ? [] : [needSentence(need, count, deadline)];
  });
}

function needSentence(need: Need, count: number, deadline: number | undefined): string {
  const { l10n } = vscode;
  const one = count === 1;
  switch (need) {
    case 'dying': {
      const time = new Date(deadline ?? 0).toLocaleString(vscode.env.language, {
        dateStyle: 'short',
        timeStyle: 'short',
      });
      return one
        ? l10n.t('1 video is not saved, and the link to it dies at {0}.', time)
        : l10n.t('{0} videos are not saved, and the first link dies at {1}.', count, time);
    }
    case 'unsaved':
      return one
        ? l10n.t('1 finished video can’t be saved.')
        : l10n.t('{0} finished videos can’t be saved.', count);
    case 'uncertain':
      return one
        ? l10n.t('It is unknown whether 1 request was taken: it may be paid for.')
        : l10n.t('It is unknown whether {0} requests were taken: they may be paid for.', count);
    case 'blocked':
      return one
        ? l10n.t('1 video can’t be followed until you act.')
        : l10n.t('{0} videos can’t be followed until you act.', count);
    case 'unsent':
      return one
        ? l10n.t('1 request was not sent: send or remove it.')
        : l10n.t('{0} requests were not sent: send or remove them.', count);
  }
}

/** The number on the view's icon, and what it counts; undefined where there is nothing to count. */
export function badgeOf(attention: Attention): vscode.ViewBadge | undefined {
  const { running, needs } = attention;
  const needing = [...needs.values()].reduce((sum, count) => sum + count, 0);
  if (running + needing === 0) return undefined;
  const tooltip = [...needSentences(attention), ...(running === 0 ? [] : [runningSentence(running)])];
  return { value: running + needing, tooltip: tooltip.join(' ') };
}

function runningSentence(count: number): string {
  return count === 1
    ? vscode.l10n.t('1 video is under way.')
    : vscode.l10n.t('{0} videos are under way.', count);
}
