/** What the simulator gives back to one HTTP request, before a byte is sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** One HTTP request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** By the simulator's clock, in milliseconds since 1970. */
  readonly at: number;
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** The envelope of every refusal (EvoLink's API reference, schema `ErrorResponse`); `details` are further members of `error`. */
export function refuse(
  status: number,
  code: string,
  type: string,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): Answer {
  return json(status, { error: { code, message, type, ...details } });
}
