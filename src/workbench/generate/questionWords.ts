import * as vscode from 'vscode';
import { pixelSize } from '../../evolink/models.ts';
import { creditsToUsd } from '../../evolink/pricing.ts';
import type { GenerationRequest } from '../../evolink/request.ts';
import { foreign } from '../host/foreignText.ts';
import { explainWarning } from '../requestSentences.ts';
import { formatCredits, promptLabel } from '../taskLabels.ts';
import type { Candidate } from './candidate.ts';
import { sumOf, type AskReason } from './gate.ts';
import type { Dearer, PricedOption } from './prepare.ts';

/** Columns of a prompt that fit into a row of VS Code's picker. */
const PROMPT_COLUMNS = 72;
/** Columns of a sentence that do. */
const SENTENCE_COLUMNS = 80;

/** `202.5 credits ($2.98)`. */
export function amount(credits: number): string {
  return vscode.l10n.t('{0} credits (${1})', formatCredits(credits), creditsToUsd(credits).toFixed(2));
}

/** A sentence as the two lines of a row: what does not fit into the first goes into the second. */
export function inTwoLines(sentence: string): readonly [label: string, detail: string | undefined] {
  if (sentence.length <= SENTENCE_COLUMNS) return [sentence, undefined];
  const space = sentence.lastIndexOf(' ', SENTENCE_COLUMNS);
  const cut = space > 0 ? space : SENTENCE_COLUMNS;
  return [sentence.slice(0, cut), sentence.slice(cut).trim()];
}

/** The price of all, as a person reads it. */
export function priceWords(candidates: readonly Candidate[]): string {
  const credits = sumOf(candidates);
  if (credits === undefined) return vscode.l10n.t('the price is not known');
  return candidates.some(({ estimate }) => estimate?.from)
    ? vscode.l10n.t('from {0}', amount(credits))
    : vscode.l10n.t('about {0}', amount(credits));
}

/** `3 videos`. */
export function videosWords(count: number): string {
  return count === 1 ? vscode.l10n.t('1 video') : vscode.l10n.t('{0} videos', count);
}

export function promptWords(prompt: string): string {
  return foreign(promptLabel(prompt, PROMPT_COLUMNS));
}

/** `story.md:3 · 13 words · 94 characters`. */
export function aboutPrompt({ request, source }: Candidate): string {
  const { l10n } = vscode;
  const { prompt } = request;
  const characters = Array.from(prompt).length;
  const words = prompt.split(/\s+/u).filter(part => /[\p{L}\p{N}]/u.test(part)).length;
  // Where words are not spaced their number means nothing.
  const isSpaced = !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(prompt);
  return [
    ...(source ? [sourceWords(source)] : []),
    ...(isSpaced ? [words === 1 ? l10n.t('1 word') : l10n.t('{0} words', words)] : []),
    characters === 1 ? l10n.t('1 character') : l10n.t('{0} characters', characters),
  ].join(' · ');
}

function sourceWords({ uri, line }: { readonly uri: string; readonly line: number }): string {
  const parsed = vscode.Uri.parse(uri);
  const name = parsed.scheme === 'untitled' ? parsed.path : vscode.workspace.asRelativePath(parsed);
  return foreign(`${name}:${line + 1}`);
}

/** `5 s · 720p · 1280×720 · 16:9 · with sound · seedance-2.0-text-to-video`, and what is not usual. */
export function optionsWords(request: GenerationRequest): string {
  const { l10n } = vscode;
  const size = pixelSize(request.aspect_ratio, request.quality);
  return [
    l10n.t('{0} s', request.duration),
    request.quality,
    ...(size ? [`${size[0]}×${size[1]}`] : []),
    request.aspect_ratio,
    request.generate_audio ? l10n.t('with sound') : l10n.t('without sound'),
    ...(request.content_filter ? [] : [l10n.t('without content filter')]),
    ...(request.model_params?.web_search === true ? [l10n.t('with web search')] : []),
    request.model,
  ].join(' · ');
}

/** Where the videos of a candidate will lie. */
export function folderWords({ target }: Candidate): string {
  const folder = vscode.Uri.parse(target.workspaceFolder);
  const open = vscode.workspace.getWorkspaceFolder(folder);
  const shown = open ? open.name : folder.fsPath;
  return foreign(target.outputFolder === '' ? shown : `${shown}/${target.outputFolder}`);
}

/** What may surprise, each once. */
export function warningWords(candidates: readonly Candidate[], reasons: readonly AskReason[]): string[] {
  const sentences = candidates.flatMap(candidate => [
    ...(candidate.dearer ? [dearerWords(candidate, candidate.dearer, reasons)] : []),
    ...(candidate.otherCallback === undefined
      ? []
      : [
          vscode.l10n.t(
            'EvoLink will call {0}, which is not your setting.',
            foreign(candidate.otherCallback),
          ),
        ]),
    ...(candidate.isUncertain
      ? [vscode.l10n.t('EvoLink may already have taken it: it may be charged a second time.')]
      : []),
    ...candidate.warnings.map(warning => foreign(explainWarning(warning))),
  ]);
  const unattended = reasons.includes('unattended')
    ? [vscode.l10n.t('Asked for by a task, keybinding or extension (setting unattendedLimit)')]
    : [];
  return [...new Set([...unattended, ...sentences])];
}

function dearerWords({ credits }: Candidate, dearer: Dearer, reasons: readonly AskReason[]): string {
  const { l10n } = vscode;
  const options = dearer.options.map(optionName).join(', ');
  const price = credits === undefined ? l10n.t('an unknown price') : formatCredits(credits);
  const own = dearer.ownCredits === undefined ? '?' : formatCredits(dearer.ownCredits);
  return reasons.includes('sidecar')
    ? l10n.t('The file sets {0}: {1} credits, not {2} as with your settings.', options, price, own)
    : l10n.t('This workspace sets {0}: {1} credits, not {2} as with your settings.', options, price, own);
}

function optionName(option: PricedOption): string {
  const { l10n } = vscode;
  switch (option) {
    case 'model':
      return l10n.t('model');
    case 'duration':
      return l10n.t('duration');
    case 'quality':
      return l10n.t('quality');
    case 'contentFilter':
      return l10n.t('content filter');
    case 'webSearch':
      return l10n.t('web search');
  }
}
