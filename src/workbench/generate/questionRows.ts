import * as vscode from 'vscode';
import { stateLabel } from '../taskLabels.ts';
import { chosenOf, type Answer, type Question, type QuestionState } from './question.ts';
import {
  aboutPrompt,
  amount,
  folderWords,
  inTwoLines,
  optionsWords,
  priceWords,
  promptWords,
  videosWords,
  warningWords,
} from './questionWords.ts';
import { sumOf } from './gate.ts';

/** What accepting a row does. */
export type RowAct =
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** Pays for what is chosen. */
  | { readonly kind: 'pay' }
  | { readonly kind: 'text'; readonly index: number }
  | { readonly kind: 'nothing' };

export interface Row extends vscode.QuickPickItem {
  readonly act: RowAct;
}

export type RowButton = vscode.QuickInputButton & {
  readonly does: 'text' | 'toggle' | 'folder';
};

/** Prompts that leave room for the rest to be seen below them without scrolling. */
const FEW = 4;

export function titleOf(question: Question, state: QuestionState): string {
  const chosen = chosenOf(question, state);
  const title =
    chosen.length === 0
      ? vscode.l10n.t('No video is chosen')
      : vscode.l10n.t('{0} · {1}', videosWords(chosen.length), priceWords(chosen));
  return question.isDemo ? vscode.l10n.t('Demo: {0}', title) : title;
}

/**
 * The rows of the question. While it is open only their words change, never their number or order: what is accepted at the
 * same instant as a change is the row that was seen.
 */
export function rowsOf(question: Question, state: QuestionState): readonly Row[] {
  const prompts = [separator(vscode.l10n.t('What Is Sent')), ...promptRows(question, state)];
  const details = [separator(vscode.l10n.t('How')), ...detailRows(question, state)];
  return [
    ...headRows(question, state),
    ...warningWords(question.candidates, question.reasons).map(warningRow),
    ...(question.candidates.length <= FEW ? [...prompts, ...details] : [...details, ...prompts]),
  ];
}

function warningRow(sentence: string): Row {
  const [label, detail] = inTwoLines(sentence);
  return row('warning', label, undefined, detail === undefined ? {} : { detail });
}

function headRows(question: Question, state: QuestionState): readonly Row[] {
  const pay = payRow(question, state);
  const leave = row(
    'close',
    question.verb === 'send' ? vscode.l10n.t('Don’t Send') : vscode.l10n.t('Don’t Generate'),
    { kind: 'answer', answer: undefined },
  );
  const [only] = question.candidates;
  if (question.opensOn === 'pay') return [pay, leave];
  if (question.candidates.length > 1 || !only?.duplicate) return [leave, pay];
  const show = row(
    'history',
    only.duplicate.state === 'saved'
      ? vscode.l10n.t('Show the One Just Made')
      : vscode.l10n.t('Show the One Under Way'),
    { kind: 'answer', answer: { kind: 'show', task: only.duplicate } },
    { description: stateLabel(only.duplicate.state) },
  );
  return [show, pay, leave];
}

function payRow(question: Question, state: QuestionState): Row {
  const { l10n } = vscode;
  if (state.balance.kind === 'keyRefused')
    return row(
      'key',
      l10n.t('Set Another API Key…'),
      { kind: 'answer', answer: { kind: 'key' } },
      { description: l10n.t('EvoLink does not accept this one') },
    );
  const chosen = chosenOf(question, state);
  if (chosen.length === 0) return row('sparkle', l10n.t('Generate: no prompt is chosen'));
  return row(
    'sparkle',
    payWords(question, chosen.length),
    { kind: 'pay' },
    { description: priceWords(chosen) },
  );
}

function payWords({ verb, candidates }: Question, count: number): string {
  const { l10n } = vscode;
  if (verb === 'send') return count === 1 ? l10n.t('Send') : l10n.t('Send {0} Requests', count);
  if (candidates.length === 1 && candidates[0]?.duplicate) return l10n.t('Generate Another');
  return count === 1 ? l10n.t('Generate Video') : l10n.t('Generate {0} Videos', count);
}

