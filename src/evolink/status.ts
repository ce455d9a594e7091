export type RemoteState = 'queued' | 'generating' | 'completed' | 'failed' | 'cancelled';

/** How a task is, as EvoLink tells. */
export interface RemoteStatus {
  /** As EvoLink said it; empty when it said nothing. */
  readonly status: string;
  /** An unknown status counts as still running. */
  readonly state: RemoteState;
  readonly knownStatus: boolean;
}

/**
 * Status words, compared trimmed and without case. The reference has `pending`, `processing`, `completed` and `failed`,
 * and `cancelled` in the text on callbacks; EvoLink's older pages have the others.
 */
const STATES: Readonly<Record<string, RemoteState>> = {
  pending: 'queued',
  queued: 'queued',
  processing: 'generating',
  running: 'generating',
  completed: 'completed',
  succeeded: 'completed',
  success: 'completed',
  failed: 'failed',
  error: 'failed',
  cancelled: 'cancelled',
  canceled: 'cancelled',
};

/** What a status word says; without one the task counts as still running. */
export function statusOf(status: string | undefined): RemoteStatus {
  const word = status?.toLowerCase() ?? '';
  const state = Object.hasOwn(STATES, word) ? STATES[word] : undefined;
  return {
    status: (status ?? '').slice(0, 100),
    state: state ?? 'generating',
    knownStatus: state !== undefined,
  };
}
