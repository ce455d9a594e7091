import * as vscode from 'vscode';
import type { Task, TaskState } from '../tasks/task.ts';
import { onOneLine } from './host/foreignText.ts';

const ICONS: Readonly<Record<TaskState, [icon: string, color?: string]>> = {
  waiting: ['watch'],
  submitting: ['sync~spin'],
  queued: ['sync~spin'],
  generating: ['sync~spin'],
  downloading: ['cloud-download'],
  saved: ['pass', 'testing.iconPassed'],
  uncertain: ['question', 'problemsWarningIcon.foreground'],
  rejected: ['error', 'testing.iconFailed'],
  failed: ['error', 'testing.iconFailed'],
  expired: ['error', 'testing.iconFailed'],
  stopped: ['circle-slash'],
};

const NEEDS_PERSON: (typeof ICONS)[TaskState] = ['warning', 'problemsWarningIcon.foreground'];

/** @param needsPerson the task does not go on by itself */
export function stateIcon(state: TaskState, needsPerson: boolean): vscode.ThemeIcon {
  const [icon, color] = needsPerson && state !== 'uncertain' ? NEEDS_PERSON : ICONS[state];
  return new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
}

/** A state as a person reads it. */
export function stateLabel(state: TaskState): string {
  const { l10n } = vscode;
  switch (state) {
    case 'waiting':
      return l10n.t('Waiting');
    case 'submitting':
      return l10n.t('Sending');
    case 'queued':
      return l10n.t('Queued');
    case 'generating':
      return l10n.t('Generating');
    case 'downloading':
      return l10n.t('Saving');
    case 'saved':
      return l10n.t('Saved');
    case 'uncertain':
      return l10n.t('Outcome unknown');
    case 'rejected':
      return l10n.t('Refused');
    case 'failed':
      return l10n.t('Failed');
    case 'expired':
      return l10n.t('Expired');
    case 'stopped':
      return l10n.t('Not followed');
  }
}

/** State with what is known of its progress. */
export function progressLabel(task: Task, download?: { bytes: number; total?: number }): string {
  const label = stateLabel(task.state);
  if (task.state === 'generating' || (task.state === 'queued' && task.progress > 0))
    return vscode.l10n.t('{0} {1} %', label, Math.floor(task.progress));
  if (task.state === 'downloading' && download?.total)
    return vscode.l10n.t('{0} {1} %', label, Math.floor((100 * download.bytes) / download.total));
  return label;
}

/** Columns of a prompt that leave room for state and progress beside it in a side bar of usual width. */
const RUNNING_COLUMNS = 14;
/** … for the one word that an ended task has. */
const ENDED_COLUMNS = 26;
/** Columns of a prompt inside of a sentence. */
export const SENTENCE_COLUMNS = 40;

/** The beginning of a task's prompt, as wide as its row in the tree allows. */
export function rowLabel({ prompt, state }: Task): string {
  return promptLabel(prompt, state === 'saved' ? ENDED_COLUMNS : RUNNING_COLUMNS);
}

/** The beginning of a prompt, on one line. Wide characters (Chinese, Japanese, Korean, emoji) take two columns. */
export function promptLabel(prompt: string, maxColumns: number): string {
  const line = onOneLine(prompt.slice(0, 400)).replaceAll(/\s+/g, ' ').trim();
  let label = '';
  let columns = 0;
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    columns +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Emoji_Presentation}/u.test(
        segment,
      )
        ? 2
        : 1;
    if (columns > maxColumns) return `${label.trimEnd()}…`;
    label += segment;
  }
  return label;
}

/** `720p · 16:9 · 5 s`. */
export function optionsLabel({ request }: Task): string {
  return [request.quality, request.aspect_ratio, vscode.l10n.t('{0} s', request.duration)].join(' · ');
}

/** What was or will be paid, as far as it is known: EvoLink's final word before its reservation before the estimate. */
export function costLabel(task: Task, creditsPerUsd: number): string | undefined {
  const { charged, reserved, estimated } = task.credits;
  const credits = charged ?? reserved ?? estimated;
  if (credits === undefined) return undefined;
  const amount = vscode.l10n.t(
    '{0} credits (${1})',
    formatCredits(credits),
    (credits / creditsPerUsd).toFixed(2),
  );
  if (task.charged === 'no' && charged === undefined && isOver(task.state))
    return vscode.l10n.t('Nothing was charged');
  return charged === undefined ? vscode.l10n.t('About {0}', amount) : amount;
}

export function formatCredits(credits: number): string {
  return credits.toLocaleString(vscode.env.language, { maximumFractionDigits: 2 });
}

function isOver(state: TaskState): boolean {
  return state === 'rejected' || state === 'failed';
}
