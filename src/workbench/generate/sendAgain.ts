import { findDuplicate, repeatsAmong } from '../../tasks/duplicates.ts';
import { estimateCost } from '../../evolink/pricing.ts';
import type { TaskRecord } from '../../tasks/record.ts';
import { isAllowed } from '../../tasks/transitions.ts';
import { actions } from '../actions.ts';
import { refuse, requireTrust } from '../refusal.ts';
import type { Session } from '../session.ts';
import { ownRequestDefaults, spendingRules } from '../settings.ts';
import { askQuestion } from './askQuestion.ts';
import { balanceOf } from './balance.ts';
import { gateItem, type Candidate } from './candidate.ts';
import { decide } from './gate.ts';
import type { GenerateServices } from './gesture.ts';
import { limitSentence } from './limitSentences.ts';
import { countedCredits, foreignCallback } from './prepare.ts';
import { submitAll } from './submit.ts';

/**
 * Sends tasks that are in the list: those that were never sent, or whose outcome is unknown. One question for all of them;
 * whoever calls may be anybody. Resolves to how many were as they were shown, and so were sent.
 */
export async function sendAgain(
  session: Session,
  tasks: readonly TaskRecord[],
  services: GenerateServices,
): Promise<number> {
  requireTrust();
  const sendable = tasks.filter(({ state }) => isAllowed(state, 'sendAgain'));
  if (sendable.length === 0) return 0;
  const mark = session.ledger.mark();
  const candidates = candidatesOf(session, sendable);
  const items = candidates.map(gateItem);
  const verdict = decide(
    { caller: 'call', confirm: undefined, items, unattendedCredits: 0 },
    spendingRules(),
  );
  if (verdict.kind === 'refuse')
    return refuse(limitSentence(verdict.refusal), actions.settings(`seedance.${verdict.refusal.setting}`));
  if (verdict.kind !== 'ask') return 0; // a call without `confirm` is always asked
  const isDemo = session.kind === 'demo';
  const [first] = sendable;
  const key = { origin: first?.origin ?? '', isFresh: false, refused: () => Promise.resolve() };
  const answer = await askQuestion(
    {
      verb: 'send',
      candidates,
      reasons: verdict.reasons,
      opensOn: 'nothing',
      isDemo,
      canChooseFolder: false,
      balance: isDemo ? undefined : balanceOf(session, key),
    },
    services,
  );
  if (answer?.kind === 'show') await services.reveal(answer.task.id);
  if (answer?.kind === 'key') await services.newKey(session);
  if (answer?.kind !== 'pay') return sendable.length;
  return await send(
    session,
    sendable.filter((_, index) => answer.chosen.some(chosen => chosen === candidates[index])),
    mark,
  );
}

/** @param mark of the ledger, when it was looked through for duplicates: the user does not know of one that was recorded since */
async function send(session: Session, tasks: readonly TaskRecord[], mark: number): Promise<number> {
  const event = { type: 'sendAgain', owner: session.owner } as const;
  const ids: string[] = [];
  for (const task of tasks) {
    // The question took its time: what the user agreed to was about the task as it was shown.
    const isSame = (current: TaskRecord): boolean =>
      current.state === task.state &&
      current.attempt === task.attempt &&
      !findDuplicate(session.ledger.ofRequest(task.request, mark), task.request, Date.now());
    if (await session.ledger.apply(task.id, event, isSame)) ids.push(task.id);
  }
  await submitAll(session, ids);
  return ids.length;
}

function candidatesOf({ ledger }: Session, tasks: readonly TaskRecord[]): readonly Candidate[] {
  const own = ownRequestDefaults();
  const ids = new Set(tasks.map(({ id }) => id));
  const repeats = repeatsAmong(tasks.map(({ request }) => request));
  return tasks.map(({ request, source, target, state }, index) => {
    const others = ledger.ofRequest(request).filter(({ id }) => !ids.has(id));
    const estimate = estimateCost(request);
    const otherCallback = foreignCallback(request, own);
    return {
      request,
      warnings: [],
      estimate,
      credits: countedCredits(estimate),
      source,
      target,
      duplicate: findDuplicate(others, request, Date.now()),
      isRepeated: repeats[index] === true,
      isUncertain: state === 'uncertain',
      ...(otherCallback !== undefined && { otherCallback }),
    };
  });
}
