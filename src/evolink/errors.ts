import { defined } from './defined.ts';

/**
 * What can go wrong with EvoLink, as data. Sources: EvoLink's API reference, pages "Error codes", "Seedance 2.0
 * text-to-video" (responses 400 to 500) and "Get task detail" (field `error`); EvoLink's own client for the other codes.
 */

/** Whether credits were taken: EvoLink's word or rule, else `unknown`. */
export type Charged = 'no' | 'yes' | 'unknown';

/** What a person can do about it. `otherAccount`: the task belongs to another account or key. */
export type Remedy =
  | 'setKey'
  | 'topUp'
  | 'raiseKeyLimit'
  | 'otherModel'
  | 'changePrompt'
  | 'fixRequest'
  | 'generateAgain'
  | 'wait'
  | 'checkConnection'
  | 'checkBaseUrl'
  | 'checkOutcome'
  | 'otherAccount'
  | 'report'
  | 'none';

interface Meaning {
  /** Whether the same call (for a failed task: the same request, as a new paid task) may well succeed later. */
  readonly retryable: boolean;
  readonly remedy: Remedy;
}

/** Every kind of error and what it means. A failed task is never sent again by itself, retryable or not. */
export const ERROR_KINDS = {
  // EvoLink's refusals
  key: { retryable: false, remedy: 'setKey' },
  balance: { retryable: false, remedy: 'topUp' },
  keyLimit: { retryable: false, remedy: 'raiseKeyLimit' },
  /** Usable again after midnight in the key's time zone. */
  keyDailyLimit: { retryable: false, remedy: 'wait' },
  modelAccess: { retryable: false, remedy: 'otherModel' },
  forbidden: { retryable: false, remedy: 'otherAccount' },
  notFound: { retryable: false, remedy: 'otherAccount' },
  content: { retryable: false, remedy: 'changePrompt' },
  badRequest: { retryable: false, remedy: 'fixRequest' },
  media: { retryable: false, remedy: 'fixRequest' },
  tooLarge: { retryable: false, remedy: 'fixRequest' },
  idempotencyConflict: { retryable: false, remedy: 'checkOutcome' },
  /** An earlier POST with the same idempotency key is still open. */
  inFlight: { retryable: false, remedy: 'checkOutcome' },
  modelDown: { retryable: true, remedy: 'wait' },
  rateLimit: { retryable: true, remedy: 'wait' },
  server: { retryable: true, remedy: 'wait' },
  // the end of a task
  cancelled: { retryable: false, remedy: 'generateAgain' },
  noContent: { retryable: false, remedy: 'changePrompt' },
  generationTimeout: { retryable: true, remedy: 'generateAgain' },
  /** Completed, but no link came with it. */
  noResult: { retryable: true, remedy: 'report' },
  // the way there and back
  /** Connection refused or name not found: nothing was sent. */
  unreachable: { retryable: true, remedy: 'checkConnection' },
  /** The certificate is not trusted: nothing was sent. */
  certificate: { retryable: false, remedy: 'checkConnection' },
  network: { retryable: true, remedy: 'checkConnection' },
  timeout: { retryable: true, remedy: 'checkConnection' },
  aborted: { retryable: false, remedy: 'none' },
  redirect: { retryable: false, remedy: 'checkBaseUrl' },
  /** Not an answer of EvoLink's API: HTML, empty, cut, too long, or without what was asked for. */
  badAnswer: { retryable: true, remedy: 'checkConnection' },
  /** The answer is about another task than the one asked for. */
  wrongTask: { retryable: true, remedy: 'report' },
  unknown: { retryable: false, remedy: 'report' },
} as const satisfies Record<string, Meaning>;

export type ErrorKind = keyof typeof ERROR_KINDS;

/** What EvoLink adds to some errors; only what helps a person. */
export interface ErrorDetails {
  /** The field that is wrong. */
  readonly param?: string;
  readonly min?: number;
  readonly max?: number;
  readonly allowedValues?: readonly (string | number | boolean)[];
  readonly allowedModels?: readonly string[];
  readonly suggestion?: string;
  /** Credits. */
  readonly estimatedCredits?: number;
  readonly balanceCredits?: number;
  readonly remainingCredits?: number;
  /** Time zone in which a daily limit starts anew. */
  readonly resetTimezone?: string;
}

/** An error without its class, as it can be stored. */
export interface ErrorData {
  readonly kind: ErrorKind;
  /** EvoLink's code, or the system's (`ECONNREFUSED`). */
  readonly code?: string;
  readonly httpStatus?: number;
  /** EvoLink's own words, or the system's; never the key. May be empty and may have several lines. */
  readonly message: string;
  readonly requestId?: string;
  readonly retryable: boolean;
  /** Of a task or a POST. For a failed read `unknown`: it says nothing about the task's charge. */
  readonly charged: Charged;
  readonly remedy: Remedy;
  readonly retryAfterSeconds?: number;
  readonly details?: ErrorDetails;
}

/** What is known of an error apart from what its kind says. */
export type ErrorFacts = { readonly kind: ErrorKind } & {
  readonly [Field in Exclude<keyof ErrorData, 'kind' | 'retryable'>]?: ErrorData[Field] | undefined;
};

