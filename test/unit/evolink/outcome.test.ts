import assert from 'node:assert/strict';
import type { CreateOutcome } from '../../../src/evolink/client.ts';
import { ANSWER_RULES, FAILURE_OUTCOMES } from '../../../src/evolink/outcome.ts';
import type { GenerationRequest } from '../../../src/evolink/request.ts';
import { clientFor, CREATED, IDEMPOTENCY_KEY, json, TASK_ID, TestServer, text } from './server.ts';

const REQUEST: GenerationRequest = {
  model: 'seedance-2.0-text-to-video',
  prompt: 'a frog',
  duration: 8,
  quality: '720p',
  aspect_ratio: '16:9',
  generate_audio: true,
  content_filter: true,
};

function error(code: string, message = 'Words of EvoLink'): unknown {
  return { error: { code, message, type: 'x' } };
}

const HTML = '<!DOCTYPE html><title>Just a moment</title>';
type Reply = Parameters<typeof TestServer.start>[0];

/** What is replied; the row of the table it is for; what it means for the money. */
const ANSWERS: readonly (readonly [string, Reply, string, CreateOutcome['outcome']])[] = [
  ['200 with a task', json(200, CREATED), 'task', 'accepted'],
  ['201 with a task', json(201, { id: TASK_ID }), 'task', 'accepted'],
  [
    '200 with a task of an unknown status',
    json(200, { id: TASK_ID, status: 'archived' }),
    'task',
    'accepted',
  ],
  ['200 with a task of the wrong content type', text(200, JSON.stringify(CREATED)), 'task', 'accepted'],
  ['200 without an id', json(200, { status: 'pending' }), 'success without a task', 'uncertain'],
  ['200 with an error', json(200, error('insufficient_quota')), 'success without a task', 'uncertain'],
  [
    '200 with success: false',
    json(200, { success: false, message: 'No' }),
    'success without a task',
    'uncertain',
  ],
  ['200 with HTML', text(200, HTML), 'success without a task', 'uncertain'],
  ['200 with nothing', text(200, ''), 'success without a task', 'uncertain'],
  [
    '200 with success: false beside an id',
    json(200, { ...CREATED, success: false }),
    'success without a task',
    'uncertain',
  ],
  ['204', text(204, ''), 'success without a task', 'uncertain'],
  ['400 no_available_channel', json(400, error('no_available_channel')), 'no channel', 'unsent'],
  ['503 NO_AVAILABLE_CHANNEL', json(503, error('NO_AVAILABLE_CHANNEL')), 'no channel', 'unsent'],
  ['408 with an error', json(408, error('request_timeout')), 'request timeout', 'uncertain'],
  ['408 with nothing', text(408, ''), 'request timeout', 'uncertain'],
  ['409 idempotency_conflict', json(409, error('idempotency_conflict')), 'idempotency', 'uncertain'],
  ['409 paid_outcome_unknown', json(409, error('paid_outcome_unknown')), 'idempotency', 'uncertain'],
  ['400 paid_outcome_unknown', json(400, error('paid_outcome_unknown')), 'idempotency', 'uncertain'],
  ['409 with another code', json(409, error('new_code')), 'idempotency', 'uncertain'],
  ['409 insufficient_quota', json(409, error('insufficient_quota')), 'conflict', 'uncertain'],
  ['425 with an error', json(425, error('too_early')), 'too early', 'uncertain'],
  ['429 rate_limit_exceeded', json(429, error('rate_limit_exceeded')), 'rate limit by code', 'unsent'],
  ['403 rate_limit_exceeded', json(403, error('rate_limit_exceeded')), 'rate limit by code', 'unsent'],
  ['429 quota_exceeded', json(429, error('quota_exceeded')), 'rate limit by status', 'unsent'],
  ['429 with a new code', json(429, error('new_code')), 'rate limit by status', 'unsent'],
  ['429 resource_exhausted', json(429, error('resource_exhausted')), 'rate limit by status', 'unsent'],
  ['429 with HTML', text(429, HTML), 'rate limit by status', 'unsent'],
  ['429 with nothing', text(429, ''), 'rate limit by status', 'unsent'],
  [
    '400 internal_error',
    json(400, error('internal_error')),
    'server fault under another status',
    'uncertain',
  ],
  [
    '400 upstream_error',
    json(400, error('upstream_error')),
    'server fault under another status',
    'uncertain',
  ],
  [
    '400 with the code 408',
    json(400, { error: { code: 408, message: 'x' } }),
    'server fault under another status',
    'uncertain',
  ],
  ['400 unknown_error', json(400, error('unknown_error')), 'unknown error', 'uncertain'],
  ['400 invalid_request', json(400, error('invalid_request')), 'refusal', 'rejected'],
  ['400 with a new code', json(400, error('new_code')), 'refusal', 'rejected'],
  ['400 model_unavailable', json(400, error('model_unavailable')), 'refusal', 'rejected'],
  ['401 unauthorized', json(401, error('unauthorized')), 'refusal', 'rejected'],
  [
    '401 as OAuth says it',
    json(401, { error: 'invalid_token', error_description: 'x' }),
    'refusal',
    'rejected',
  ],
  ['402 with a type alone', json(402, { error: { type: 'insufficient_quota' } }), 'refusal', 'rejected'],
  ['402 insufficient_quota', json(402, error('insufficient_quota')), 'refusal', 'rejected'],
  ['403 model_access_denied', json(403, error('model_access_denied')), 'refusal', 'rejected'],
  ['404 with an error', json(404, error('not_found')), 'refusal', 'rejected'],
  ['413 with an error', json(413, error('too_large')), 'refusal', 'rejected'],
  ['429 insufficient_quota', json(429, error('insufficient_quota')), 'refusal', 'rejected'],
  ['400 content_policy_violation', json(400, error('content_policy_violation')), 'refusal', 'rejected'],
  ['400 resource_exhausted', json(400, error('resource_exhausted')), 'refusal', 'rejected'],
  ['403 quota_exceeded', json(403, error('quota_exceeded')), 'refusal', 'rejected'],
  ['400 with HTML', text(400, HTML), 'anything else', 'uncertain'],
  ['400 with a task', json(400, CREATED), 'anything else', 'uncertain'],
  ['400 with a bare text', json(400, { error: 'No.' }), 'anything else', 'uncertain'],
  [
    '400 in the envelope of another service',
    json(400, { success: false, code: 400, msg: 'No' }),
    'anything else',
    'uncertain',
  ],
  ['429 with a task', json(429, CREATED), 'anything else', 'uncertain'],
  ['403 from the edge', text(403, 'error code: 1010'), 'anything else', 'uncertain'],
  ['407 from a proxy', text(407, ''), 'anything else', 'uncertain'],
  ['302', text(302, '', { Location: 'https://example.com/' }), 'anything else', 'uncertain'],
  ['307', text(307, '', { Location: '/elsewhere' }), 'anything else', 'uncertain'],
  ['500 internal_error', json(500, error('internal_error')), 'anything else', 'uncertain'],
  ['500 insufficient_quota', json(500, error('insufficient_quota')), 'anything else', 'uncertain'],
  ['502 with nothing, as a failed CONNECT arrives', text(502, ''), 'anything else', 'uncertain'],
  ['503 service_unavailable', json(503, error('service_unavailable')), 'anything else', 'uncertain'],
  ['504 with HTML', text(504, HTML), 'anything else', 'uncertain'],
];

