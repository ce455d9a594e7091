import type { ParkedVideo, TaskRecord, TaskTarget } from './record.ts';
import type { SeenProgress } from './scheduleProgress.ts';
import type { Charged, SavedVideo, TaskError, TaskState } from './task.ts';

/** Everything that can happen to a task. */
export type TaskEvent =
  /** The first byte is about to leave. */
  | { readonly type: 'submit' }
  | {
      readonly type: 'accepted';
      readonly remoteId: string;
      readonly state: 'queued' | 'generating';
      readonly estimatedSeconds?: number;
      readonly reserved?: number;
    }
  /** EvoLink refused the request: nothing was made, nothing is charged. */
  | { readonly type: 'rejected'; readonly error: TaskError }
  /** The request provably never arrived, or was refused unprocessed. */
  | { readonly type: 'unsent'; readonly error: TaskError }
  /** The request may have arrived; nobody knows. */
  | { readonly type: 'outcomeUnknown'; readonly error: TaskError }
  | {
      readonly type: 'observed';
      readonly state: 'queued' | 'generating';
      readonly progress?: number;
      readonly seenProgress?: SeenProgress;
      readonly estimatedSeconds?: number;
      readonly reserved?: number;
    }
  | {
      readonly type: 'completed';
      readonly resultUrl?: string;
      readonly charged: Charged;
      readonly chargedCredits?: number;
      readonly tookSeconds?: number;
    }
  | {
      readonly type: 'failed';
      readonly error: TaskError;
      readonly charged: Charged;
      readonly chargedCredits?: number;
    }
  /** Something stands in the way for now; the task stays where it is. */
  | { readonly type: 'delayed'; readonly error: TaskError }
  /** The video is safe on this machine, but can't be brought to its folder yet. */
  | { readonly type: 'parked'; readonly parked: ParkedVideo; readonly error: TaskError }
  | { readonly type: 'saved'; readonly video: SavedVideo }
  /** The link died before the video was saved. */
  | { readonly type: 'expired'; readonly error: TaskError }
  | { readonly type: 'stopFollowing' }
  | { readonly type: 'resumeFollowing' }
  /** The user, or EvoLink's list, said which remote task an uncertain one is. */
  | { readonly type: 'adopt'; readonly remoteId: string }
  /** The user's act: an uncertain task may be charged again. */
  | { readonly type: 'sendAgain'; readonly owner: string }
  | { readonly type: 'downloadAgain' }
  /** The user chose another folder for a video that can't be brought to its own. */
  | { readonly type: 'retarget'; readonly target: TaskTarget };

export class IllegalTransition extends Error {
  readonly state: TaskState;
  readonly event: TaskEvent['type'];

  constructor(state: TaskState, event: TaskEvent['type']) {
    super(`A task in state ${state} can't take the event ${event}.`);
    this.name = 'IllegalTransition';
    this.state = state;
    this.event = event;
  }
}

/** From which states an event may come. */
const FROM: Readonly<Record<TaskEvent['type'], readonly TaskState[]>> = {
  submit: ['waiting'],
  accepted: ['submitting'],
  rejected: ['submitting'],
  unsent: ['submitting'],
  outcomeUnknown: ['submitting'],
  observed: ['queued', 'generating'],
  completed: ['queued', 'generating', 'downloading'],
  failed: ['queued', 'generating', 'downloading'],
  delayed: ['waiting', 'queued', 'generating', 'downloading'],
  parked: ['downloading'],
  saved: ['downloading'],
  expired: ['downloading'],
  stopFollowing: ['queued', 'generating', 'downloading'],
  resumeFollowing: ['stopped'],
  adopt: ['uncertain'],
  sendAgain: ['waiting', 'uncertain'],
  downloadAgain: ['saved', 'expired'],
  retarget: ['downloading'],
};

export function isAllowed(state: TaskState, event: TaskEvent['type']): boolean {
  return FROM[event].includes(state);
}

/**
 * The only function that moves a task. `now` is milliseconds since 1970.
 * Throws {@link IllegalTransition} for an event that the task's state does not know.
 */
export function transition(task: TaskRecord, event: TaskEvent, now: number): TaskRecord {
  if (!isAllowed(task.state, event.type)) throw new IllegalTransition(task.state, event.type);
  return { ...apply(task, event, now), updatedAt: now };
}

