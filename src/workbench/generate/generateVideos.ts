import * as vscode from 'vscode';
import { toTask } from '../../tasks/record.ts';
import type { Task } from '../../tasks/task.ts';
import { actions } from '../actions.ts';
import { refuse, requireTrust } from '../refusal.ts';
import type { Session } from '../session.ts';
import { spendingRules } from '../settings.ts';
import { ledgerSentence, type Studio } from '../studio.ts';
import { folderFor, targetIn } from '../target.ts';
import { askQuestion } from './askQuestion.ts';
import { balanceOf } from './balance.ts';
import { gateItem, type Candidate } from './candidate.ts';
import { draftsOf, withTargets, type Draft } from './candidates.ts';
import { decide, UNATTENDED_PERIOD, type Verdict } from './gate.ts';
import type { GenerateServices, Gesture, GestureText, SendingKey } from './gesture.ts';
import { limitSentence } from './limitSentences.ts';
import { recordAll } from './record.ts';
import { ended, submitAll } from './submit.ts';

/**
 * The way from texts to recorded and sent tasks: prepare, ask once for all, record all, submit. Empty where the user changed
 * their mind. Throws `NotGenerated` with the sentence that was shown.
 */
export async function generateVideos(gesture: Gesture, services: GenerateServices): Promise<readonly Task[]> {
  const session = checkedSession(services);
  const began = session.ledger.mark();
  let { texts } = gesture;
  let key: SendingKey | undefined;
  for (;;) {
    const round = prepareRound(gesture, texts, session, began);
    if (round.verdict.kind === 'duplicate')
      return await followDuplicates(round.drafts, gesture, session, services);
    const candidates = await withTargets(round.drafts, services.folders);
    if (!candidates) return [];
    key ??= await services.key(session);
    if (!key) return [];
    if (services.studio.current !== session) return refuseAfterSwitch();
    const step = await agree(round.verdict, candidates, gesture, { session, key, services });
    if (step.kind === 'end') return step.tasks;
    if (step.kind === 'newKey') key = await services.newKey(session);
    if (!key) return [];
    if (step.kind !== 'pay') continue;
    if (services.studio.current !== session) return refuseAfterSwitch();
    const records = await recordAll(session, step.chosen, {
      origin: key.origin,
      mark: round.mark,
      unattended: round.verdict.kind === 'go' ? round.verdict.unattended : 0,
      unattendedLimit: spendingRules().unattendedLimit,
    });
    if (records) {
      gesture.onRecorded?.();
      return await sendRecorded(
        session,
        records.map(({ id }) => id),
        gesture,
        services.studio,
      );
    }
    texts = texts.filter((_, index) => candidates[index] && step.chosen.includes(candidates[index]));
  }
}

/** Tells what would refuse any text, before one is typed. Throws `NotGenerated`. */
export async function checkBeforeTyping(gesture: Gesture, services: GenerateServices): Promise<void> {
  const session = checkedSession(services);
  prepareRound(
    gesture,
    [{ text: '.', source: undefined, resource: undefined }],
    session,
    session.ledger.mark(),
  );
  const folder = folderFor(undefined);
  if (folder) await targetIn(folder);
}

/** The session to generate in. Throws `NotGenerated` where nothing may or can be generated. */
export function checkedSession({ studio, checkAccount }: GenerateServices): Session {
  requireTrust();
  const session = openSession(studio);
  if (session.kind === 'account') checkAccount();
  return session;
}

function openSession(studio: Studio): Session {
  try {
    return studio.current;
  } catch (error) {
    return refuse(ledgerSentence(error), actions.showLog());
  }
}

interface Round {
  /** Of the ledger, before it was looked through for duplicates. */
  readonly mark: number;
  readonly drafts: readonly Draft[];
  readonly verdict: Exclude<Verdict, { kind: 'refuse' }>;
}

/** What the texts make, and what the gate says to it. Throws `NotGenerated` where it refuses. */
function prepareRound(
  gesture: Gesture,
  texts: readonly GestureText[],
  session: Session,
  began: number,
): Round {
  const mark = session.ledger.mark();
  // `again` forgives what was there when the command began, and nothing that came since.
  const drafts = draftsOf(gesture, texts, session, gesture.options.again === true ? began : -1);
  const { caller, options } = gesture;
  const unattendedCredits = session.ledger.unattendedCredits(Date.now() - UNATTENDED_PERIOD);
  const items = drafts.map(gateItem);
  const verdict = decide({ caller, confirm: options.confirm, items, unattendedCredits }, spendingRules());
  if (verdict.kind !== 'refuse') return { mark, drafts, verdict };
  return refuse(limitSentence(verdict.refusal), actions.settings(`seedance.${verdict.refusal.setting}`));
}

type Step =
  | { readonly kind: 'pay'; readonly chosen: readonly Candidate[] }
  | { readonly kind: 'end'; readonly tasks: readonly Task[] }
  | { readonly kind: 'newKey' | 'anew' };

interface Asking {
  readonly session: Session;
  readonly key: SendingKey;
  readonly services: GenerateServices;
}

/** Asks where the gate says so; what comes next. */
async function agree(
  verdict: Round['verdict'],
  candidates: readonly Candidate[],
  gesture: Gesture,
  { session, key, services }: Asking,
): Promise<Step> {
  const isDemo = session.kind === 'demo';
  if (verdict.kind !== 'ask') {
    if (key.isFresh && !isDemo) void balanceOf(session, key);
    return { kind: 'pay', chosen: candidates };
  }
  const answer = await askQuestion(
    {
      verb: 'generate',
      candidates,
      reasons: verdict.reasons,
      // The Enter that ended the key may have been pressed twice.
      opensOn: key.isFresh ? 'nothing' : verdict.opensOn,
      isDemo,
      canChooseFolder: folderFor(undefined) === undefined,
      balance: isDemo ? undefined : balanceOf(session, key),
    },
    services,
  );
  switch (answer?.kind) {
    case 'pay':
      return answer;
    case 'show': {
      await services.reveal(answer.task.id);
      const tasks =
        gesture.options.wait === true
          ? [await ended(session, answer.task, services.studio)]
          : [toTask(answer.task)];
      return { kind: 'end', tasks };
    }
    case 'folder':
      await services.folders.choose();
      return { kind: 'anew' };
    case 'key':
      return { kind: 'newKey' };
    case undefined:
      return { kind: 'end', tasks: [] };
  }
}

async function followDuplicates(
  drafts: readonly Draft[],
  { options }: Gesture,
  session: Session,
  { studio }: GenerateServices,
): Promise<readonly Task[]> {
  const tasks = drafts.flatMap(({ duplicate }) => duplicate ?? []);
  return options.wait === true
    ? await Promise.all(tasks.map(task => ended(session, task, studio)))
    : tasks.map(toTask);
}

async function sendRecorded(
  session: Session,
  ids: readonly string[],
  { options }: Gesture,
  studio: Studio,
): Promise<readonly Task[]> {
  const tasks = await submitAll(session, ids);
  if (options.wait !== true) return tasks.map(toTask);
  return await Promise.all(
    // What keeps a request waiting was told; it is not waited for.
    tasks.map(async task => (task.state === 'waiting' ? toTask(task) : await ended(session, task, studio))),
  );
}

/** The demo and the account must never be mixed up: one is free, the other is paid. */
export function refuseAfterSwitch(): never {
  return refuse(
    vscode.l10n.t('The demo was started or stopped meanwhile: nothing was sent.'),
    actions.typePrompt(),
  );
}
