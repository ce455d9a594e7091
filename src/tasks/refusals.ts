import type { ErrorKind } from '../evolink/errors.ts';
import type { Task } from './task.ts';

/** What keeps every request of the account from being taken, not just the one that met it. */
const FOR_ALL: ReadonlySet<string> = new Set([
  'key',
  'balance',
  'keyLimit',
  'keyDailyLimit',
  'modelAccess',
  'forbidden',
  'unreachable',
  'certificate',
] satisfies ErrorKind[]);

/** Whether the next request would meet the same: then it is not tried, and waits for a person. */
export function holdsForAll(kind: string): boolean {
  return FOR_ALL.has(kind);
}

/** Whether a task that waits would be refused like this one. A key that may not use a model may use another. */
export function meetsTheSame(waiting: Task, refused: Task, kind: string): boolean {
  if (!holdsForAll(kind) || waiting.state !== 'waiting' || waiting.origin !== refused.origin) return false;
  return kind !== 'modelAccess' || waiting.request.model === refused.request.model;
}
