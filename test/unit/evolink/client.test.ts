import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import nodeFetch from 'node-fetch';
import { EvoLinkClient } from '../../../src/evolink/client.ts';
import { EvoLinkError } from '../../../src/evolink/errors.ts';
import { retryAfterSeconds } from '../../../src/evolink/http.ts';
import { buildRequest } from '../../../src/evolink/request.ts';
import type { GenerationRequest } from '../../../src/evolink/request.ts';
import { clientFor, CREATED, IDEMPOTENCY_KEY, json, KEY, TASK_ID, TestServer, text } from './server.ts';

const DONE = { ...CREATED, status: 'completed', progress: 100, results: ['https://files.evolink.ai/v.mp4'] };
const CREDITS = { success: true, data: { user: { remaining_credits: 12 } } };

function request(prompt: string): GenerationRequest {
  const built = buildRequest(prompt, {});
  assert.ok('request' in built);
  return built.request;
}

/** The error that a read ends with. */
async function errorOf(read: Promise<unknown>): Promise<EvoLinkError> {
  const error: unknown = await read.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof EvoLinkError, String(error));
  return error;
}

describe('client', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await TestServer.start();
  });
  afterEach(() => server.close());

  describe('create', () => {
    it('sends one POST with the request, the key and the idempotency key', async () => {
      server.reply = json(200, CREATED);
      const sent = request('a frog');
      const result = await clientFor(`${server.url}/v1/`).create(sent, { idempotencyKey: IDEMPOTENCY_KEY });
      assert.equal(result.outcome, 'accepted');
      assert.deepEqual([result.task.id, result.replayed], [TASK_ID, false]);
      assert.equal(server.heard.length, 1);
      const [heard] = server.heard;
      assert.ok(heard);
      assert.deepEqual([heard.method, heard.url], ['POST', '/v1/videos/generations']);
      assert.deepEqual(JSON.parse(heard.body), sent);
      const { host, ...headers } = heard.headers;
      assert.equal(host, `127.0.0.1:${server.port}`);
      assert.deepEqual(headers, {
        authorization: `Bearer ${KEY}`,
        'idempotency-key': IDEMPOTENCY_KEY,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(heard.body)),
        accept: 'application/json',
        'accept-encoding': 'gzip, deflate, br',
        'user-agent': 'seedance-studio/0.0.0 (test)',
        connection: 'close',
      });
    });

    it('says when EvoLink gave back an earlier task', async () => {
      server.reply = json(200, CREATED, { 'Idempotency-Replayed': 'true' });
      const result = await clientFor(server.url).create(request('a'), { idempotencyKey: IDEMPOTENCY_KEY });
      assert.ok(result.outcome === 'accepted' && result.replayed);
    });

    it('takes only idempotency keys that EvoLink takes', async () => {
      for (const idempotencyKey of ['', 'short', 'x'.repeat(97), 'with space and more', 'ключключключключ']) {
        await assert.rejects(clientFor(server.url).create(request('a'), { idempotencyKey }), RangeError);
      }
      assert.equal(server.heard.length, 0);
    });

    it('sends the prompts of people byte for byte', async () => {
      server.reply = json(200, CREATED);
      const fixture = readFileSync(new URL('../../fixtures/prompts/prompts.jsonl', import.meta.url), 'utf8');
      const prompts = fixture
        .trim()
        .split('\n')
        .map((line): string => JSON.parse(line).prompt);
      for (const prompt of [...prompts, 'a\r\nb\t"c"\\ \u2028\0🐸é', ' padded ']) {
        await clientFor(server.url).create(request(prompt), { idempotencyKey: IDEMPOTENCY_KEY });
        assert.equal(JSON.parse(server.heard.at(-1)?.body ?? '').prompt, prompt);
      }
    });

    it('never sends over a connection that the server may be closing', async () => {
      server.reply = json(200, CREATED);
      const client = clientFor(server.url);
      for (let count = 1; count <= 5; count += 1) {
        await client.create(request('a'), { idempotencyKey: IDEMPOTENCY_KEY });
        assert.equal(server.connections, count);
      }
    });
  });

  describe('reads', () => {
    it('asks for a task by its id', async () => {
      server.reply = json(200, DONE);
      const task = await clientFor(server.url).query(TASK_ID);
      assert.deepEqual([task.state, task.resultUrls], ['completed', ['https://files.evolink.ai/v.mp4']]);
      const [heard] = server.heard;
      assert.deepEqual([heard?.method, heard?.url, heard?.body], ['GET', `/v1/tasks/${TASK_ID}`, '']);
      assert.equal(heard?.headers.authorization, `Bearer ${KEY}`);
    });

    it('asks for nothing that is no id', async () => {
      for (const id of ['', '.', '..', '../credits', 'a/b', 'a?b=c', 'a#b', '%2e%2e', ` ${TASK_ID}`]) {
        assert.equal((await errorOf(clientFor(server.url).query(id))).kind, 'notFound');
      }
      assert.equal(server.connections, 0);
      server.reply = json(200, { ...DONE, id: 'a:b_c.d-e' });
      assert.equal((await clientFor(server.url).query('a:b_c.d-e')).state, 'completed');
    });

    it('takes no answer about another task', async () => {
      server.reply = json(200, { ...DONE, id: 'task-unified-1-other' });
      assert.equal((await errorOf(clientFor(server.url).query(TASK_ID))).kind, 'wrongTask');
      server.reply = json(200, { status: 'failed', error: { code: 'service_error', message: 'x' } });
      assert.equal((await errorOf(clientFor(server.url).query(TASK_ID))).kind, 'server');
      server.reply = json(200, { status: 'completed', results: ['https://a/b.mp4'] });
      assert.equal((await errorOf(clientFor(server.url).query(TASK_ID))).kind, 'badAnswer');
    });

    it('takes no task out of an answer that says it is an error', async () => {
      server.reply = json(200, { ...DONE, success: false, message: 'No' });
      const client = clientFor(server.url, { limits: { readRetries: 0 } });
      assert.equal((await errorOf(client.query(TASK_ID))).kind, 'badAnswer');
    });

    it('reads the balance', async () => {
      server.reply = json(200, CREDITS);
      assert.deepEqual(await clientFor(server.url).credits(), { balance: 12 });
      assert.equal(server.heard[0]?.url, '/v1/credits');
    });

    it('takes a 200 with success: false for the error that it is', async () => {
      const reject = { success: false, message: 'No', error: { code: 401, message: 'Bad key', type: 'x' } };
      server.reply = json(200, reject);
      const error = await errorOf(clientFor(server.url).credits());
      assert.deepEqual(
        [error.kind, error.code, error.message, error.httpStatus],
        ['key', '401', 'Bad key', 200],
      );
      server.reply = json(200, { ...CREDITS, success: false, message: 'No' });
      assert.equal((await errorOf(clientFor(server.url).credits())).kind, 'badAnswer');
    });

    it('keeps the words, the code and the request id of EvoLink', async () => {
      const body = { error: { code: 'task_not_found', message: 'Gone\n(request id: in-text)', type: 'x' } };
      server.reply = json(404, body, { 'X-Request-Id': 'in-header' });
      const error = await errorOf(clientFor(server.url).query(TASK_ID));
      assert.deepEqual(
        [error.kind, error.code, error.message, error.requestId, error.charged],
        ['notFound', 'task_not_found', 'Gone\n(request id: in-text)', 'in-header', 'unknown'],
      );
      server.reply = json(404, body, { 'x-oneapi-request-id': 'other-header' });
      assert.equal((await errorOf(clientFor(server.url).query(TASK_ID))).requestId, 'other-header');
      server.reply = json(404, body);
      assert.equal((await errorOf(clientFor(server.url).query(TASK_ID))).requestId, 'in-text');
    });

    it('reads what a machine between says for no word of EvoLink', async () => {
      for (const [status, body, kind] of [
        [200, '<html>', 'badAnswer'],
        [200, '', 'badAnswer'],
        [200, 'null', 'badAnswer'],
        [200, '[]', 'badAnswer'],
        [204, '', 'badAnswer'],
        [403, 'error code: 1010', 'badAnswer'],
        [404, '<html>', 'badAnswer'],
        [502, '', 'server'],
        [302, '', 'redirect'],
        [401, '', 'key'],
        [429, '', 'rateLimit'],
      ] as const) {
        server.reply = text(status, body);
        assert.equal((await errorOf(clientFor(server.url).query(TASK_ID))).kind, kind, `${status} ${body}`);
      }
    });

    it('reads compressed answers, and no more than its limit of them', async () => {
      server.reply = text(200, gzipSync(JSON.stringify(DONE)), { 'Content-Encoding': 'gzip' });
      assert.equal((await clientFor(server.url).query(TASK_ID)).state, 'completed');
      const bomb = gzipSync(JSON.stringify(DONE) + ' '.repeat(16 * 1024 * 1024));
      assert.ok(bomb.length < 100_000);
      server.reply = text(200, bomb, { 'Content-Encoding': 'gzip' });
      const client = clientFor(server.url, { limits: { readRetries: 0 } });
      assert.equal((await errorOf(client.query(TASK_ID))).kind, 'badAnswer');
    });

    it('survives JSON as deep as an answer can be', async () => {
      server.reply = text(200, '['.repeat(100_000) + ']'.repeat(100_000));
      const client = clientFor(server.url, { limits: { readRetries: 0 } });
      assert.equal((await errorOf(client.query(TASK_ID))).kind, 'badAnswer');
    });

    it('keeps the whole of EvoLink’s words in the log, in one line, without the key', async () => {
      const lines: string[] = [];
      const client = clientFor(server.url, { log: (_level, line) => lines.push(line) });
      const message = `No.\n${'word '.repeat(99)}${KEY}`;
      const error = { code: 'content_policy_violation', message, min: 4, suggestion: 'Other\nwords' };
      server.reply = json(400, { error });
      await client.create(request('a frog'), { idempotencyKey: IDEMPOTENCY_KEY });
      server.reply = json(200, { ...CREATED, status: 'failed', error });
      await client.query(TASK_ID);
      server.reply = json(200, { code: 200, data: [{ ...CREATED, status: 'failed', error }] });
      await client.batch([TASK_ID]);
      const said = lines.filter(line => line.includes('content_policy_violation "No.\\nword word'));
      assert.equal(said.length, 3, lines.join('\n'));
      for (const line of said) {
        assert.ok(line.endsWith('word ***" {"min":4,"suggestion":"Other\\nwords"}'), line);
        assert.ok(!line.includes(KEY) && !line.includes('\n'), line);
      }
    });

    it('notes an unknown status', async () => {
      const lines: string[] = [];
      server.reply = json(200, { ...CREATED, status: 'archived' });
      const client = clientFor(server.url, { log: (level, line) => lines.push(`${level} ${line}`) });
      assert.equal((await client.query(TASK_ID)).state, 'generating');
      assert.ok(lines.includes(`warn ${TASK_ID}: unknown status "archived"`));
    });
  });

  describe('repeated reads', () => {
    it('tries again where that may help', async () => {
      for (const failing of [
        text(502, ''),
        text(429, ''),
        text(200, '<html>'),
        json(200, { ...DONE, id: 'other' }),
      ]) {
        const before = server.heard.length;
        server.reply = (response, heard, count) =>
          count < before + 3 ? failing(response, heard, count) : json(200, DONE)(response, heard, count);
        assert.equal((await clientFor(server.url).query(TASK_ID)).state, 'completed');
        assert.equal(server.heard.length, before + 3);
      }
    });

    it('tries again after a cut connection and a time-out', async () => {
      server.reply = (response, heard, count) => {
        if (count === 1) response.socket?.destroy();
        else if (count === 3) json(200, CREDITS)(response, heard, count);
      };
      assert.equal((await clientFor(server.url, { limits: { readTimeout: 1000 } }).credits()).balance, 12);
      assert.equal(server.heard.length, 3);
    });

    it('gives up after two', async () => {
      server.reply = text(503, '');
      const error = await errorOf(clientFor(server.url).credits());
      assert.deepEqual([error.kind, error.httpStatus, server.heard.length], ['server', 503, 3]);
    });

    it('does not repeat what EvoLink refused', async () => {
      for (const [status, code] of [
        [401, 'unauthorized'],
        [402, 'quota_exceeded'],
        [403, 'permission_denied'],
        [404, 'task_not_found'],
        [400, 'invalid_task_id'],
      ] as const) {
        const before = server.heard.length;
        server.reply = json(status, { error: { code, message: 'x' } });
        await errorOf(clientFor(server.url).query(TASK_ID));
        assert.equal(server.heard.length, before + 1, code);
      }
    });

    it('waits as long as EvoLink asks', async () => {
      server.reply = (response, heard, count) =>
        count === 1
          ? text(429, '', { 'Retry-After': '0.2' })(response, heard, count)
          : json(200, CREDITS)(response, heard, count);
      const start = performance.now();
      await clientFor(server.url).credits();
      assert.ok(performance.now() - start >= 199);
      assert.equal(server.heard.length, 2);
    });

    it("counts a date from the server's clock, not from this machine's", async () => {
      const headers = {
        Date: 'Sun, 22 Nov 2026 12:00:00 GMT',
        'Retry-After': 'Sun, 22 Nov 2026 12:02:00 GMT',
      };
      server.reply = text(429, '', headers);
      for (const hoursOff of [-5, 5]) {
        const now = () => Date.UTC(2026, 10, 22, 12 + hoursOff);
        const error = await errorOf(clientFor(server.url, { now }).credits());
        assert.equal(error.retryAfterSeconds, 120);
      }
    });

    it('hands a long wait to the caller', async () => {
      server.reply = text(429, '', { 'Retry-After': '120' });
      const error = await errorOf(clientFor(server.url).credits());
      assert.deepEqual([error.kind, error.retryAfterSeconds, server.heard.length], ['rateLimit', 120, 1]);
    });

    it('ends at once when aborted: before, in a request, in a pause', async () => {
      const limits = { readTimeout: 60_000, retryPause: 60_000 };
      const client = clientFor(server.url, { limits });
      assert.equal((await errorOf(client.credits({ signal: AbortSignal.abort() }))).kind, 'aborted');
      assert.equal(server.connections, 0);
      for (const reply of [() => {}, text(502, ''), text(429, '', { 'Retry-After': '20' })]) {
        const abort = new AbortController();
        server.reply = (response, heard, count) => {
          reply(response, heard, count);
          setTimeout(() => abort.abort(), 50);
        };
        assert.equal((await errorOf(client.credits({ signal: abort.signal }))).kind, 'aborted');
      }
      assert.equal(server.heard.length, 3);
    });
  });

  describe('reads that are in no reference', () => {
    it('lists the tasks of the account', async () => {
      server.reply = json(200, {
        object: 'list',
        data: [{ id: 'a', status: 'processing', created_at: 1790000000 }],
      });
      const tasks = await clientFor(server.url).list({
        status: 'processing',
        model: 'm',
        page: 2,
        pageSize: 10,
      });
      assert.deepEqual(
        tasks?.map(({ id, state }) => [id, state]),
        [['a', 'generating']],
      );
      const url = new URL(server.heard[0]?.url ?? '', server.url);
      assert.equal(url.pathname, '/v1/tasks');
      assert.deepEqual(Object.fromEntries(url.searchParams), {
        type: 'video',
        page: '2',
        page_size: '10',
        status: 'processing',
        model: 'm',
      });
    });

    it('asks for fifty tasks at a time, each once, and takes only those', async () => {
      server.reply = (response, heard, count) => {
        const ids: string[] = JSON.parse(heard.body).task_ids;
        const data = [...ids.filter(id => id !== 'task-7'), 'foreign'].map(id => ({
          id,
          status: 'completed',
        }));
        json(200, { code: 200, data })(response, heard, count);
      };
      const ids = Array.from({ length: 120 }, (_, n) => `task-${n}`);
      const tasks = await clientFor(server.url).batch([...ids, ...ids]);
      assert.deepEqual(
        tasks?.map(({ id }) => id),
        ids.filter(id => id !== 'task-7'),
      );
      assert.deepEqual(
        server.heard.map(({ method, url, body }) => [method, url, JSON.parse(body).task_ids.length]),
        [50, 50, 20].map(count => ['POST', '/v1/tasks/batch', count]),
      );
      assert.deepEqual(await clientFor(server.url).batch([]), []);
    });

    it('misses them quietly and does not ask again', async () => {
      for (const reply of [
        text(404, '<html>'),
        json(404, { error: { code: 'not_found', message: 'x' } }),
        text(405, ''),
      ]) {
        server.heard.length = 0;
        server.reply = reply;
        const client = clientFor(server.url);
        assert.equal(await client.list(), undefined);
        assert.equal(await client.list(), undefined);
        assert.equal(server.heard.length, 1);
        assert.equal(await client.batch(['a']), undefined);
        assert.equal(await client.batch(['a']), undefined);
        assert.equal(server.heard.length, 2);
      }
    });

    it('takes no error for an empty account', async () => {
      const client = clientFor(server.url, { limits: { readRetries: 0 } });
      for (const [body, kind] of [
        [{ error: { code: 'internal_error', message: 'x' }, data: [] }, 'server'],
        [{ code: 500, message: 'x', data: [] }, 'server'],
        [{ code: 401, message: 'x', data: [] }, 'key'],
        [{ code: 50001, data: [] }, 'badAnswer'],
        [{ success: false, message: 'x', data: [] }, 'badAnswer'],
        [{ success: false, data: [] }, 'badAnswer'],
      ] as const) {
        server.reply = json(200, body);
        assert.equal((await errorOf(client.list())).kind, kind, JSON.stringify(body));
        assert.equal((await errorOf(client.batch(['a']))).kind, kind, JSON.stringify(body));
      }
      server.reply = json(200, { code: 200, message: 'success', data: [] });
      assert.deepEqual(await client.list(), []);
    });

    it('takes no shortened page for the last one', async () => {
      const data = Array.from({ length: 20 }, (_, n) => ({ id: `task-${n}` }));
      server.reply = json(200, { data, page_size: 20 });
      assert.equal((await clientFor(server.url).list({ pageSize: 20 }))?.length, 20);
      assert.equal(await clientFor(server.url).list({ pageSize: 50 }), undefined);
      server.reply = json(200, { data: data.slice(1), page_size: 20 });
      assert.equal((await clientFor(server.url).list({ pageSize: 50 }))?.length, 19);
    });

    it('misses them where a start page answers', async () => {
      server.reply = text(200, '<html>');
      assert.equal(await clientFor(server.url).list(), undefined);
    });

    it('tells a refusal from a route that is not there', async () => {
      server.reply = json(401, { error: { code: 'unauthorized', message: 'x' } });
      assert.equal((await errorOf(clientFor(server.url).list())).kind, 'key');
      server.reply = json(200, { code: 401, message: 'Bad key' });
      assert.equal((await errorOf(clientFor(server.url).batch(['a']))).kind, 'key');
    });
  });

  describe('the way there', () => {
    it('follows no redirect', async () => {
      const elsewhere = await TestServer.start(json(200, DONE));
      try {
        for (const status of [301, 302, 303, 307, 308]) {
          server.reply = text(status, '', { Location: `${elsewhere.url}/v1/tasks/${TASK_ID}` });
          assert.equal((await errorOf(clientFor(server.url).query(TASK_ID))).kind, 'redirect');
        }
        assert.equal(elsewhere.connections, 0);
      } finally {
        await elsewhere.close();
      }
    });

    it('sets no agent, so that the one of VS Code is used', async () => {
      const seen: unknown[] = [];
      server.reply = json(200, CREDITS);
      const fetch: typeof nodeFetch = (url, init) => {
        seen.push(init?.agent, init?.redirect);
        return nodeFetch(url, init);
      };
      await clientFor(server.url, { fetch }).credits();
      assert.deepEqual(seen, [undefined, 'manual']);
    });

    it('takes only an acceptable base URL', () => {
      assert.equal(
        new EvoLinkClient({ baseUrl: 'evolink.ai', key: KEY, userAgent: 'x' }).origin,
        'https://api.evolink.ai',
      );
      for (const baseUrl of ['http://api.evolink.ai', 'nonsense://x', '']) {
        assert.throws(() => new EvoLinkClient({ baseUrl, key: KEY, userAgent: 'x' }), RangeError);
      }
    });
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 22, 12, 0, 0);
  it('is seconds or a date', () => {
    assert.equal(retryAfterSeconds('30', now), 30);
    assert.equal(retryAfterSeconds(' 0 ', now), 0);
    assert.equal(retryAfterSeconds('Sun, 22 Nov 2026 12:01:30 GMT', now), 90);
    assert.equal(retryAfterSeconds('Sun, 22 Nov 2026 11:00:00 GMT', now), 0);
    const { TZ } = process.env;
    try {
      // The oldest form has no zone: it is Greenwich's, wherever the reader is.
      process.env['TZ'] = 'Asia/Seoul';
      assert.equal(retryAfterSeconds('Sun Nov 22 12:01:30 2026', now), 90);
    } finally {
      if (TZ === undefined) delete process.env['TZ'];
      else process.env['TZ'] = TZ;
    }
  });

  it('is nothing else, and never more than a day', () => {
    for (const value of [null, '', 'soon', '-5', '1e9', '2026-11-22', 'NaN', 'Infinity']) {
      assert.equal(retryAfterSeconds(value, now), undefined, String(value));
    }
    assert.equal(retryAfterSeconds('99999999999999999999', now), 86_400);
    assert.equal(retryAfterSeconds('Sun, 22 Nov 2099 12:00:00 GMT', now), 86_400);
  });
});
