import { randomBytes, randomInt } from 'node:crypto';
import { PRICE_TABLE } from '../evolink/pricing.ts';
import { roundCredits, type Account } from './accounts.ts';
import type { AcceptedRequest } from './validation.ts';

/** How a task ends. A test may change it until the task has ended. */
export type Outcome =
  | { readonly status: 'completed' }
  | { readonly status: 'cancelled' }
  | { readonly status: 'failed'; readonly error: { readonly code: string; readonly message: string } };

export interface SimulatedTask {
  readonly id: string;
  readonly account: Account;
  readonly request: AcceptedRequest;
  /** By the simulator's clock, milliseconds since 1970. */
  readonly createdAt: number;
  /** When it ends, by the same clock. */
  endsAt: number;
  /** Seconds. */
  readonly estimated: number;
  readonly reserved: number;
  /** Credits, once it has ended. */
  charged?: number;
  outcome: Outcome;
  /** Path of the result on the simulator's own origin. */
  readonly resultPath: string;
}

export type Status = 'pending' | 'processing' | Outcome['status'];

const LINK_LIFETIME = 24 * 60 * 60 * 1000;
/** The part of its time that a task waits before it is worked on. */
const PENDING_PART = 0.1;
/** Web searches made for a request that allows them: more than one, so that the charge differs from the reservation. */
const WEB_SEARCHES = 2;

/** Seconds for 8 s of video at 720p; the answers in EvoLink's API reference show 165 and 120. */
const SECONDS_BY_TIER = { standard: 165, fast: 120, mini: 90 } as const;
const TIME_FACTOR = { '480p': 0.6, '720p': 1, '1080p': 1.6, '4k': 3 } as const;

/** How long a generation takes at speed 1, in seconds. The formula is free: EvoLink publishes none. */
export function generationSeconds({ model, quality, duration, webSearch }: AcceptedRequest): number {
  const seconds = SECONDS_BY_TIER[model.tier] * TIME_FACTOR[quality] * (0.5 + duration / 16);
  return Math.round(seconds + (webSearch ? 15 : 0));
}

/** Credits by the price table. Input videos of reference models, which EvoLink bills by their length, are not looked at. */
export function priceOf({ model, quality, duration, contentFilter }: AcceptedRequest): number {
  const perSecond = PRICE_TABLE.creditsPerSecond[model.tier] * PRICE_TABLE.qualityFactor[quality];
  const credits = Math.max(perSecond * duration, PRICE_TABLE.minimum[model.tier]);
  return roundCredits(credits * (contentFilter ? 1 : PRICE_TABLE.contentFilterOff));
}

/** Reserves the price on the account. */
export function newTask(
  account: Account,
  request: AcceptedRequest,
  now: number,
  speed: number,
): SimulatedTask {
  const seconds = generationSeconds(request) / speed;
  const reserved = priceOf(request);
  account.remaining = roundCredits(account.remaining - reserved);
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '/');
  return {
    id: `task-unified-${Math.floor(now / 1000)}-${randomInt(36 ** 8)
      .toString(36)
      .padStart(8, '0')}`,
    account,
    request,
    createdAt: now,
    endsAt: now + seconds * 1000,
    estimated: Math.max(1, Math.ceil(seconds)),
    reserved,
    outcome: { status: 'completed' },
    resultPath: `/files/${account.id}/videos/${day}/file_${randomBytes(16).toString('hex')}.mp4`,
  };
}

/** Charges a task that has ended by now, or gives back what was reserved for it. */
export function settle(task: SimulatedTask, now: number): void {
  if (task.charged !== undefined || now < task.endsAt) return;
  const searches = task.request.webSearch ? WEB_SEARCHES * PRICE_TABLE.webSearch : 0;
  task.charged = task.outcome.status === 'completed' ? roundCredits(task.reserved + searches) : 0;
  task.account.remaining = roundCredits(task.account.remaining + task.reserved - task.charged);
  task.account.used = roundCredits(task.account.used + task.charged);
}

export function statusOf(task: SimulatedTask, now: number): Status {
  if (task.charged !== undefined) return task.outcome.status;
  return part(task, now) < PENDING_PART ? 'pending' : 'processing';
}

export function linkExpired(task: SimulatedTask, now: number): boolean {
  return now >= task.endsAt + LINK_LIFETIME;
}

/** The answer to a create; the same fields lead every answer about the task. */
export function createdBody(task: SimulatedTask, now: number): Record<string, unknown> {
  const status = statusOf(task, now);
  const running = status === 'pending' || status === 'processing';
  return {
    created: Math.floor(task.createdAt / 1000),
    id: task.id,
    model: task.request.model.id,
    object: 'video.generation.task',
    progress: progress(task, now),
    status,
    task_info: { can_cancel: running, estimated_time: task.estimated, video_duration: task.request.duration },
    type: 'video',
    usage: { billing_rule: 'per_second', credits_reserved: task.reserved, user_group: 'default' },
  };
}

/** The answer to a query. `origin` is where the result link points to. */
export function taskBody(task: SimulatedTask, now: number, origin: string): Record<string, unknown> {
  const body = createdBody(task, now);
  if (task.charged === undefined) return body;
  return {
    ...body,
    task_info: { can_cancel: false },
    duration: Math.round((task.endsAt - task.createdAt) / 1000),
    video_duration: task.request.duration,
    usage: {
      billing_rule: 'per_second',
      credits_reserved: task.reserved,
      user_group: 'default',
      credits_used: task.charged,
      cost: cost(task.charged),
    },
    billing: billing(task, task.charged),
    ...(task.outcome.status === 'completed' && { results: [origin + task.resultPath] }),
    ...(task.outcome.status === 'failed' && { error: { ...task.outcome.error, type: 'task_error' } }),
  };
}

/** One row of `GET /v1/tasks`: no links, and the time is called `created_at` here. */
export function listRow(task: SimulatedTask, now: number): unknown {
  const status = statusOf(task, now);
  const results = status === 'completed' ? 1 : 0;
  return {
    id: task.id,
    model: task.request.model.id,
    type: 'video',
    status,
    progress: progress(task, now),
    created_at: Math.floor(task.createdAt / 1000),
    ...(task.charged !== undefined && {
      duration: Math.round((task.endsAt - task.createdAt) / 1000),
      credits_used: task.charged,
    }),
    has_results: results > 0,
    result_count: results,
    has_error: status === 'failed',
  };
}

function part(task: SimulatedTask, now: number): number {
  return (now - task.createdAt) / (task.endsAt - task.createdAt);
}

/** Rises evenly to 99 while the task is worked on. A task that failed shows 0 (EvoLink's API reference, example of a failed task). */
function progress(task: SimulatedTask, now: number): number {
  if (task.charged !== undefined) return task.outcome.status === 'completed' ? 100 : 0;
  const worked = (part(task, now) - PENDING_PART) / (1 - PENDING_PART);
  return Math.max(0, Math.floor(worked * 100));
}

function cost(credits: number): unknown {
  const { creditsPerUsd } = PRICE_TABLE;
  return { credits, usd: roundCredits(credits / creditsPerUsd), cny: roundCredits(credits / 10) };
}

function billing(task: SimulatedTask, charged: number): unknown {
  const released = task.outcome.status !== 'completed';
  return {
    refund_scope: 'account_balance',
    charge_status: released ? 'released' : 'charged',
    refund_status: released ? 'completed' : 'not_required',
    reserved_credits: task.reserved,
    charged_credits: charged,
    refunded_credits: released ? task.reserved : 0,
    ...(released && { refunded_at: new Date(task.endsAt).toISOString() }),
  };
}
