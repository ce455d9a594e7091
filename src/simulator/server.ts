import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Accounts, newAccount, type Account } from './accounts.ts';
import { refuse, type Answer, type ReceivedRequest } from './answer.ts';
import { SettableClock, type Clock } from './clock.ts';
import { Service, type Behaviour } from './service.ts';
import type { SimulatedTask } from './generation.ts';

export interface SimulatorOptions extends Partial<Behaviour> {
  /** TCP port on 127.0.0.1; 0, the default, takes a free one. */
  readonly port?: number;
  /** The key that is accepted; made at random if absent. */
  readonly key?: string;
  /** Credits of the account at the start. */
  readonly credits?: number;
  /** The MP4 that every task results in, or its path. */
  readonly clip: Uint8Array | string;
  /** The same for `generate_audio: false`; the clip with sound if absent. */
  readonly silentClip?: Uint8Array | string;
  readonly clock?: Clock;
  /** Stands before every request: how tests order faults. */
  readonly intercept?: Interceptor;
}

/** One request on its way, in the hands of an interceptor. */
export interface Exchange {
  readonly simulator: Simulator;
  readonly request: ReceivedRequest;
  /** Lets the service act on the request, which may create a task. */
  readonly process: () => Answer;
  readonly response: ServerResponse;
}

/** Answers on the simulator's behalf, or returns the answer to send. */
export type Interceptor = (exchange: Exchange) => Promise<Answer | 'answered'>;

/** A local EvoLink. It listens on loopback only, calls nobody (callbacks are checked, not made) and costs nothing. */
export interface Simulator {
  /** Origin without a slash at its end. */
  readonly url: string;
  readonly key: string;
  readonly clock: SettableClock;
  readonly behaviour: Behaviour;
  /** Account of `key`. */
  readonly account: Account;
  readonly tasks: readonly SimulatedTask[];
  /** The latest requests, oldest first, without those to control routes. */
  readonly requests: readonly ReceivedRequest[];
  /** Those of them that asked for a video: each accepted one would cost money at EvoLink. */
  readonly posts: readonly ReceivedRequest[];
  /** Adds a second account, for tasks that a key may not see. */
  addAccount(key: string, credits: number): Account;
  /** Ends open connections. */
  close(): Promise<void>;
}

/** EvoLink's limit for a whole request body, in bytes. */
const MAX_BODY = 64 * 1024 * 1024;
const REMEMBERED_REQUESTS = 10_000;
/** Paths of an interceptor's own. */
const CONTROL_PREFIX = '/_simulator/';

/** Rejects where the port is taken or a clip can't be read. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const clip = await bytesOf(options.clip);
  const silentClip = options.silentClip === undefined ? clip : await bytesOf(options.silentClip);
  const server = createServer();
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no TCP port');

  const clock = new SettableClock(options.clock);
  const accounts = new Accounts();
  const url = `http://127.0.0.1:${address.port}`;
  const service = new Service(
    { origin: url, clock, accounts, clip, silentClip },
    {
      speed: options.speed ?? 1,
      ranges: options.ranges ?? true,
      expiredLinkStatus: options.expiredLinkStatus ?? 404,
      idempotency: options.idempotency ?? true,
    },
  );
  const addAccount = (key: string, credits: number) => {
    const account = newAccount(credits);
    accounts.add(key, account);
    return account;
  };
  const key = options.key ?? `sk-demo-${randomBytes(16).toString('hex')}`;
  const requests: ReceivedRequest[] = [];
  const simulator: Simulator = {
    url,
    key,
    clock,
    behaviour: service.behaviour,
    account: addAccount(key, options.credits ?? 1000),
    tasks: service.tasks,
    requests,
    get posts() {
      return requests.filter(({ method, path }) => method === 'POST' && path === '/v1/videos/generations');
    },
    addAccount,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await receive(incoming, clock.now());
    if (request === 'too large') {
      send(response, refuse(413, 'request_too_large', 'invalid_request_error', 'Request body exceeds 64 MB'));
      return;
    }
    if (!request.path.startsWith(CONTROL_PREFIX)) {
      requests.push(request);
      if (requests.length > REMEMBERED_REQUESTS) requests.shift();
    }
    const closed = new Promise<void>(resolve => response.once('close', resolve));
    const process = () => service.answer(request, closed);
    const answer = (await options.intercept?.({ simulator, request, process, response })) ?? process();
    if (answer !== 'answered') send(response, answer);
  };
  server.on('request', (incoming, response) => {
    handle(incoming, response).catch(() => {
      // Also reached by a client that hangs up while it sends: nobody reads this then.
      if (response.headersSent) response.destroy();
      else send(response, refuse(500, 'internal_error', 'api_error', 'Internal server error'));
    });
  });
  return simulator;
}

/** Sends an answer as it is. */
export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  const bodyless = status === 204 || status === 304;
  response.writeHead(status, { ...headers, ...(!bodyless && { 'content-length': String(body.length) }) });
  response.end(bodyless || response.req.method === 'HEAD' ? undefined : body);
}

async function receive(incoming: IncomingMessage, at: number): Promise<ReceivedRequest | 'too large'> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY) chunks.push(chunk);
  }
  if (size > MAX_BODY) return 'too large';
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://simulator');
  return {
    method: incoming.method ?? '',
    path: pathname,
    query: searchParams,
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    ),
    body: Buffer.concat(chunks).toString('utf8'),
    at,
  };
}

async function bytesOf(clip: Uint8Array | string): Promise<Uint8Array> {
  return typeof clip === 'string' ? readFile(clip) : clip;
}