function apply(task: TaskRecord, event: TaskEvent, now: number): TaskRecord {
  switch (event.type) {
    case 'submit':
      return {
        ...withoutError(task),
        state: 'submitting',
        charged: 'unknown',
        sentAt: now,
        attempt: (task.attempt ?? 0) + 1,
      };
    case 'accepted':
      return {
        ...task,
        state: event.state,
        remoteId: event.remoteId,
        acceptedAt: now,
        ...estimates(task, event),
      };
    case 'rejected':
      return { ...task, state: 'rejected', charged: unlessInDoubt(task, 'no'), error: event.error };
    case 'unsent':
      return { ...task, state: 'waiting', charged: unlessInDoubt(task, 'no'), error: event.error };
    case 'outcomeUnknown':
      return { ...task, state: 'uncertain', charged: 'unknown', error: event.error };
    case 'observed':
      return {
        ...withoutError(task),
        // A task that was generating is never shown as queued again, and progress never goes back.
        state: task.state === 'generating' ? 'generating' : event.state,
        progress: Math.max(task.progress, event.progress ?? 0),
        ...(event.seenProgress === undefined ? {} : { seenProgress: event.seenProgress }),
        ...estimates(task, event),
      };
    case 'completed': {
      const { resultUrl: _dead, ...rest } = withoutError(task);
      return {
        ...rest,
        state: 'downloading',
        progress: 100,
        charged: unlessInDoubt(task, event.charged),
        credits: charge(task, event.chargedCredits),
        completedAt: task.completedAt ?? now,
        ...(event.tookSeconds === undefined ? {} : { tookSeconds: event.tookSeconds }),
        ...(event.resultUrl === undefined ? {} : { resultUrl: event.resultUrl }),
      };
    }
    case 'failed':
      return {
        ...task,
        state: 'failed',
        charged: unlessInDoubt(task, event.charged),
        credits: charge(task, event.chargedCredits),
        error: event.error,
      };
    case 'delayed':
      return { ...task, error: event.error };
    case 'parked':
      return { ...task, parked: event.parked, error: event.error };
    case 'saved': {
      const { parked: _moved, ...rest } = withoutError(task);
      return { ...rest, state: 'saved', progress: 100, video: event.video };
    }
    case 'expired':
      return { ...task, state: 'expired', error: event.error };
    case 'stopFollowing':
      return { ...task, state: 'stopped' };
    case 'resumeFollowing':
      return { ...task, state: task.completedAt === undefined ? 'queued' : 'downloading' };
    case 'adopt':
      return {
        ...withoutError(task),
        state: 'queued',
        remoteId: event.remoteId,
        acceptedAt: task.sentAt ?? now,
      };
    case 'sendAgain': {
      const leftBehind = task.state === 'uncertain' ? { doubt: true } : {};
      return { ...withoutError(task), ...leftBehind, state: 'waiting', owner: event.owner };
    }
    case 'downloadAgain': {
      // The link is asked for again: the one that is known may be dead.
      const { resultUrl: _dead, ...rest } = withoutError(task);
      return { ...rest, state: 'downloading' };
    }
    case 'retarget':
      return { ...withoutError(task), target: event.target };
  }
}

function estimates(task: TaskRecord, event: { estimatedSeconds?: number; reserved?: number }) {
  return {
    ...(event.estimatedSeconds === undefined ? {} : { estimatedSeconds: event.estimatedSeconds }),
    ...(event.reserved === undefined ? {} : { credits: { ...task.credits, reserved: event.reserved } }),
  };
}

/** What EvoLink says of the last POST; an earlier one may have been charged all the same. */
function unlessInDoubt(task: TaskRecord, charged: Charged): Charged {
  return charged === 'no' && task.doubt === true ? 'unknown' : charged;
}

function charge(task: TaskRecord, chargedCredits: number | undefined): TaskRecord['credits'] {
  return chargedCredits === undefined ? task.credits : { ...task.credits, charged: chargedCredits };
}

function withoutError(task: TaskRecord): TaskRecord {
  const { error: _solved, ...rest } = task;
  return rest;
}
