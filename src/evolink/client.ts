import type nodeFetch from 'node-fetch';
import pRetry from 'p-retry';
import { answerError, errorFacts, failureFacts, isSuccess } from './answerErrors.ts';
import type { RemoteTask, RemoteTaskSummary } from './answers.ts';
import { isTaskId, readTask, readTaskBatch, readTaskList } from './answers.ts';
import type { Credits } from './balance.ts';
import { readCredits } from './balance.ts';
import { normaliseBaseUrl } from './baseUrl.ts';
import { readErrorWords, saysError } from './errorAnswers.ts';
import type { ErrorData, ErrorFacts } from './errors.ts';
import { EvoLinkError } from './errors.ts';
import type { Answer, Exchange, FailedExchange } from './http.ts';
import { Http } from './http.ts';
import { answerRule, FAILURE_OUTCOMES } from './outcome.ts';
import type { GenerationRequest } from './request.ts';

export { normaliseBaseUrl };

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export interface ClientOptions {
  /** As `normaliseBaseUrl` accepts it. */
  readonly baseUrl: string;
  readonly key: string;
  /** The product and its version; EvoLink's edge refuses the default ones of some libraries. */
  readonly userAgent: string;
  readonly fetch?: typeof nodeFetch;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly log?: (level: LogLevel, line: string) => void;
  readonly limits?: Partial<ClientLimits>;
}

/** All times in milliseconds. */
export interface ClientLimits {
  /** For a POST that creates a task: generous, since giving up leaves its outcome unknown. */
  readonly createTimeout: number;
  readonly readTimeout: number;
  /** How often a failed read is repeated. */
  readonly readRetries: number;
  /** The first pause between reads; it doubles each time, with up to as much again at random. */
  readonly retryPause: number;
  /** A longer `Retry-After` is not waited for; the error carries it to the caller. */
  readonly longestRetryAfter: number;
}

const LIMITS: ClientLimits = {
  createTimeout: 60_000,
  readTimeout: 20_000,
  readRetries: 2,
  retryPause: 1000,
  longestRetryAfter: 30_000,
};

export type CreateOutcome =
  | { readonly outcome: 'accepted'; readonly task: RemoteTask; readonly replayed: boolean }
  /** EvoLink refused: nothing is charged. */
  | { readonly outcome: 'rejected'; readonly error: EvoLinkError }
  /**
   * It provably never arrived or was refused unprocessed: nothing is charged, and it may be sent again by itself. That
   * helps only where `error.retryable`; `error.retryAfterSeconds` is EvoLink's wish.
   */
  | { readonly outcome: 'unsent'; readonly error: EvoLinkError }
  /** There may be a task, and it may be charged. */
  | { readonly outcome: 'uncertain'; readonly error: EvoLinkError };

export interface ReadOptions {
  readonly signal?: AbortSignal;
}

export interface ListOptions extends ReadOptions {
  /** `processing` includes the queued ones. */
  readonly status?: 'processing' | 'completed' | 'failed' | 'cancelled';
  readonly model?: string;
  /** From 1 on. */
  readonly page?: number;
  /** At most 50. */
  readonly pageSize?: number;
}

/** Ids in one batch query (EvoLink's own client). */
const MAX_BATCH = 50;

/** EvoLink over HTTP. The key goes to the base URL's origin and appears in nothing that comes out of here. */
export class EvoLinkClient {
  readonly origin: string;
  readonly #http: Http;
  readonly #limits: ClientLimits;
  readonly #log: (level: LogLevel, line: string) => void;
  readonly #now: () => number;
  /** Routes that this API does not have. They are in no public reference, so each is tried once. */
  readonly #missing = new Set<string>();

  /** Throws a RangeError when the base URL is not acceptable. */
  constructor(options: ClientOptions) {
    const address = normaliseBaseUrl(options.baseUrl);
    if ('problem' in address) throw new RangeError(`Base URL: ${address.problem.kind}`);
    this.origin = address.origin;
    this.#http = new Http({ ...options, baseUrl: address.baseUrl });
    this.#limits = { ...LIMITS, ...options.limits };
    this.#log = options.log ?? (() => {});
    this.#now = options.now ?? Date.now;
  }

