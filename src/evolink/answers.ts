import * as v from 'valibot';
import { defined } from './defined.ts';
import { detailsOf, ErrorBody, requestIdIn, saysError, saysNoSuccess } from './errorAnswers.ts';
import type { Charged, ErrorData } from './errors.ts';
import { errorData, taskErrorKind } from './errors.ts';
import { amount, flag, lenient, percent, positive, TaskId, text, time } from './schema.ts';

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
  v.union([v.array(v.fallback(LinkHolder, { video_url: undefined, url: undefined })), LinkHolder]),
);

const TaskBody = v.object({
  id: TaskId,
  model: text,
  status: text,
  progress: percent,
  created: time,
  created_at: time,
  task_info: lenient(v.object({ estimated_time: positive, video_duration: positive, can_cancel: flag })),
  video_duration: positive,
  usage: lenient(
    v.object({
      credits_reserved: positive,
      credits_used: positive,
      cost: lenient(v.object({ credits: positive })),
    }),
  ),
  billing: lenient(
    v.object({
      charge_status: text,
      refund_status: text,
      reserved_credits: positive,
      charged_credits: positive,
      refunded_credits: positive,
    }),
  ),
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

export type RemoteState = 'queued' | 'generating' | 'completed' | 'failed' | 'cancelled';

/** A task as EvoLink tells of it. */
export interface RemoteTask {
  readonly id: string;
  readonly model?: string;
  /** As EvoLink said it; empty when it said nothing. */
  readonly status: string;
  /** An unknown status counts as still running. */
  readonly state: RemoteState;
  readonly knownStatus: boolean;
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
  /** Credits; a part that EvoLink did not name is absent, never zero. */
  readonly credits: { readonly reserved?: number; readonly charged?: number };
  readonly charged: Charged;
  /** Why it failed or was cancelled, or that it completed without a link. */
  readonly error?: ErrorData;
}

/** A line of the list of tasks: no links, no prompt. */
export interface RemoteTaskSummary {
  readonly id: string;
  readonly model?: string;
  /** `image`, `video` or `audio`. */
  readonly type?: string;
  readonly status: string;
  readonly state: RemoteState;
  readonly knownStatus: boolean;
  readonly progress?: number;
  /** Milliseconds since 1970. */
  readonly createdAt?: number;
  readonly creditsUsed?: number;
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

function stateOf(status: string | undefined): { status: string; state: RemoteState; knownStatus: boolean } {
  const word = status?.toLowerCase() ?? '';
  const state = Object.hasOwn(STATES, word) ? STATES[word] : undefined;
  return {
    status: (status ?? '').slice(0, 100),
    state: state ?? 'generating',
    knownStatus: state !== undefined,
  };
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
  const named = stateOf(body.status);
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

/**
 * EvoLink's word on the charge first (`billing`), then its figures, then its rule: a completed task is charged, a failed
 * one gets its reserved credits back. For a cancelled one there is no rule. A word that nobody knows settles nothing.
 */
function chargeOf(state: RemoteState, body: TaskBody): Charged {
  const word = body.billing?.charge_status?.toLowerCase() ?? '';
  const kept = keptCredits(body);
  if (refundStatus(body) === 'completed') {
    return body.billing?.refunded_credits !== undefined && kept !== undefined && kept > 0 ? 'yes' : 'no';
  }
  if (word !== '') {
    const said = Object.hasOwn(CHARGE_STATUSES, word) ? CHARGE_STATUSES[word] : undefined;
    return said === 'no' && refundIsOpen(body) ? 'unknown' : (said ?? 'unknown');
  }
  if (refundIsOpen(body)) return kept !== undefined && kept > 0 ? 'yes' : 'unknown';
  if (state === 'completed') {
    if (kept === undefined || kept > 0) return 'yes';
    return takenCredits(body) === 0 ? 'unknown' : 'no';
  }
  if (state === 'failed') return kept !== undefined && kept > 0 ? 'yes' : 'no';
  return 'unknown';
}

const CHARGE_STATUSES: Readonly<Record<string, Charged>> = {
  charged: 'yes',
  released: 'no',
  reserved: 'unknown',
  unknown: 'unknown',
};

function refundStatus(body: TaskBody): string | undefined {
  return body.billing?.refund_status?.toLowerCase();
}

/** A refund that is pending or has failed gave nothing back. */
function refundIsOpen(body: TaskBody): boolean {
  return ['pending', 'failed'].includes(refundStatus(body) ?? '');
}

/** The first figure above zero; zero where that is all that was said. */
function takenCredits({ billing, usage }: TaskBody): number | undefined {
  const figures = [billing?.charged_credits, usage?.credits_used, usage?.cost?.credits];
  return figures.find(figure => figure !== undefined && figure > 0) ?? figures.find(figure => figure === 0);
}

/** What was taken and not given back. */
function keptCredits(body: TaskBody): number | undefined {
  const taken = takenCredits(body);
  if (taken === undefined) return undefined;
  const refunded = refundIsOpen(body) ? 0 : (body.billing?.refunded_credits ?? 0);
  return Math.max(0, Math.round((taken - refunded) * 10_000) / 10_000);
}

function creditsOf(charged: Charged, body: TaskBody): RemoteTask['credits'] {
  const reserved = body.usage?.credits_reserved ?? body.billing?.reserved_credits;
  const kept = keptCredits(body);
  // A charge of zero says only that it is not counted yet.
  return defined({ reserved, charged: charged === 'yes' && kept !== 0 ? kept : undefined });
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
        ...stateOf(status),
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

const CreditsBody = v.object({
  data: v.object({
    user: lenient(v.object({ remaining_credits: amount, used_credits: amount })),
    token: lenient(v.object({ remaining_credits: amount, used_credits: amount, unlimited_credits: flag })),
  }),
});

/** The account's balance and the key's limit, in credits; what EvoLink did not name is absent, never zero. */
export interface Credits {
  /** Of the account; may be negative. */
  readonly balance?: number;
  readonly used?: number;
  /** What this key may still spend; absent when it has no limit of its own. */
  readonly keyRemaining?: number;
  readonly keyUsed?: number;
}

/** Reads the answer of `GET /v1/credits`; undefined when it names neither a balance nor a limit. */
export function readCredits(json: unknown): Credits | undefined {
  const parsed = v.safeParse(CreditsBody, json);
  if (!parsed.success || saysError(json)) return undefined;
  const { user, token } = parsed.output.data;
  const keyRemaining = token?.unlimited_credits === true ? undefined : token?.remaining_credits;
  if (user?.remaining_credits === undefined && token?.remaining_credits === undefined) return undefined;
  return defined({
    balance: user?.remaining_credits,
    used: user?.used_credits,
    keyRemaining,
    keyUsed: token?.used_credits,
  });
}
