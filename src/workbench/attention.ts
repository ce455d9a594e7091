import { ERROR_KINDS } from '../evolink/errors.ts';
import { linkDeadline, warnFrom } from '../tasks/deadline.ts';
import type { TaskRecord } from '../tasks/record.ts';
import { ATTEMPTS } from '../tasks/submissions.ts';
import type { TaskState } from '../tasks/task.ts';

/**
 * Why a task needs a person, the most pressing first. `dying`: the link to the finished video dies soon. `unsaved`: the
 * finished video has no folder that takes it. `uncertain`: the request may be paid for. `blocked`: the task is not seen by
 * this key or over this connection. `unsent`: the request asks to be sent or removed.
 */
export const NEEDS = ['dying', 'unsaved', 'uncertain', 'blocked', 'unsent'] as const;
export type Need = (typeof NEEDS)[number];

/** What keeps EvoLink's answers away until a person does something. */
const BLOCKED: ReadonlySet<string> = new Set(['key', 'forbidden', 'notFound', 'certificate']);
/** What keeps a finished video from being saved until a person does something. */
const UNSAVED: ReadonlySet<string> = new Set([
  'notVideo',
  'linkRefused',
  'diskFull',
  'notWritable',
  'folderMissing',
  'folderElsewhere',
  'folder.outside',
  'folder.notAFolder',
  'folder.badName',
  'folder.workspaceMissing',
  'parkedGone',
  'videoTooLarge',
]);

/** States in which a task goes on by itself, or would. */
export const RUNNING: readonly TaskState[] = ['waiting', 'submitting', 'queued', 'generating', 'downloading'];
/** States of which a task may need a person. */
export const OPEN: readonly TaskState[] = [...RUNNING, 'uncertain'];

/** Why a person is needed; undefined where a task goes on by itself or is over. @param now milliseconds since 1970 */
export function needOf(task: TaskRecord, now: number): Need | undefined {
  switch (task.state) {
    case 'uncertain':
      return 'uncertain';
    case 'waiting':
      return isStuck(task) ? 'unsent' : undefined;
    case 'queued':
    case 'generating':
      return task.error && BLOCKED.has(task.error.kind) ? 'blocked' : undefined;
    case 'downloading':
      if ((warnFrom(task) ?? Infinity) <= now) return 'dying';
      return savingNeed(task);
    default:
      return undefined;
  }
}

function savingNeed({ error, parked }: TaskRecord): Need | undefined {
  if (!error) return undefined;
  if (BLOCKED.has(error.kind)) return 'blocked';
  // A video that is kept safe moves by itself into a folder that another window has open.
  if (parked && error.kind === 'folderElsewhere') return undefined;
  return UNSAVED.has(error.kind) ? 'unsaved' : undefined;
}

/** Whether the queue has given a request up: it sends again by itself only what may well succeed later, and not for ever. */
function isStuck({ error, attempt = 0 }: TaskRecord): boolean {
  if (!error) return false;
  const meaning = Object.hasOwn(ERROR_KINDS, error.kind) && Reflect.get(ERROR_KINDS, error.kind);
  if (!meaning || !meaning.retryable) return true;
  return error.kind !== 'rateLimit' && attempt >= ATTEMPTS;
}

/** Whether an error is one that only a person mends: such ones are told, the rest passes and is seen in the view. */
export function needsPerson(kind: string): boolean {
  return kind === 'windowGone' || BLOCKED.has(kind) || UNSAVED.has(kind);
}

/** What the view says as a whole. */
export interface Attention {
  /** How many tasks need a person, by the reason. */
  readonly needs: ReadonlyMap<Need, number>;
  /** How many go on by themselves. */
  readonly running: number;
  /** When the first link dies, of those that die soon (milliseconds since 1970). */
  readonly deadline: number | undefined;
}

/** @param now milliseconds since 1970 */
export function attentionOf(tasks: readonly TaskRecord[], now: number): Attention {
  const needs = new Map<Need, number>();
  let running = 0;
  let deadline: number | undefined;
  for (const task of tasks) {
    const need = needOf(task, now);
    if (need !== undefined) needs.set(need, (needs.get(need) ?? 0) + 1);
    else if (RUNNING.includes(task.state)) running += 1;
    if (need === 'dying') deadline = Math.min(deadline ?? Infinity, linkDeadline(task) ?? Infinity);
  }
  return { needs, running, deadline };
}
