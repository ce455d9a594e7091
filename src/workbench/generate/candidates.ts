import * as vscode from 'vscode';
import { isTooLarge } from '../../prompt/size.ts';
import { findDuplicate, repeatsAmong } from '../../tasks/duplicates.ts';
import { actions } from '../actions.ts';
import { refuse } from '../refusal.ts';
import { explainProblem } from '../requestSentences.ts';
import type { Session } from '../session.ts';
import { ownRequestDefaults, requestDefaults } from '../settings.ts';
import { chooseTarget, folderFor } from '../target.ts';
import type { Candidate } from './candidate.ts';
import type { FolderMemory } from './folderMemory.ts';
import type { Gesture, GestureText } from './gesture.ts';
import { prepare } from './prepare.ts';

/** A candidate before it is known where its video goes. */
export type Draft = Omit<Candidate, 'target'> & { readonly resource: vscode.Uri | undefined };

/**
 * The requests that the texts of a gesture make. Throws `NotGenerated` with all that is wrong with the first that makes none.
 * @param since a mark of the ledger: tasks that were recorded before it are no duplicates
 */
export function draftsOf(
  { caller, options }: Gesture,
  texts: readonly GestureText[],
  { ledger }: Session,
  since: number,
): readonly Draft[] {
  if (texts.some(({ text }) => isTooLarge(text))) refuseSize();
  const own = ownRequestDefaults();
  const { confirm: _confirm, again: _again, wait: _wait, ...given } = options;
  const drafts = texts.map(({ text, source, resource }) => {
    const settings = requestDefaults(folderFor(resource));
    const prepared = prepare({ text, given, settings, own, isFile: caller === 'sidecar' });
    if ('problems' in prepared) {
      const field = prepared.problems[0]?.field ?? '';
      return refuse(
        prepared.problems.map(explainProblem).join(' '),
        field === 'prompt' ? actions.typePrompt() : actions.settings(`seedance.${field}`),
      );
    }
    const duplicate = findDuplicate(ledger.ofRequest(prepared.request, since), prepared.request, Date.now());
    return { ...prepared, source, resource, duplicate, isUncertain: false };
  });
  const repeats = repeatsAmong(drafts.map(({ request }) => request));
  return drafts.map((draft, index) => ({ ...draft, isRepeated: repeats[index] === true }));
}

function refuseSize(): never {
  return refuse(
    vscode.l10n.t('This text is larger than 200 kB, and EvoLink takes 10,000 tokens: nothing was sent.'),
    actions.typePrompt(),
  );
}

/** Adds where the videos go, asking once where no folder is open. Undefined where the user chose none. */
export async function withTargets(
  drafts: readonly Draft[],
  folders: FolderMemory,
): Promise<readonly Candidate[] | undefined> {
  const known = new Map<string, Candidate['target']>();
  const candidates: Candidate[] = [];
  for (const { resource, ...draft } of drafts) {
    const folder = folderFor(resource)?.toString() ?? '';
    const target = known.get(folder) ?? (await chooseTarget(resource, folders));
    if (!target) return undefined;
    known.set(folder, target);
    candidates.push({ ...draft, target });
  }
  return candidates;
}
