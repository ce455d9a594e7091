import { isDeepStrictEqual } from 'node:util';
import type { GenerationRequest } from '../evolink/request.ts';
import type { Task, TaskState } from './task.ts';

/** Milliseconds within which the same request again is taken for a slip of the hand. */
const SLIP = 60_000;

/** It is being made, or may be; or its video may still be had for what was paid already. */
const UNDER_WAY: ReadonlySet<TaskState> = new Set([
  'waiting',
  'submitting',
  'queued',
  'generating',
  'downloading',
  'uncertain',
  'stopped',
  'expired',
]);

/** For each request whether one before it is the very same: a text that was selected twice is commonly a slip. */
export function repeatsAmong(requests: readonly GenerationRequest[]): readonly boolean[] {
  const seen = new Set<string>();
  return requests.map(request => {
    const content = JSON.stringify(request);
    const isRepeated = seen.has(content);
    seen.add(content);
    return isRepeated;
  });
}

/**
 * The task that already makes, or within the last minute has made, just this request: the commonest double payment.
 * `tasks` newest first; `now` is milliseconds since 1970. A refused or failed request is no duplicate.
 */
export function findDuplicate<T extends Task>(
  tasks: readonly T[],
  request: GenerationRequest,
  now: number,
): T | undefined {
  return tasks.find(
    task =>
      (UNDER_WAY.has(task.state) || (task.state === 'saved' && now - task.createdAt < SLIP)) &&
      isDeepStrictEqual(task.request, request),
  );
}
