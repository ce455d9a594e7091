import { findDuplicate } from '../../tasks/duplicates.ts';
import { newIdempotencyKey, newTaskId } from '../../tasks/ids.ts';
import type { TaskRecord } from '../../tasks/record.ts';
import type { Session } from '../session.ts';
import type { Candidate } from './candidate.ts';
import { UNATTENDED_PERIOD } from './gate.ts';

export interface Recording {
  /** Origin of the API. */
  readonly origin: string;
  /** Mark of the ledger when it was looked through for duplicates: one that was recorded since is not known to the user. */
  readonly mark: number;
  /** Credits that nobody was asked about. */
  readonly unattended: number;
  /** … and how many may go so in {@link UNATTENDED_PERIOD}. */
  readonly unattendedLimit: unknown;
}

/**
 * Writes all intents down in one transaction: nothing leaves before that. Undefined where the very same was recorded since the
 * look for it, or where more went unasked meanwhile than may; then nothing is written.
 */
export async function recordAll(
  { ledger, owner }: Session,
  candidates: readonly Candidate[],
  { origin, mark, unattended, unattendedLimit }: Recording,
): Promise<readonly TaskRecord[] | undefined> {
  const now = Date.now();
  const records = candidates.map(candidate => newRecord(candidate, { origin, owner, now }));
  const allowed = (): boolean => {
    const isNew = records.every(
      ({ request }) => !findDuplicate(ledger.ofRequest(request, mark), request, now),
    );
    if (unattended === 0) return isNew;
    const sum = ledger.unattendedCredits(now - UNATTENDED_PERIOD) + unattended;
    return isNew && typeof unattendedLimit === 'number' && sum <= unattendedLimit;
  };
  return (await ledger.addAll(records, allowed, unattended)) ? records : undefined;
}

function newRecord(
  { request, estimate, source, target }: Candidate,
  { origin, owner, now }: { readonly origin: string; readonly owner: string; readonly now: number },
): TaskRecord {
  return {
    id: newTaskId(),
    origin,
    state: 'waiting',
    prompt: request.prompt,
    request,
    createdAt: now,
    updatedAt: now,
    progress: 0,
    credits: estimate ? { estimated: estimate.credits } : {},
    charged: 'no',
    ...(source ? { source } : {}),
    idempotencyKey: newIdempotencyKey(),
    owner,
    target,
  };
}