/** Ways to get no whole answer. */
const CUTS: readonly (readonly [string, Reply, string])[] = [
  ['cut before the answer', response => response.socket?.destroy(), 'network'],
  ['cut in the headers', response => response.socket?.end('HTTP/1.1 200 OK\r\nContent-Le'), 'network'],
  [
    'cut in the body',
    response => {
      response.writeHead(200, { 'Content-Length': '999' }).write('{"id":"task-unif');
      setTimeout(() => response.socket?.destroy(), 20);
    },
    'network',
  ],
  [
    'cut in a chunked body',
    response => {
      response.writeHead(400).write('{"error":{"code":"invalid_request"');
      setTimeout(() => response.socket?.destroy(), 20);
    },
    'network',
  ],
  ['no HTTP', response => response.socket?.end('SSH-2.0-x\r\n'), 'network'],
  ['never answered', () => {}, 'timeout'],
  ['stalled in the body', response => response.writeHead(200).write('{"id":'), 'timeout'],
  ['a body without end', text(400, ' '.repeat(5 * 1024 * 1024)), 'badAnswer'],
  ['a body that is no gzip', text(200, '{}', { 'Content-Encoding': 'gzip' }), 'network'],
];

function create(url: string, options: Parameters<typeof clientFor>[1] = {}): Promise<CreateOutcome> {
  return clientFor(url, options).create(REQUEST, { idempotencyKey: IDEMPOTENCY_KEY });
}

function check(result: CreateOutcome): void {
  if (result.outcome === 'accepted') return;
  const uncertain = result.outcome === 'uncertain';
  assert.equal(result.error.charged, uncertain ? 'unknown' : 'no');
  assert.equal(result.error.remedy === 'checkOutcome', uncertain);
}

function systemError(code: string, erroredSysCall: string | undefined): Error {
  return Object.assign(new Error(`failed: ${code}`), { type: 'system', code, erroredSysCall });
}

