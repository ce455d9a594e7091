import { isDeepStrictEqual } from 'node:util';
import type { RemoteTask } from '../evolink/answers.ts';
import { LINK_LIFE } from './deadline.ts';
import type { TaskRecord } from './record.ts';
import type { SeenProgress } from './scheduleProgress.ts';
import { toTaskError } from './taskErrors.ts';
import type { TaskEvent } from './transitions.ts';

/** What the looks at a task add to EvoLink's word. */
export interface LookFacts {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly seenProgress?: SeenProgress | undefined;
  readonly tookSeconds?: number | undefined;
}

/**
 * What EvoLink's word on a task means for the ledger; undefined where it says nothing new. Only its word ends a task. A task
 * that completed without a link is asked for again until no link could live any more.
 */
export function verdictOn(task: TaskRecord, remote: RemoteTask, facts: LookFacts): TaskEvent | undefined {
  switch (remote.state) {
    case 'queued':
    case 'generating':
      // One that was completed and is now shown as running stays where it is.
      return task.state === 'downloading' ? undefined : observed(task, remote, remote.state, facts);
    case 'completed':
      return completed(task, remote, facts);
    case 'failed':
    case 'cancelled':
      return {
        type: 'failed',
        error: remote.error ? toTaskError(remote.error) : { kind: remote.state, message: '' },
        ...chargeOf(remote),
      };
  }
}

function observed(
  task: TaskRecord,
  { progress, estimatedSeconds, credits: { reserved } }: RemoteTask,
  state: 'queued' | 'generating',
  { seenProgress }: LookFacts,
): TaskEvent | undefined {
  const nothingNew =
    (state === task.state || task.state === 'generating') &&
    (progress ?? 0) <= task.progress &&
    task.error === undefined &&
    isDeepStrictEqual(seenProgress, task.seenProgress) &&
    (estimatedSeconds ?? task.estimatedSeconds) === task.estimatedSeconds &&
    (reserved ?? task.credits.reserved) === task.credits.reserved;
  if (nothingNew) return undefined;
  return {
    type: 'observed',
    state,
    ...(progress === undefined ? {} : { progress }),
    ...(seenProgress === undefined ? {} : { seenProgress }),
    ...(estimatedSeconds === undefined ? {} : { estimatedSeconds }),
    ...(reserved === undefined ? {} : { reserved }),
  };
}

function completed(
  task: TaskRecord,
  remote: RemoteTask,
  { now, tookSeconds }: LookFacts,
): TaskEvent | undefined {
  const resultUrl = remote.resultUrls[0];
  const wasKnown = task.state === 'downloading';
  if (wasKnown && resultUrl === undefined) {
    const error = { kind: 'noResult', message: '' };
    if (now - (task.completedAt ?? task.createdAt) > LINK_LIFE) return { type: 'expired', error };
    // A dead link says more than its absence.
    return task.error ? undefined : { type: 'delayed', error };
  }
  return {
    type: 'completed',
    ...chargeOf(remote),
    ...(resultUrl === undefined ? {} : { resultUrl }),
    ...(wasKnown || tookSeconds === undefined ? {} : { tookSeconds }),
  };
}

function chargeOf({ charged, credits }: RemoteTask) {
  return { charged, ...(credits.charged === undefined ? {} : { chargedCredits: credits.charged }) };
}
