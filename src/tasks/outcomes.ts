import type { RemoteTaskSummary } from '../evolink/answers.ts';
import type { EvoLinkClient } from '../evolink/client.ts';
import type { Ledger } from './ledger.ts';
import type { TaskRecord } from './record.ts';

/** Milliseconds that EvoLink's clock and this machine's may differ. */
const SKEW = 60_000;
/** Milliseconds after which a POST has been given up for sure; an orphan's end is noted much later. */
const LONGEST_POST = 120_000;
const PAGE_SIZE = 50;
/** Pages of the list that are read at most. */
const MAX_PAGES = 20;
/** How many of the newest tasks are looked through for ones whose earlier POST is in doubt. */
const RIVALS = 500;

/** What is known of an uncertain task after EvoLink's list was asked. */
export type OutcomeDecision =
  /** Just one task can be it. */
  | { readonly kind: 'adopt'; readonly remoteId: string }
  /** Some can be it: only the user can tell, with the last of them at the head. */
  | { readonly kind: 'candidates'; readonly candidates: readonly RemoteTaskSummary[] }
  /** None is there: it was not taken, as far as this account's list tells. */
  | { readonly kind: 'none' };

export interface ListedTasks {
  readonly tasks: readonly RemoteTaskSummary[];
  /** The list was read back to before the POST. */
  readonly complete: boolean;
}

/**
 * Which of EvoLink's tasks an uncertain one is. Adopted by itself is only the one unclaimed task of its model that was
 * created while its POST was out, and only where no other task of the ledger could be that one as well.
 * @param isClaimed whether a task of the ledger has this remote id
 * @param others all tasks of the ledger that have a POST of which EvoLink's id may be unknown
 */
export function decideOutcome(
  task: TaskRecord,
  { tasks, complete }: ListedTasks,
  isClaimed: (remoteId: string) => boolean,
  others: readonly TaskRecord[],
): OutcomeDecision {
  const candidates = tasks.filter(remote => !isClaimed(remote.id) && couldBe(task, remote));
  const [only, second] = candidates;
  if (!only) return complete ? { kind: 'none' } : { kind: 'candidates', candidates };
  const isKnownWell = only.createdAt !== undefined && only.model === task.request.model;
  const hasRival = others.some(other => other.id !== task.id && couldBe(other, only));
  if (second || hasRival || !complete || !isKnownWell) return { kind: 'candidates', candidates };
  return { kind: 'adopt', remoteId: only.id };
}

/** What the list does not say speaks neither for nor against a task. */
function couldBe(task: TaskRecord, { model, type, createdAt }: RemoteTaskSummary): boolean {
  if (type !== undefined && type !== 'video') return false;
  if (model !== undefined && model !== task.request.model) return false;
  const { from, to } = postWindow(task);
  return createdAt === undefined || (createdAt >= from && createdAt <= to);
}

/** When EvoLink may have created the task, by its own clock, by any POST of it that is in doubt; milliseconds since 1970. */
export function postWindow(task: TaskRecord): { readonly from: number; readonly to: number } {
  const sent = task.sentAt ?? task.createdAt;
  const isOut = task.state === 'submitting';
  return {
    from: (task.doubt === true ? task.createdAt : sent) - SKEW,
    to: (isOut ? sent + LONGEST_POST : Math.min(Math.max(sent, task.updatedAt), sent + LONGEST_POST)) + SKEW,
  };
}

export type OutcomeCheck =
  | { readonly kind: 'adopted'; readonly task: TaskRecord }
  | Exclude<OutcomeDecision, { kind: 'adopt' }>
  /** This EvoLink has no list: the user looks at its site. */
  | { readonly kind: 'noList' }
  | { readonly kind: 'noKey' }
  /** The task is not uncertain any more, or gone. */
  | { readonly kind: 'settled'; readonly task?: TaskRecord };

export interface OutcomeServices {
  readonly ledger: Ledger;
  readonly clientFor: (origin: string) => Promise<Pick<EvoLinkClient, 'list'> | undefined>;
  readonly log: (line: string) => void;
}

/** Asks EvoLink's list what became of an uncertain task, and adopts it where that is certain. Throws an `EvoLinkError`. */
export async function checkOutcome(id: string, services: OutcomeServices): Promise<OutcomeCheck> {
  const { ledger, clientFor, log } = services;
  const task = ledger.get(id);
  if (task?.state !== 'uncertain') return { kind: 'settled', ...(task && { task }) };
  const client = await clientFor(task.origin);
  if (!client) return { kind: 'noKey' };
  const listed = await listSince(client, postWindow(task).from);
  if (!listed) return { kind: 'noList' };
  const isClaimed = (remoteId: string): boolean => ledger.findRemote(task.origin, remoteId) !== undefined;
  const others = [
    ...ledger.inStates(['uncertain', 'submitting']),
    ...ledger.lately(RIVALS).filter(other => other.doubt === true),
  ].filter(other => other.origin === task.origin);
  const decision = decideOutcome(task, listed, isClaimed, others);
  log(`Task ${id}: EvoLink's list says ${decision.kind}.`);
  if (decision.kind !== 'adopt') return decision;
  const adopted = await adoptOutcome(id, decision.remoteId, ledger);
  return adopted ? { kind: 'adopted', task: adopted } : await checkOutcome(id, services);
}

/**
 * The user, or EvoLink's list, said which of EvoLink's tasks an uncertain one is. Undefined where another task of the ledger
 * is that one, or this one is not uncertain any more.
 */
export async function adoptOutcome(
  id: string,
  remoteId: string,
  ledger: Ledger,
): Promise<TaskRecord | undefined> {
  return await ledger.apply(
    id,
    { type: 'adopt', remoteId },
    task => task.state === 'uncertain' && ledger.findRemote(task.origin, remoteId) === undefined,
  );
}

async function listSince(
  client: Pick<EvoLinkClient, 'list'>,
  from: number,
): Promise<ListedTasks | undefined> {
  const tasks = new Map<string, RemoteTaskSummary>();
  for (let page = 1; page <= MAX_PAGES; page++) {
    const found = await client.list({ page, pageSize: PAGE_SIZE });
    if (!found) return undefined;
    const known = tasks.size;
    for (const task of found) tasks.set(task.id, task);
    const oldest = Math.min(Infinity, ...found.map(task => task.createdAt ?? Infinity));
    // A short page need not be the last one: a server may give fewer than it was asked for.
    if (found.length === 0 || oldest < from) return { tasks: [...tasks.values()], complete: true };
    if (tasks.size === known) break;
  }
  return { tasks: [...tasks.values()], complete: false };
}