function promptRows({ candidates }: Question, { included }: QuestionState): readonly Row[] {
  const { l10n } = vscode;
  const isOneOptions = new Set(candidates.map(({ request }) => optionsWords(request))).size === 1;
  return candidates.map((candidate, index) => {
    const isIn = included[index] === true;
    const state = candidate.duplicate && l10n.t('in the list: {0}', stateLabel(candidate.duplicate.state));
    const left = isIn ? undefined : l10n.t('left out');
    const toggle: RowButton = isIn
      ? { does: 'toggle', iconPath: new vscode.ThemeIcon('remove'), tooltip: l10n.t('Leave Out') }
      : { does: 'toggle', iconPath: new vscode.ThemeIcon('add'), tooltip: l10n.t('Put Back') };
    const text: RowButton = {
      does: 'text',
      iconPath: new vscode.ThemeIcon('eye'),
      tooltip: l10n.t('Show the Whole Text'),
    };
    return row(
      isIn ? 'check' : 'circle-slash',
      promptWords(candidate.request.prompt),
      { kind: 'text', index },
      {
        detail: [
          left,
          state,
          aboutPrompt(candidate),
          ...(isOneOptions ? [] : [optionsWords(candidate.request)]),
        ]
          .filter(words => words !== undefined)
          .join(' · '),
        buttons: candidates.length > 1 ? [text, toggle] : [text],
      },
    );
  });
}

function detailRows(question: Question, state: QuestionState): readonly Row[] {
  const { l10n } = vscode;
  const { candidates, isDemo, canChooseFolder } = question;
  const options = [...new Set(candidates.map(({ request }) => optionsWords(request)))];
  const folders = [...new Set(candidates.map(folderWords))];
  const change: RowButton = {
    does: 'folder',
    iconPath: new vscode.ThemeIcon('folder-opened'),
    tooltip: l10n.t('Choose Another Folder'),
  };
  return [
    options.length === 1
      ? row('settings', options[0] ?? '')
      : row('settings', l10n.t('Options differ: they are named with each text')),
    ...folders.map(folder =>
      row(
        'folder',
        l10n.t('Saved in {0}', folder),
        canChooseFolder ? { kind: 'answer', answer: { kind: 'folder' } } : undefined,
        canChooseFolder ? { description: l10n.t('change…'), buttons: [change] } : {},
      ),
    ),
    isDemo
      ? row('beaker', l10n.t('Demo: every video is a sample, and nothing is charged'))
      : balanceRow(question, state),
  ];
}

function balanceRow(question: Question, { balance, ...state }: QuestionState): Row {
  const { l10n } = vscode;
  switch (balance.kind) {
    case 'asking':
      return row('credit-card', l10n.t('Asking EvoLink for the balance…'));
    case 'unknown':
      return row('credit-card', l10n.t('The balance of the account is not known'));
    case 'keyRefused':
      return row('warning', l10n.t('EvoLink does not accept this API key'));
    case 'known': {
      const left = l10n.t('{0} left in the account', amount(balance.credits));
      const sum = sumOf(chosenOf(question, { balance, ...state }));
      return sum !== undefined && sum > balance.credits
        ? row('warning', l10n.t('{0}: not enough', left))
        : row('credit-card', left);
    }
  }
}

function row(
  icon: string,
  label: string,
  act: RowAct = { kind: 'nothing' },
  more: Pick<vscode.QuickPickItem, 'description' | 'detail' | 'buttons'> = {},
): Row {
  // Typing never hides or moves a row.
  return { label, iconPath: new vscode.ThemeIcon(icon), alwaysShow: true, act, ...more };
}

function separator(label: string): Row {
  return { label, kind: vscode.QuickPickItemKind.Separator, act: { kind: 'nothing' } };
}
