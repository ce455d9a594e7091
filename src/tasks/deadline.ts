import type { TaskRecord } from './record.ts';

/** Milliseconds that a result link lives after the task completed (EvoLink's API reference: 24 hours). */
export const LINK_LIFE = 24 * 3600 * 1000;
/** Milliseconds before the link dies from which on the user is warned. */
const NEAR = 6 * 3600 * 1000;

/**
 * Until when a finished video can be fetched (milliseconds since 1970); undefined where none is waiting: nothing is
 * finished, or it is on this machine already. Counted from when the end was first seen, so it may be too late by a machine's sleep.
 */
export function linkDeadline(task: TaskRecord): number | undefined {
  if (task.state !== 'downloading' || task.parked) return undefined;
  return (task.completedAt ?? task.createdAt) + LINK_LIFE;
}

/** From when on the user has to be warned that a video will be lost soon (milliseconds since 1970); undefined: never. */
export function warnFrom(task: TaskRecord): number | undefined {
  const deadline = linkDeadline(task);
  return deadline === undefined ? undefined : deadline - NEAR;
}