  /**
   * Creates a task: exactly one POST. What its answer means is decided in outcome.ts; trouble on the way is an outcome
   * and not an exception.
   * @param options.idempotencyKey 16 to 96 letters, digits, `.`, `_`, `-`; it stays with the task. Throws a RangeError otherwise.
   */
  async create(
    request: GenerationRequest,
    options: { readonly idempotencyKey: string; readonly signal?: AbortSignal },
  ): Promise<CreateOutcome> {
    if (!/^[A-Za-z0-9._-]{16,96}$/.test(options.idempotencyKey)) throw new RangeError('Idempotency key');
    const answer = await this.#send({
      method: 'POST',
      path: '/v1/videos/generations',
      headers: { 'Idempotency-Key': options.idempotencyKey },
      body: request,
      timeout: this.#limits.createTimeout,
      signal: options.signal,
    });
    if ('failure' in answer) {
      const outcome = FAILURE_OUTCOMES[answer.failure];
      this.#log('warn', `${outcome}: ${answer.failure}`);
      return { outcome, error: new EvoLinkError({ ...failureFacts(answer), ...consequences(outcome) }) };
    }
    const task = readTask(answer.json);
    const { facts, own } = errorFacts(answer);
    const body = task ? 'task' : own ? 'error' : 'other';
    const { outcome, name } = answerRule({ status: answer.status, body, kind: facts.kind, code: facts.code });
    this.#log(outcome === 'accepted' ? 'info' : 'warn', `${outcome}: ${name}`);
    if (outcome !== 'accepted') {
      return { outcome, error: new EvoLinkError({ ...facts, ...consequences(outcome) }) };
    }
    if (!task) throw new RangeError('Accepted without a task');
    this.#noteStatus(task);
    return { outcome, task, replayed: answer.replayed };
  }

  /** A task by EvoLink's id. Throws an EvoLinkError. */
  async query(remoteId: string, options: ReadOptions = {}): Promise<RemoteTask> {
    if (!isTaskId(remoteId)) throw new EvoLinkError({ kind: 'notFound' });
    const path = `/v1/tasks/${encodeURIComponent(remoteId)}`;
    return this.#read({ method: 'GET', path, ...options }, answer => {
      const task = isSuccess(answer) ? readTask(answer.json) : undefined;
      if (!task) throw answerError(answer);
      if (task.id !== remoteId) throw answerError(answer, 'wrongTask');
      this.#noteStatus(task);
      return task;
    });
  }

  /** The balance; also the way to try a key, for it is free and makes nothing. Throws an EvoLinkError. */
  async credits(options: ReadOptions = {}): Promise<Credits> {
    return this.#read({ method: 'GET', path: '/v1/credits', ...options }, answer => {
      const credits = isSuccess(answer) ? readCredits(answer.json) : undefined;
      if (!credits) throw answerError(answer);
      return credits;
    });
  }

  /**
   * A page of the account's tasks, newest first; undefined when this API has no list, or none that can be read whole.
   * Throws an EvoLinkError.
   */
  async list(options: ListOptions = {}): Promise<readonly RemoteTaskSummary[] | undefined> {
    const { signal, status, model, page = 1, pageSize = MAX_BATCH } = options;
    const query = new URLSearchParams({ type: 'video', page: String(page), page_size: String(pageSize) });
    if (status !== undefined) query.set('status', status);
    if (model !== undefined) query.set('model', model);
    const exchange = {
      method: 'GET',
      path: `/v1/tasks?${query.toString()}`,
      ...(signal && { signal }),
    } as const;
    return this.#readIfThere('list', exchange, json => readTaskList(json, pageSize));
  }

  /** Tasks by their ids; those that EvoLink does not know or show are absent. Undefined when this API has no batch query. Throws an EvoLinkError. */
  async batch(ids: readonly string[], options: ReadOptions = {}): Promise<readonly RemoteTask[] | undefined> {
    const wanted = [...new Set(ids)];
    const tasks = new Map<string, RemoteTask>();
    for (let start = 0; start < wanted.length; start += MAX_BATCH) {
      const part = wanted.slice(start, start + MAX_BATCH);
      const exchange = {
        method: 'POST',
        path: '/v1/tasks/batch',
        body: { task_ids: part },
        ...options,
      } as const;
      const found = await this.#readIfThere('batch', exchange, readTaskBatch);
      if (!found) return undefined;
      for (const task of found) {
        if (part.includes(task.id)) tasks.set(task.id, task);
      }
    }
    for (const task of tasks.values()) {
      this.#noteStatus(task);
      if (task.error) this.#log('warn', `${task.id}: ${task.state}${quoted(task.error)}`);
    }
    return [...tasks.values()];
  }

  /** A read of a route that the reference does not have: undefined where the API does not know it. */
  async #readIfThere<Result>(
    route: string,
    exchange: Omit<Exchange, 'timeout'>,
    read: (json: unknown) => Result | undefined,
  ): Promise<Result | undefined> {
    if (this.#missing.has(route)) return undefined;
    return this.#read(exchange, answer => {
      if ([404, 405, 501].includes(answer.status)) {
        this.#missing.add(route);
        this.#log('debug', `${this.origin} has no ${route}`);
        return undefined;
      }
      const result = isSuccess(answer) && !saysError(answer.json) ? read(answer.json) : undefined;
      // Some gateways answer 200 with their start page where they have no route.
      if (
        result === undefined &&
        (!isSuccess(answer) || saysError(answer.json) || readErrorWords(answer.json))
      )
        throw answerError(answer);
      return result;
    });
  }

  /** A read, repeated with growing pauses where that may help. Throws an EvoLinkError. */
  async #read<Result>(
    exchange: Omit<Exchange, 'timeout'>,
    read: (answer: Answer) => Result,
  ): Promise<Result> {
    const { readTimeout, readRetries, retryPause, longestRetryAfter } = this.#limits;
    const { signal } = exchange;
    try {
      return await pRetry(
        async () => {
          const answer = await this.#send({ ...exchange, timeout: readTimeout });
          if ('failure' in answer) throw new EvoLinkError(failureFacts(answer));
          return read(answer);
        },
        {
          retries: readRetries,
          minTimeout: retryPause,
          randomize: true,
          ...(signal && { signal }),
          shouldRetry: ({ error }) =>
            error instanceof EvoLinkError &&
            error.retryable &&
            (error.retryAfterSeconds ?? 0) * 1000 <= longestRetryAfter,
          onFailedAttempt: async ({ error, retriesLeft }) => {
            if (retriesLeft === 0 || !(error instanceof EvoLinkError) || !error.retryable) return;
            const wait = (error.retryAfterSeconds ?? 0) * 1000;
            if (wait > 0 && wait <= longestRetryAfter) await pause(wait, signal);
          },
        },
      );
    } catch (error) {
      if (error instanceof EvoLinkError || signal?.aborted !== true) throw error;
      throw new EvoLinkError({ kind: 'aborted' });
    }
  }

  async #send(exchange: Exchange): Promise<Answer | FailedExchange> {
    const start = this.#now();
    const answer = await this.#http.send(exchange);
    const said =
      'failure' in answer
        ? `${answer.failure} ${answer.code ?? ''} ${answer.message}`
        : `${answer.status}${answer.requestId === undefined ? '' : ` (request id: ${answer.requestId})`}`;
    const words = 'failure' in answer ? undefined : readErrorWords(answer.json);
    const level = 'failure' in answer || answer.status >= 400 || words ? 'warn' : 'debug';
    const line = `${exchange.method} ${exchange.path} → ${said}, ${this.#now() - start} ms${quoted(words)}`;
    this.#log(level, this.#http.redact(line));
    return answer;
  }

  #noteStatus(task: RemoteTask): void {
    if (!task.knownStatus) this.#log('warn', `${task.id}: unknown status ${JSON.stringify(task.status)}`);
  }
}

/** All that EvoLink says of an error, in one line of the log: a person is shown the beginning of its words. */
function quoted(said: Pick<ErrorData, 'code' | 'message' | 'details'> | undefined): string {
  if (!said) return '';
  const { code = '', message, details } = said;
  return `: ${code} ${JSON.stringify(message)}${details ? ` ${JSON.stringify(details)}` : ''}`;
}

/** An uncertain outcome is checked before anything else, whatever the error. */
function consequences(outcome: 'rejected' | 'unsent' | 'uncertain'): Pick<ErrorFacts, 'charged' | 'remedy'> {
  return outcome === 'uncertain' ? { charged: 'unknown', remedy: 'checkOutcome' } : { charged: 'no' };
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new EvoLinkError({ kind: 'aborted' }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