describe("what a POST's answer means", () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await TestServer.start();
  });
  afterEach(() => server.close());

  for (const [name, reply, row, outcome] of ANSWERS) {
    it(`${name}: ${outcome}`, async () => {
      if (reply) server.reply = reply;
      const log: string[] = [];
      const result = await create(server.url, { log: (_level, line) => log.push(line) });
      assert.equal(result.outcome, outcome);
      assert.ok(log.includes(`${outcome}: ${row}`), log.join('\n'));
      check(result);
      assert.equal(server.heard.length, 1, 'one POST and no other');
    });
  }

  it('has a test for each row', () => {
    assert.deepEqual(
      [...new Set(ANSWERS.map(([, , row]) => row))],
      ANSWER_RULES.map(({ name }) => name),
    );
  });

  for (const [name, reply, kind] of CUTS) {
    it(`${name}: uncertain`, async () => {
      if (reply) server.reply = reply;
      const result = await create(server.url, kind === 'timeout' ? { limits: { createTimeout: 300 } } : {});
      assert.equal(result.outcome, 'uncertain');
      assert.equal(result.error.kind, kind);
      check(result);
      assert.equal(server.heard.length, 1, 'one POST and no other');
    });
  }

  it('connection refused: unsent', async () => {
    const { url } = server;
    await server.close();
    const result = await create(url);
    assert.equal(result.outcome, 'unsent');
    assert.deepEqual(
      [result.error.kind, result.error.code, result.error.retryable],
      ['unreachable', 'ECONNREFUSED', true],
    );
    check(result);
    server = await TestServer.start();
  });

  it('name not found: unsent', async () => {
    const client = clientFor('https://evolink.invalid');
    const result = await client.create(REQUEST, { idempotencyKey: IDEMPOTENCY_KEY });
    assert.equal(result.outcome, 'unsent');
    assert.equal(result.error.kind, 'unreachable');
    assert.match(result.error.code ?? '', /^(ENOTFOUND|EAI_AGAIN)$/);
  });

  it('aborted before: unsent, and nothing goes out', async () => {
    const signal = AbortSignal.abort();
    const result = await clientFor(server.url).create(REQUEST, { idempotencyKey: IDEMPOTENCY_KEY, signal });
    assert.equal(result.outcome, 'unsent');
    assert.deepEqual([result.error.kind, result.error.retryable], ['aborted', false]);
    assert.equal(server.connections, 0);
  });

  it('aborted on the way: uncertain', async () => {
    const abort = new AbortController();
    server.reply = () => abort.abort();
    const result = await clientFor(server.url).create(REQUEST, {
      idempotencyKey: IDEMPOTENCY_KEY,
      signal: abort.signal,
    });
    assert.equal(result.outcome, 'uncertain');
    assert.equal(result.error.kind, 'aborted');
    check(result);
  });

  it('a key that no header can carry: unsent, and nothing goes out', async () => {
    for (const key of ['', 'sk-\n1', 'sk-ключ', 'sk 1', 'Bearer sk-1', 'sk-🐸', 'sk-\ud800']) {
      const result = await clientFor(server.url, { key }).create(REQUEST, {
        idempotencyKey: IDEMPOTENCY_KEY,
      });
      assert.equal(result.outcome, 'unsent');
      assert.deepEqual(
        [result.error.kind, result.error.remedy, result.error.retryable],
        ['key', 'setKey', false],
      );
    }
    assert.equal(server.connections, 0);
  });

  it('takes only what happens before a connection for unsent', async () => {
    const rows = [
      ['ENETUNREACH', 'connect', 'unsent'],
      ['EHOSTUNREACH', 'connect', 'unsent'],
      // Where a name has several addresses and none can be reached, node-fetch keeps the first one's code alone.
      ['ENETUNREACH', undefined, 'unsent'],
      ['ETIMEDOUT', undefined, 'uncertain'],
      ['EHOSTUNREACH', 'read', 'uncertain'],
      ['ENETUNREACH', 'write', 'uncertain'],
      ['EAI_FAIL', 'getaddrinfo', 'unsent'],
      ['EMFILE', 'getaddrinfo', 'unsent'],
      ['ETIMEDOUT', 'connect', 'uncertain'],
      ['ECONNRESET', 'read', 'uncertain'],
      ['EPIPE', 'write', 'uncertain'],
      ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', '', 'unsent'],
      ['CERT_HAS_EXPIRED', '', 'unsent'],
      ['ERR_TLS_CERT_ALTNAME_INVALID', '', 'unsent'],
    ] as const;
    for (const [code, call, outcome] of rows) {
      const client = clientFor(server.url, { fetch: () => Promise.reject(systemError(code, call)) });
      const result = await client.create(REQUEST, { idempotencyKey: IDEMPOTENCY_KEY });
      assert.equal(result.outcome, outcome, `${code} ${call}`);
    }
    const wrapped = new TypeError('fetch failed', { cause: systemError('ECONNREFUSED', 'connect') });
    const other = clientFor(server.url, { fetch: () => Promise.reject(wrapped) });
    assert.equal((await other.create(REQUEST, { idempotencyKey: IDEMPOTENCY_KEY })).outcome, 'unsent');
    assert.deepEqual(
      Object.entries(FAILURE_OUTCOMES).flatMap(([failure, outcome]) => (outcome === 'unsent' ? failure : [])),
      ['unsendable', 'notStarted', 'unreachable', 'certificate'],
    );
  });

  it("carries EvoLink's wish for a pause", async () => {
    server.reply = json(429, error('rate_limit_exceeded'), { 'Retry-After': '7' });
    const result = await create(server.url);
    assert.equal(result.outcome, 'unsent');
    assert.equal(result.error.retryAfterSeconds, 7);
  });
});
