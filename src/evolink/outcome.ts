import type { ErrorKind } from './errors.ts';
import type { Failure } from './http.ts';

/** What the answer to a POST that creates a task means for the user's money. */
export type OutcomeName =
  /** A task exists. */
  | 'accepted'
  /** EvoLink refused: there is no task and nothing is charged. */
  | 'rejected'
  /** It provably never arrived or was refused unprocessed; safe to send again. */
  | 'unsent'
  /** There may be a task, and it may be charged. */
  | 'uncertain';

/** What counts in an answer. */
export interface PostAnswer {
  readonly status: number;
  /** `task`: JSON with a task's id. `error`: EvoLink's own words. `other`: anything else, as a machine between might say. */
  readonly body: 'task' | 'error' | 'other';
  readonly kind: ErrorKind;
  readonly code?: string | undefined;
}

interface Rule {
  readonly name: string;
  /** First and last HTTP status. */
  readonly status: readonly [number, number];
  readonly body?: readonly PostAnswer['body'][];
  readonly kinds?: readonly ErrorKind[];
  readonly codes?: readonly string[];
  readonly outcome: OutcomeName;
}

/** The first row that fits counts. */
export const ANSWER_RULES: readonly Rule[] = [
  { name: 'task', status: [200, 299], body: ['task'], outcome: 'accepted' },
  { name: 'success without a task', status: [200, 299], outcome: 'uncertain' },
  {
    // A proxy may change the status, so it counts with any that is an error.
    name: 'no channel',
    status: [400, 599],
    body: ['error'],
    codes: ['no_available_channel'],
    outcome: 'unsent',
  },
  { name: 'request timeout', status: [408, 408], outcome: 'uncertain' },
  {
    // An idempotency key belongs to one task: both 409s say that an earlier POST with it has arrived.
    name: 'idempotency',
    status: [400, 499],
    body: ['error'],
    kinds: ['idempotencyConflict', 'inFlight'],
    outcome: 'uncertain',
  },
  { name: 'conflict', status: [409, 409], outcome: 'uncertain' },
  { name: 'too early', status: [425, 425], outcome: 'uncertain' },
  {
    name: 'rate limit by code',
    status: [400, 499],
    body: ['error'],
    codes: ['rate_limit_exceeded', 'rate_limited'],
    outcome: 'unsent',
  },
  {
    // Not with a task in it, nor with a code that says something else than the status.
    name: 'rate limit by status',
    status: [429, 429],
    body: ['error', 'other'],
    kinds: ['rateLimit'],
    outcome: 'unsent',
  },
  {
    // The code outranks the status: a fault of the server is no refusal, whatever the status became on the way.
    name: 'server fault under another status',
    status: [400, 499],
    body: ['error'],
    kinds: ['server', 'timeout', 'generationTimeout', 'noContent', 'cancelled'],
    outcome: 'uncertain',
  },
  {
    name: 'unknown error',
    status: [400, 499],
    body: ['error'],
    codes: ['unknown_error'],
    outcome: 'uncertain',
  },
  { name: 'refusal', status: [400, 499], body: ['error'], outcome: 'rejected' },
  { name: 'anything else', status: [0, 999], outcome: 'uncertain' },
];

/** What a POST without a whole answer means. */
export const FAILURE_OUTCOMES = {
  unsendable: 'unsent',
  notStarted: 'unsent',
  unreachable: 'unsent',
  certificate: 'unsent',
  aborted: 'uncertain',
  timeout: 'uncertain',
  tooLarge: 'uncertain',
  network: 'uncertain',
} as const satisfies Record<Failure, OutcomeName>;

/** The row that tells what an answer means. */
export function answerRule(answer: PostAnswer): Rule {
  const rule = ANSWER_RULES.find(
    ({ status: [first, last], body, kinds, codes }) =>
      answer.status >= first &&
      answer.status <= last &&
      (body?.includes(answer.body) ?? true) &&
      (kinds?.includes(answer.kind) ?? true) &&
      (codes?.includes(answer.code?.toLowerCase() ?? '') ?? true),
  );
  if (!rule) throw new RangeError(`No rule for HTTP status ${answer.status}`);
  return rule;
}
