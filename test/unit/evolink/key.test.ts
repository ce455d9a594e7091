import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http, { createServer } from 'node:http';
import type { Server } from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';
import type { Server as NetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { inspect } from 'node:util';
import type { EvoLinkClient } from '../../../src/evolink/client.ts';
import { buildRequest } from '../../../src/evolink/request.ts';
import { clientFor, CREATED, IDEMPOTENCY_KEY, json, KEY, TASK_ID, TestServer, text } from './server.ts';

/** Everything that the client gives back or throws, as one text. */
async function all(client: EvoLinkClient): Promise<string> {
  const built = buildRequest('a frog', {});
  assert.ok('request' in built);
  const results = await Promise.allSettled([
    client.create(built.request, { idempotencyKey: IDEMPOTENCY_KEY }),
    client.query(TASK_ID),
    client.credits(),
    client.list(),
    client.batch([TASK_ID]),
  ]);
  return [client, ...results]
    .map(result => inspect(result, { depth: 9, showHidden: true }) + JSON.stringify(result))
    .concat(results.map(result => (result.status === 'rejected' ? String(result.reason?.stack) : '')))
    .join('\n');
}

/** The proxy's own way out, which does not lead through itself. */
const originalRequest = http.request;

/** A proxy that notes every byte which comes to it from the client, and forwards plain requests and CONNECT. */
async function startProxy(): Promise<{ port: number; log: () => string; close: () => Promise<void> }> {
  let log = '';
  const proxy = createServer((request, response) => {
    const { host, pathname, search } = new URL(request.url ?? '');
    const [hostname = '', port] = host.split(':');
    const { method, headers } = request;
    const onward = originalRequest({ hostname, port, path: pathname + search, method, headers }, answer => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  proxy.on('connection', socket => socket.on('data', chunk => (log += chunk.toString('latin1'))));
  proxy.on('connect', (request, socket, head) => {
    log += `${request.method} ${request.url}\n`;
    const [hostname, port] = (request.url ?? '').split(':');
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(socket);
      socket.on('data', (chunk: Buffer) => {
        log += chunk.toString('latin1');
        onward.write(chunk);
      });
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
    socket.on('end', () => onward.end());
  });
  await listen(proxy);
  return { port: portOf(proxy), log: () => log, close: () => close(proxy) };
}

async function listen(server: NetServer): Promise<void> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
}

function portOf(server: NetServer): number {
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
}

/** Puts the proxy in the way as VS Code does: by another `request` of node:http and node:https, unseen by the caller. */
function throughProxy(port: number, ca: Buffer | string = ''): () => void {
  const { request } = http;
  const { request: secureRequest } = https;
  const proxy = `http://127.0.0.1:${port}`;
  const agent = new http.Agent({ proxyEnv: { HTTP_PROXY: proxy } });
  const secureAgent = new https.Agent({ proxyEnv: { HTTPS_PROXY: proxy } });
  const patched = (url: string | URL, options: http.RequestOptions): http.ClientRequest =>
    request(url, { ...options, agent });
  const patchedSecure = (url: string | URL, options: https.RequestOptions): http.ClientRequest =>
    secureRequest(url, { ...options, agent: secureAgent, ca });
  Object.assign(http, { request: patched });
  Object.assign(https, { request: patchedSecure });
  return () => {
    Object.assign(http, { request });
    Object.assign(https, { request: secureRequest });
    agent.destroy();
    secureAgent.destroy();
  };
}

describe('the key', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await TestServer.start();
  });
  afterEach(() => server.close());

  it('goes to the API in one header and nowhere else, as a proxy sees it', async () => {
    server.reply = json(200, CREATED);
    const proxy = await startProxy();
    const restore = throughProxy(proxy.port);
    try {
      await all(clientFor(server.url));
    } finally {
      restore();
      await proxy.close();
    }
    const seen = proxy.log();
    assert.equal(seen.match(/(GET|POST) http:\/\/127\.0\.0\.1:\d+\/v1\//g)?.length, server.heard.length);
    assert.ok(server.heard.length >= 5);
    const lines = seen.split('\r\n').filter(line => line.includes(KEY));
    assert.equal(lines.length, server.heard.length);
    assert.deepEqual(new Set(lines), new Set([`authorization: Bearer ${KEY}`]));
  });

  it('stays out of logs, results and errors, even when the other side says it', async () => {
    const spelled = KEY.replace('s', '\\u0073');
    const echo = `Incorrect key ${KEY} (Bearer ${KEY}).`;
    const replies = [
      json(
        401,
        { error: { code: KEY, message: echo, request_id: KEY, suggestion: echo } },
        { 'X-Request-Id': KEY },
      ),
      text(401, `{"error":{"code":"unauthorized","message":"${spelled}"}}`),
      json(401, { error: KEY, error_description: echo }),
      json(200, { ...CREATED, id: TASK_ID, status: KEY, model: echo, error: { message: echo } }),
      json(200, { ...CREATED, status: 'failed', error: { code: KEY, message: echo } }),
      json(200, { ...CREATED, status: 'completed', results: [`https://example.com/${KEY}?k=${KEY}`] }),
      json(200, { success: false, message: echo, data: [{ id: KEY, status: KEY }] }),
      json(200, { data: [{ id: KEY, status: KEY, model: KEY }] }),
      text(502, echo),
      text(302, echo, { Location: `https://example.com/?key=${KEY}` }),
    ];
    replies.push(json(200, { [KEY]: KEY, data: [{ id: 'a', [KEY]: 1 }] }));
    for (const reply of replies) {
      server.reply = reply;
      const log: string[] = [];
      const given = await all(clientFor(server.url, { log: (level, line) => log.push(`${level} ${line}`) }));
      assert.ok(log.length >= 5);
      assert.ok(!given.includes(KEY), given);
      assert.ok(!log.join('\n').includes(KEY), log.join('\n'));
    }
  });

  it('stays out of the errors of the way there', async () => {
    const { url } = server;
    await server.close();
    const given = await all(clientFor(url));
    server = await TestServer.start();
    assert.ok(given.includes('ECONNREFUSED'));
    assert.ok(!given.includes(KEY));
    const throwing = clientFor(url, { fetch: () => Promise.reject(new Error(`Bearer ${KEY}`)) });
    assert.ok(!(await all(throwing)).includes(KEY));
    for (const key of [`${KEY}\n`, `${KEY}\0`, `${KEY}é`]) {
      assert.ok(!(await all(clientFor(url, { key }))).includes(KEY));
    }
  });

  describe('over TLS', () => {
    let folder: string;
    let key: Buffer;
    let cert: Buffer;
    before(function () {
      folder = mkdtempSync(join(tmpdir(), 'evolink-tls-'));
      const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
      const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
      const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
      try {
        execFileSync(
          'openssl',
          ['req', '-x509', ...curve, '-keyout', keyFile, '-out', certFile, '-days', '2', ...name],
          { stdio: 'ignore' },
        );
      } catch {
        // Without the openssl program there is no certificate to test with; Debian: apt install openssl.
        this.skip();
      }
      key = readFileSync(keyFile);
      cert = readFileSync(certFile);
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it('is not seen at all by a proxy', async () => {
      const secure = https.createServer({ key, cert }, (request, response) => {
        heard.push(request.headers.authorization);
        request.resume().on('end', () => response.end(JSON.stringify(CREATED)));
      });
      const heard: (string | undefined)[] = [];
      await listen(secure);
      const proxy = await startProxy();
      const restore = throughProxy(proxy.port, cert);
      try {
        const task = await clientFor(`https://127.0.0.1:${portOf(secure)}`).query(TASK_ID);
        assert.equal(task.id, TASK_ID);
      } finally {
        restore();
        await proxy.close();
        await close(secure);
      }
      assert.deepEqual(heard, [`Bearer ${KEY}`]);
      assert.match(proxy.log(), /^CONNECT 127\.0\.0\.1:\d+/);
      assert.ok(!proxy.log().includes(KEY) && !/authorization/i.test(proxy.log()));
    });

    it('is not sent to a server whose certificate is not trusted: no byte of the request is', async () => {
      for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
        let bytes = 0;
        const secure = createTlsServer({ key, cert, maxVersion }, socket => {
          socket.on('data', chunk => (bytes += chunk.length));
          socket.on('error', () => {});
        });
        await listen(secure);
        const built = buildRequest('a frog', {});
        assert.ok('request' in built);
        const url = `https://127.0.0.1:${portOf(secure)}`;
        const client = clientFor(url);
        const result = await client.create(built.request, { idempotencyKey: IDEMPOTENCY_KEY });
        await new Promise(resolve => secure.close(resolve));
        assert.equal(result.outcome, 'unsent');
        assert.deepEqual([result.error.kind, result.error.retryable], ['certificate', false]);
        assert.equal(bytes, 0);
      }
    });
  });
});
