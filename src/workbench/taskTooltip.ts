import * as vscode from 'vscode';
import { PRICE_TABLE } from '../evolink/pricing.ts';
import type { TaskRecord } from '../tasks/record.ts';
import { explainTask } from './errorSentences.ts';
import { hover } from './host/hover.ts';
import { costLabel, optionsLabel, stateLabel } from './taskLabels.ts';

/** Characters of a prompt. */
const MAX_PROMPT = 1000;

/** What hovering a task's row shows: picture, state, options, cost, what is wrong, prompt. */
export function taskTooltip(task: TaskRecord, picture: vscode.Uri | undefined): vscode.MarkdownString {
  const cost = costLabel(task, PRICE_TABLE.creditsPerUsd);
  const explanation = explainTask(task);
  return hover({
    ...(picture && { picture: { uri: picture, alt: vscode.l10n.t('First frame') } }),
    title: stateLabel(task.state),
    facts: [optionsLabel(task), ...(cost === undefined ? [] : [cost])],
    paragraphs: [...(explanation ? [explanation.message] : []), task.prompt.slice(0, MAX_PROMPT)],
  });
}
