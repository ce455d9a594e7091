import { readErrorWords } from './errorAnswers.ts';
import type { ErrorFacts, ErrorKind } from './errors.ts';
import { EvoLinkError, httpErrorKind, isKnownHttpCode } from './errors.ts';
import type { Answer, FailedExchange, Failure } from './http.ts';

const FAILURE_KINDS = {
  unsendable: 'key',
  notStarted: 'aborted',
  unreachable: 'unreachable',
  certificate: 'certificate',
  aborted: 'aborted',
  timeout: 'timeout',
  tooLarge: 'badAnswer',
  network: 'network',
} as const satisfies Record<Failure, ErrorKind>;

/** What is known of an exchange that brought no whole answer. */
export function failureFacts({ failure, code, message }: FailedExchange): ErrorFacts {
  return { kind: FAILURE_KINDS[failure], code, message };
}

/** Whether the status is 2xx. */
export function isSuccess(answer: Answer): boolean {
  return answer.status >= 200 && answer.status <= 299;
}

/** What an answer says of its error, and whether it is EvoLink that says it. */
export function errorFacts(answer: Answer): { facts: ErrorFacts; own: boolean } {
  const { status, requestId, retryAfterSeconds } = answer;
  const words = readErrorWords(answer.json);
  const code = words?.code;
  const own = words !== undefined && (words.own || (code !== undefined && isKnownHttpCode(code)));
  const telling = code !== undefined && (isKnownHttpCode(code) || /^[45]\d\d$/.test(code));
  const facts: ErrorFacts = {
    kind: telling || (own && !isSuccess(answer)) ? httpErrorKind(status, code) : kindByStatus(status),
    code,
    httpStatus: status,
    message: words?.message ?? '',
    requestId: requestId ?? words?.requestId,
    retryAfterSeconds,
    details: words?.details,
  };
  return { facts, own };
}

/** Without EvoLink's words only these statuses say something; the rest may come from any machine between. */
function kindByStatus(status: number): ErrorKind {
  const kind = httpErrorKind(status, undefined);
  return ['key', 'rateLimit', 'redirect', 'server', 'tooLarge'].includes(kind) ? kind : 'badAnswer';
}

/** The error that a read ends with; `kind` where the caller knows better than the answer. */
export function answerError(answer: Answer, kind?: ErrorKind): EvoLinkError {
  const { facts } = errorFacts(answer);
  return new EvoLinkError(kind ? { ...facts, kind } : facts);
}
