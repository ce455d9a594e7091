import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { EvoLinkClient } from '../../../src/evolink/client.ts';
import type { ClientOptions } from '../../../src/evolink/client.ts';

export interface Heard {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Reply = (response: ServerResponse, heard: Heard, count: number) => void;

/** A server on loopback that notes what it hears; `count` is the number of requests so far. */
export class TestServer {
  readonly heard: Heard[] = [];
  connections = 0;
  reply: Reply = json(200, {});
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  static async start(reply?: Reply): Promise<TestServer> {
    const server = new TestServer();
    if (reply) server.reply = reply;
    server.#server.on('connection', () => (server.connections += 1));
    await new Promise<void>(resolve => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    const address = this.#server.address();
    assert.ok(address !== null && typeof address === 'object');
    return address.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { method = '', url = '', headers } = request;
    const heard = { method, url, headers, body: Buffer.concat(chunks).toString() };
    this.heard.push(heard);
    this.reply(response, heard, this.heard.length);
  }
}

/** A reply with a JSON body. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return text(status, JSON.stringify(body), { 'Content-Type': 'application/json', ...headers });
}

/** A reply with this body. */
export function text(status: number, body: string | Buffer, headers: Record<string, string> = {}): Reply {
  return response => response.writeHead(status, headers).end(body);
}

export const KEY = 'sk-unit-5c1e6b0f9a7d4e2b8c3a';
export const IDEMPOTENCY_KEY = 'run_0123456789abcdef0123456789abcdef';
export const TASK_ID = 'task-unified-1774857405-abc123';

/** The answer to a create as the reference shows it. */
export const CREATED = {
  created: 1774857405,
  id: TASK_ID,
  model: 'seedance-2.0-text-to-video',
  object: 'video.generation.task',
  progress: 0,
  status: 'pending',
  task_info: { can_cancel: true, estimated_time: 165, video_duration: 8 },
  type: 'video',
  usage: { billing_rule: 'per_second', credits_reserved: 108, user_group: 'default' },
};

/** A client with short pauses; its time-outs leave room for a busy machine. */
export function clientFor(baseUrl: string, options: Partial<ClientOptions> = {}): EvoLinkClient {
  const { limits, ...rest } = options;
  return new EvoLinkClient({
    baseUrl,
    key: KEY,
    userAgent: 'seedance-studio/0.0.0 (test)',
    limits: { createTimeout: 8000, readTimeout: 8000, retryPause: 1, ...limits },
    ...rest,
  });
}
