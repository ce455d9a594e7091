import nodeFetch from 'node-fetch';
import { defined } from './defined.ts';

/** Bytes of an answer after decompression; EvoLink's are a few kilobytes, with fifty tasks in them some ten times that. */
const MAX_ANSWER_BYTES = 1024 * 1024;
/** What a header can carry. */
const SENDABLE_KEY = /^[\x21-\x7e]+$/;

export interface Exchange {
  readonly method: 'GET' | 'POST';
  /** Path and query, from the base URL on. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Milliseconds for the whole exchange, the answer's body included. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** An answer that arrived whole. */
export interface Answer {
  readonly status: number;
  /** Undefined when the body is no JSON. */
  readonly json: unknown;
  readonly requestId?: string;
  readonly retryAfterSeconds?: number;
  /** Header `Idempotency-Replayed`. */
  readonly replayed: boolean;
}

/**
 * Why no whole answer arrived. `unsendable`: the key has characters that a header can't carry. `notStarted`: aborted
 * before. `unreachable`, `certificate`: no connection came about. In these four nothing was sent.
 */
export type Failure =
  | 'unsendable'
  | 'notStarted'
  | 'unreachable'
  | 'certificate'
  | 'aborted'
  | 'timeout'
  | 'tooLarge'
  | 'network';

/** An exchange without a whole answer. */
export interface FailedExchange {
  readonly failure: Failure;
  /** The system's code. */
  readonly code?: string;
  /** The system's words. */
  readonly message: string;
}

export interface HttpOptions {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly key: string;
  readonly userAgent: string;
  readonly fetch?: typeof nodeFetch;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * One HTTP exchange with the API. Nothing that it returns holds the key, whatever the other side sent back. No agent
 * is set: VS Code puts its own in place, for the user's proxy and certificates.
 */
export class Http {
  readonly #baseUrl: string;
  readonly #key: string;
  /** The key as it may come back; empty for one that is never sent. */
  readonly #echoes: readonly string[];
  readonly #userAgent: string;
  readonly #fetch: typeof nodeFetch;
  readonly #now: () => number;

  constructor(options: HttpOptions) {
    this.#baseUrl = options.baseUrl;
    this.#key = options.key;
    this.#echoes = SENDABLE_KEY.test(options.key) ? [options.key, encodeURIComponent(options.key)] : [];
    this.#userAgent = options.userAgent;
    this.#fetch = options.fetch ?? nodeFetch;
    this.#now = options.now ?? Date.now;
  }

  /** Never throws and never follows a redirect. */
  async send(exchange: Exchange): Promise<Answer | FailedExchange> {
    const { signal } = exchange;
    if (this.#echoes.length === 0) return { failure: 'unsendable', message: '' };
    if (signal?.aborted === true) return { failure: 'notStarted', message: '' };
    const body = exchange.body === undefined ? undefined : JSON.stringify(exchange.body);
    const clock = new AbortController();
    const timer = setTimeout(() => clock.abort(), exchange.timeout);
    try {
      const response = await this.#fetch(this.#baseUrl + exchange.path, {
        method: exchange.method,
        headers: {
          ...exchange.headers,
          Authorization: `Bearer ${this.#key}`,
          Accept: 'application/json',
          'User-Agent': this.#userAgent,
          // Asked of the server: a kept connection that it closes just as a POST goes out would leave its outcome unknown.
          Connection: 'close',
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
        },
        ...(body !== undefined && { body }),
        redirect: 'manual',
        size: MAX_ANSWER_BYTES,
        signal: signal ? AbortSignal.any([signal, clock.signal]) : clock.signal,
      });
      const text = await response.text();
      const { headers } = response;
      const said = defined({
        requestId: this.#clean(headers.get('x-request-id') ?? headers.get('x-oneapi-request-id')),
        retryAfterSeconds: retryAfterSeconds(
          headers.get('retry-after'),
          timeOf(headers.get('date')) ?? this.#now(),
        ),
      });
      const replayed = headers.get('idempotency-replayed')?.toLowerCase() === 'true';
      return { status: response.status, json: this.#parse(text), replayed, ...said };
    } catch (error) {
      const facts = systemFacts(error);
      const failure = stopped(clock.signal, signal) ?? failureOf(facts);
      return { failure, ...defined({ code: facts.code }), message: this.redact(facts.message) };
    } finally {
      clearTimeout(timer);
    }
  }

  /** The text without the key. */
  redact(text: string): string {
    return this.#echoes.reduce((cleaned, echo) => cleaned.replaceAll(echo, '***'), text);
  }

  #clean(text: string | null): string | undefined {
    return text === null ? undefined : this.redact(text).slice(0, 128);
  }

  #parse(text: string): unknown {
    try {
      return JSON.parse(text, (_key, value: unknown) =>
        typeof value === 'string' ? this.redact(value) : value,
      );
    } catch {
      return undefined;
    }
  }
}

function stopped(clock: AbortSignal, signal: AbortSignal | undefined): Failure | undefined {
  if (clock.aborted) return 'timeout';
  return signal?.aborted === true ? 'aborted' : undefined;
}

/**
 * `Retry-After` in seconds: a number of seconds or an HTTP date (RFC 9110, 10.2.3).
 * @param now The server's own time where it is known: this machine's clock may be wrong. Milliseconds since 1970.
 */
export function retryAfterSeconds(value: string | null, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Number(text), MAX_RETRY_AFTER);
  const date = timeOf(text);
  return date === undefined
    ? undefined
    : Math.min(Math.max(0, Math.ceil((date - now) / 1000)), MAX_RETRY_AFTER);
}

/** An HTTP date in milliseconds since 1970. The oldest of its three forms, asctime's, names no zone: it is GMT. */
function timeOf(value: string | null): number | undefined {
  const text = value?.trim() ?? '';
  const time = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text.replace(/\d{4}$/, '$& GMT')) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** A day: what is longer is a mistake. */
const MAX_RETRY_AFTER = 86_400;

interface SystemFacts {
  readonly code: string | undefined;
  readonly call: string | undefined;
  readonly message: string;
}

/** The code and the call of a system error, which node-fetch copies and others keep in `cause`. */
function systemFacts(error: unknown): SystemFacts {
  if (!(error instanceof Error)) return { code: undefined, call: undefined, message: String(error) };
  const code = textField(error, 'code') ?? textField(error, 'type');
  if (code === undefined && error.cause !== undefined) return systemFacts(error.cause);
  return {
    code,
    call: textField(error, 'erroredSysCall') ?? textField(error, 'syscall'),
    message: error.message,
  };
}

function textField(error: Error, name: string): string | undefined {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : undefined;
}

/** No name, no host that listens: no connection, so nothing was sent. */
const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);
/** No way to the host. Where a name has several addresses, the error is about all of them and names no call. */
const UNREACHABLE_AT_CONNECT = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL']);
/** OpenSSL's verification errors as Node names them, and Node's own about the name in the certificate. */
const CERTIFICATE =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$|INVALID_(CA|PURPOSE)$|HOSTNAME_MISMATCH$|ERR_TLS_CERT_ALTNAME_INVALID$)/;

function failureOf({ code, call }: SystemFacts): Failure {
  if (code === undefined) return 'network';
  if (call === 'getaddrinfo' || UNREACHABLE.has(code)) return 'unreachable';
  if ((call ?? 'connect') === 'connect' && UNREACHABLE_AT_CONNECT.has(code)) return 'unreachable';
  if (CERTIFICATE.test(code)) return 'certificate';
  return code === 'max-size' ? 'tooLarge' : 'network';
}
