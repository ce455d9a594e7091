import * as v from 'valibot';
import type { TaskCredits } from './charge.ts';
import { BillBody, chargeOf, creditsOf } from './charge.ts';
import { defined } from './defined.ts';
import { detailsOf, ErrorBody, requestIdIn, saysNoSuccess } from './errorAnswers.ts';
import type { Charged, ErrorData } from './errors.ts';
import { errorData, taskErrorKind } from './errors.ts';
import { lenient, listOf, percent, positive, TaskId, text, time } from './schema.ts';
import type { RemoteState, RemoteStatus } from './status.ts';
import { statusOf } from './status.ts';

/**
 * EvoLink's answers, read tolerantly: the reference marks no field of an answer as required, so a field that is missing
 * or of another type is left out and never makes the rest unreadable. The types come from these schemas.
 */

const MAX_LINK = 8192;
const MAX_LINKS = 50;

/** Where a link to the video can be; other clients of EvoLink have met each of them. */
const LinkHolder = v.union([
  v.pipe(
    v.string(),
    v.transform(url => ({ video_url: url, url: undefined })),
  ),
  v.object({ video_url: lenient(v.string()), url: lenient(v.string()) }),
]);
const links = lenient(
  v.union([listOf(v.fallback(LinkHolder, { video_url: undefined, url: undefined }), MAX_LINKS), LinkHolder]),
);

const TaskBody = v.object({
  id: TaskId,
  model: text,
  status: text,
  progress: percent,
  created: time,
  created_at: time,
  task_info: lenient(v.object({ estimated_time: positive, video_duration: positive })),
  video_duration: positive,
  ...BillBody.entries,
  results: links,
  result_data: links,
  output: links,
  result: links,
  video_url: lenient(v.string()),
  url: lenient(v.string()),
  error: lenient(v.union([v.string(), ErrorBody])),
  request_id: text,
});
type TaskBody = v.InferOutput<typeof TaskBody>;

/** A task as EvoLink tells of it. */
export interface RemoteTask extends RemoteStatus {
  readonly id: string;
  readonly model?: string;
  /** 0 to 100. */
  readonly progress?: number;
  /** EvoLink's estimate for the whole generation, in seconds. */
  readonly estimatedSeconds?: number;
  /** Length of the video that was asked for, in seconds. */
  readonly videoSeconds?: number;
  /** Milliseconds since 1970. */
  readonly createdAt?: number;
  /** Links to the video, the best first, unchecked but for being http or https. */
  readonly resultUrls: readonly string[];
  readonly credits: TaskCredits;
  readonly charged: Charged;
  /** Why it failed or was cancelled, or that it completed without a link. */
  readonly error?: ErrorData;
}

/** A line of the list of tasks: no links, no prompt. */
export interface RemoteTaskSummary extends RemoteStatus {
  readonly id: string;
  readonly model?: string;
  /** `image`, `video` or `audio`. */
  readonly type?: string;
  readonly progress?: number;
  /** Milliseconds since 1970. */
  readonly createdAt?: number;
  readonly creditsUsed?: number;
}

/** Whether a text can be EvoLink's id of a task; no other is ever asked for. */
export function isTaskId(text: string): boolean {
  return v.is(TaskId, text) && text === text.trim();
}

/** Reads a task out of an answer's JSON; undefined when it has no usable id or says `success: false`. Never throws. */
export function readTask(json: unknown): RemoteTask | undefined {
  const parsed = v.safeParse(TaskBody, json);
  if (!parsed.success || saysNoSuccess(json)) return undefined;
  const body = parsed.output;
  const failure = typeof body.error === 'string' ? { message: body.error } : body.error;
  const named = statusOf(body.status);
  const cancelled = named.state === 'failed' && taskErrorKind(failure?.code) === 'cancelled';
  const state = cancelled ? 'cancelled' : named.state;
  const charged = chargeOf(state, body);
  const resultUrls = linksOf(body);
  return defined({
    id: body.id,
    model: body.model,
    ...named,
    state,
    progress: body.progress,
    estimatedSeconds: body.task_info?.estimated_time,
    videoSeconds: body.task_info?.video_duration ?? body.video_duration,
    createdAt: body.created ?? body.created_at,
    resultUrls,
    credits: creditsOf(charged, body),
    charged,
    error: taskError(state, failure, charged, resultUrls, body.request_id),
  });
}

function taskError(
  state: RemoteState,
  failure: Partial<ErrorBody> | undefined,
  charged: Charged,
  resultUrls: readonly string[],
  requestId: string | undefined,
): ErrorData | undefined {
  if (state === 'completed' && resultUrls.length === 0) return errorData({ kind: 'noResult', charged });
  if (state !== 'failed' && state !== 'cancelled') return undefined;
  return errorData({
    kind: state === 'cancelled' ? 'cancelled' : taskErrorKind(failure?.code),
    code: failure?.code,
    message: failure?.message ?? '',
    requestId: failure?.request_id ?? requestId ?? requestIdIn(failure?.message),
    charged,
    details: failure && detailsOf(failure),
  });
}

function linksOf(body: TaskBody): readonly string[] {
  const holders = [body.results, body.result_data, body.output, body.result].flatMap(found => found ?? []);
  const urls = [...holders.map(holder => holder.video_url ?? holder.url), body.video_url, body.url];
  const usable = urls.flatMap(url => (url === undefined ? [] : [url.trim()])).filter(isLink);
  return [...new Set(usable)].slice(0, MAX_LINKS);
}

function isLink(url: string): boolean {
  return url.length <= MAX_LINK && /^https?:\/\//i.test(url) && URL.canParse(url);
}

const TaskListBody = v.object({
  data: v.array(v.unknown()),
  page_size: positive,
});
const TaskLineBody = v.object({
  id: TaskId,
  model: text,
  type: text,
  status: text,
  progress: percent,
  created_at: time,
  created: time,
  credits_used: positive,
});

/**
 * Reads a page of the list of tasks; undefined when the answer is no list. So is a page with a line that can't be read, and
 * one that EvoLink cut at fewer lines than `pageSize`, which would look like the last: from what is missing in a list may be
 * concluded that a request never arrived.
 */
export function readTaskList(json: unknown, pageSize = 0): readonly RemoteTaskSummary[] | undefined {
  const parsed = v.safeParse(TaskListBody, json);
  if (!parsed.success) return undefined;
  const { data, page_size: given = pageSize } = parsed.output;
  if (given < pageSize && data.length >= given) return undefined;
  const summaries: RemoteTaskSummary[] = [];
  for (const entry of data) {
    const line = v.safeParse(TaskLineBody, entry);
    if (!line.success) return undefined;
    const { id, model, type, status, progress, created_at, created, credits_used } = line.output;
    summaries.push(
      defined({
        id,
        model,
        type,
        ...statusOf(status),
        progress,
        createdAt: created_at ?? created,
        creditsUsed: credits_used,
      }),
    );
  }
  return summaries;
}

/** Reads the answer to a batch query; undefined when it is none. Entries without a usable id are left out. */
export function readTaskBatch(json: unknown): readonly RemoteTask[] | undefined {
  const parsed = v.safeParse(TaskListBody, json);
  return parsed.success ? parsed.output.data.flatMap(entry => readTask(entry) ?? []) : undefined;
}
