import * as v from 'valibot';
import { defined } from './defined.ts';
import type { ErrorDetails } from './errors.ts';
import { amount, code, flag, lenient, listOf, text, words } from './schema.ts';

const MAX_ALLOWED = 50;

/** Field `error` of an HTTP answer or of a failed task. */
export const ErrorBody = v.object({
  code,
  message: text,
  type: text,
  param: text,
  min: amount,
  max: amount,
  allowed_values: lenient(listOf(v.union([words, v.number(), v.boolean()]), MAX_ALLOWED)),
  allowed_models: lenient(listOf(words, MAX_ALLOWED)),
  suggestion: text,
  fallback_suggestion: text,
  estimated_credits: amount,
  account_balance_credits: amount,
  remaining_credits: amount,
  reset_timezone: text,
  request_id: text,
});
export type ErrorBody = v.InferOutput<typeof ErrorBody>;

/** Whether an answer says by itself that it is an error, whatever its HTTP status: `success: false`. */
export function saysNoSuccess(json: unknown): boolean {
  return v.is(v.object({ success: v.literal(false) }), json);
}

/** Whether an answer says by itself that it is an error, in any envelope. Not for tasks, whose own errors look alike. */
export function saysError(json: unknown): boolean {
  const envelope = v.safeParse(v.object({ code }), json);
  const status = envelope.success ? (envelope.output.code ?? '') : '';
  return saysNoSuccess(json) || /^[45]\d\d/.test(status) || readErrorWords(json)?.own === true;
}

/** EvoLink's words on an error. */
export interface ErrorWords {
  /** Whether they came in the API's own envelope, `{"error":{…}}`, and so from EvoLink and not from a machine between. */
  readonly own: boolean;
  readonly code?: string;
  readonly message: string;
  readonly requestId?: string;
  readonly details?: ErrorDetails;
}

const ErrorEnvelope = v.object({ error: ErrorBody });
/** Shapes of EvoLink's neighbours: OAuth's, a bare text, and the envelope of its file and account services. */
const OtherEnvelope = v.object({
  error: text,
  error_description: text,
  success: flag,
  code,
  msg: text,
  message: text,
});

/** Reads what an error answer says; undefined when it says nothing that can be read. Never throws. */
export function readErrorWords(json: unknown): ErrorWords | undefined {
  const envelope = v.safeParse(ErrorEnvelope, json);
  if (envelope.success) {
    const body = envelope.output.error;
    const message = body.message ?? '';
    if (body.code === undefined && message === '' && (body.type ?? '') === '') return undefined;
    const requestId = body.request_id ?? requestIdIn(message);
    return defined({ own: true, code: body.code, message, requestId, details: detailsOf(body) });
  }
  const other = v.safeParse(OtherEnvelope, json);
  if (!other.success) return undefined;
  const { error, error_description, success, code: number, msg, message } = other.output;
  const words = error_description ?? msg ?? message ?? error ?? '';
  const word = error !== undefined && /^[\w.:-]+$/.test(error) ? error : undefined;
  if (error !== undefined) return defined({ own: false, code: word, message: words });
  if (success === false || (number !== undefined && words !== '')) {
    return defined({ own: false, code: number, message: words });
  }
  return undefined;
}

/** What else an error says that helps a person; undefined when nothing. */
export function detailsOf(body: Partial<ErrorBody>): ErrorDetails | undefined {
  const details: ErrorDetails = defined({
    param: body.param,
    min: body.min,
    max: body.max,
    allowedValues: body.allowed_values,
    allowedModels: body.allowed_models,
    suggestion: body.suggestion ?? body.fallback_suggestion,
    estimatedCredits: body.estimated_credits,
    balanceCredits: body.account_balance_credits,
    remainingCredits: body.remaining_credits,
    resetTimezone: body.reset_timezone,
  });
  return Object.keys(details).length > 0 ? details : undefined;
}

/** EvoLink ends some messages with "(request id: …)". */
export function requestIdIn(message: string | undefined): string | undefined {
  return message?.match(/\(request id:\s*([\w.:-]{1,128})\s*\)/i)?.[1];
}