/** The error with the meaning of its kind filled in; `remedy` and `charged` may be given where they are known better. */
export function errorData(facts: ErrorFacts): ErrorData {
  const { kind, message = '', charged = 'unknown', remedy = ERROR_KINDS[kind].remedy, ...rest } = facts;
  return defined({ ...rest, kind, message, charged, remedy, retryable: ERROR_KINDS[kind].retryable });
}

/** Thrown by the client's reads, and part of a create's outcome. */
export class EvoLinkError extends Error implements ErrorData {
  override readonly name = 'EvoLinkError';
  declare readonly kind: ErrorKind;
  declare readonly code?: string;
  declare readonly httpStatus?: number;
  declare readonly requestId?: string;
  declare readonly retryable: boolean;
  declare readonly charged: Charged;
  declare readonly remedy: Remedy;
  declare readonly retryAfterSeconds?: number;
  declare readonly details?: ErrorDetails;

  constructor(facts: ErrorFacts) {
    const data = errorData(facts);
    super(data.message);
    Object.assign(this, data);
  }
}

/** Codes that mean the same in an HTTP answer and in a failed task. */
const COMMON_CODES: Readonly<Record<string, ErrorKind>> = {
  content_policy_violation: 'content',
  content_filter: 'content',
  sensitive_content: 'content',
  moderation_blocked: 'content',
  input_moderation_failed: 'content',
  invalid_parameter: 'badRequest',
  invalid_parameters: 'badRequest',
  invalid_media_url: 'media',
  unsupported_parameters: 'badRequest',
  image_processing_error: 'media',
  image_dimension_mismatch: 'media',
  no_available_channel: 'modelDown',
  model_unavailable: 'modelDown',
  channel_selection_failed: 'modelDown',
  service_unavailable: 'modelDown',
  rate_limited: 'rateLimit',
  rate_limit_exceeded: 'rateLimit',
  resource_exhausted: 'rateLimit',
  internal_error: 'server',
  upstream_error: 'server',
  service_error: 'server',
  generation_timeout: 'generationTimeout',
  generation_failed_no_content: 'noContent',
  request_cancelled: 'cancelled',
  resource_not_found: 'notFound',
  task_not_found: 'notFound',
  unknown_error: 'unknown',
};

const HTTP_CODES: Readonly<Record<string, ErrorKind>> = {
  ...COMMON_CODES,
  invalid_request: 'badRequest',
  invalid_task_id: 'notFound',
  unauthorized: 'key',
  invalid_token: 'key',
  key_disabled: 'key',
  key_expired: 'key',
  user_disabled: 'key',
  ip_restricted: 'key',
  insufficient_quota: 'balance',
  insufficient_user_quota: 'balance',
  quota_not_enough: 'balance',
  account_balance_insufficient: 'balance',
  insufficient_token_quota: 'keyLimit',
  key_quota_exhausted: 'keyLimit',
  token_daily_quota_exceeded: 'keyDailyLimit',
  key_daily_quota_exhausted: 'keyDailyLimit',
  key_model_not_allowed: 'modelAccess',
  model_access_denied: 'modelAccess',
  permission_denied: 'forbidden',
  idempotency_conflict: 'idempotencyConflict',
  paid_outcome_unknown: 'inFlight',
};

/** In a failed task `quota_exceeded` is about rate or concurrency (reference, page "Error codes"). */
const TASK_CODES: Readonly<Record<string, ErrorKind>> = { ...COMMON_CODES, quota_exceeded: 'rateLimit' };

const STATUSES: Readonly<Record<number, ErrorKind>> = {
  400: 'badRequest',
  401: 'key',
  402: 'balance',
  403: 'forbidden',
  404: 'notFound',
  408: 'timeout',
  409: 'inFlight',
  413: 'tooLarge',
  415: 'badRequest',
  422: 'badRequest',
  425: 'server',
  429: 'rateLimit',
};

/**
 * What an HTTP error means. The code outranks the status, which a proxy may change: `no_available_channel` arrives as
 * 400. Codes are compared without case.
 */
export function httpErrorKind(status: number, code: string | undefined): ErrorKind {
  const known = code === undefined ? undefined : lookUp(HTTP_CODES, code);
  if (known) return known;
  // With 402 EvoLink means the balance (reference, "Get task detail"), else the rate.
  if (code?.toLowerCase() === 'quota_exceeded') return status === 402 ? 'balance' : 'rateLimit';
  // A code may also be the status again, as a number.
  return statusKind(code !== undefined && /^[45]\d\d$/.test(code) ? Number(code) : status);
}

function statusKind(status: number): ErrorKind {
  if (status >= 500) return 'server';
  if (status >= 300 && status < 400) return 'redirect';
  return STATUSES[status] ?? 'unknown';
}

/** Whether EvoLink is known to use this code in HTTP answers. */
export function isKnownHttpCode(code: string): boolean {
  return lookUp(HTTP_CODES, code) !== undefined || code.toLowerCase() === 'quota_exceeded';
}

/** What the code of a failed task means. */
export function taskErrorKind(code: string | undefined): ErrorKind {
  return (code === undefined ? undefined : lookUp(TASK_CODES, code)) ?? 'unknown';
}

function lookUp(table: Readonly<Record<string, ErrorKind>>, code: string): ErrorKind | undefined {
  const name = code.toLowerCase();
  if (Object.hasOwn(table, name)) return table[name];
  if (/^channel[:_]/.test(name)) return 'modelDown';
  return /^invalid_(image|video|audio)/.test(name) ? 'media' : undefined;
}
