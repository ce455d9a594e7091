import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Response } from 'node-fetch';
import { readTask, readTaskBatch, readTaskList } from '../../../src/evolink/answers.ts';
import { readCredits } from '../../../src/evolink/balance.ts';
import type { RemoteTask } from '../../../src/evolink/answers.ts';
import { EvoLinkError } from '../../../src/evolink/errors.ts';
import { buildRequest } from '../../../src/evolink/request.ts';
import { clientFor, CREATED, IDEMPOTENCY_KEY, TASK_ID } from './server.ts';

const RUNS = 10_000;

/** Real answers, to be mutated. */
const REAL: readonly unknown[] = [
  CREATED,
  {
    ...CREATED,
    status: 'completed',
    progress: 100,
    results: ['https://files.evolink.ai/u/v.mp4'],
    result_data: [{ result_id: '1', duration: 8, video_url: 'https://files.evolink.ai/u/v.mp4' }],
    task_info: { can_cancel: false },
    usage: { billing_rule: 'per_second', credits_used: 54, cost: { credits: 54, usd: 0.79, cny: 5.4 } },
    billing: {
      charge_status: 'charged',
      refund_status: 'not_required',
      charged_credits: 54,
      refunded_credits: 0,
    },
  },
  {
    ...CREATED,
    status: 'failed',
    error: { code: 'content_policy_violation', message: 'Line\nline', type: 'task_error' },
  },
  { ...CREATED, status: 'cancelled' },
  { error: { code: 'insufficient_quota', message: 'Top up', type: 'insufficient_quota' } },
  {
    success: true,
    message: '',
    data: { user: { remaining_credits: 1 }, token: { unlimited_credits: true } },
  },
  { object: 'list', data: [{ id: TASK_ID, status: 'completed', created_at: 1790000000, credits_used: 5 }] },
  { code: 200, data: [CREATED] },
  { success: false, code: 400, msg: 'No' },
];

const leaf = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    'completed',
    'FAILED ',
    'success',
    'cancelled',
    'pending',
    'unheard-of',
    '',
    TASK_ID,
    'task-2-b',
  ),
  fc.constantFrom(
    'https://example.com/v.mp4',
    'http://',
    'request_cancelled',
    'charged',
    'released',
    '401',
    401,
  ),
  fc.constantFrom<unknown>(0, -1, 1e308, 5e-324, 54, true, false, null, [], {}, [null], { video_url: 7 }),
);

/** A real answer in which some fields were replaced, removed or added, at any depth. */
const mutated = fc
  .tuple(
    fc.constantFrom(...REAL),
    fc.array(fc.record({ at: fc.nat(), how: fc.constantFrom('replace', 'remove', 'add'), value: leaf }), {
      maxLength: 5,
    }),
  )
  .map(([answer, changes]) => {
    const copy: unknown = structuredClone(answer);
    for (const { at, how, value } of changes) {
      const places: [Record<string, unknown>, string][] = [];
      collect(copy, places);
      const place = places[at % Math.max(1, places.length)];
      if (!place) continue;
      const [holder, name] = place;
      if (how === 'remove') Reflect.deleteProperty(holder, name);
      else holder[how === 'add' ? 'added' : name] = structuredClone(value);
    }
    return copy;
  });

function collect(value: unknown, places: [Record<string, unknown>, string][]): void {
  if (!isRecord(value)) return;
  for (const name of Object.keys(value)) {
    places.push([value, name]);
    collect(value[name], places);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

const json = fc.oneof(mutated, mutated, fc.jsonValue(), leaf);
/** What can come over the line: JSON, JSON that was cut, bytes. */
const body = fc.oneof(
  json.map(value => Buffer.from(JSON.stringify(value))),
  fc.tuple(json, fc.nat(400)).map(([value, length]) => Buffer.from(JSON.stringify(value).slice(0, length))),
  fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)),
);
const status = fc.oneof(
  fc.constantFrom(200, 200, 201, 400, 401, 402, 404, 409, 429, 500, 503),
  fc.integer({ min: 200, max: 599 }),
);

/** What EvoLink said of a task, read as plainly as can be. */
function said(value: unknown): { id: unknown; status: string; code: string } {
  const fields = isRecord(value) ? value : {};
  const error = isRecord(fields['error']) ? fields['error'] : {};
  const word = typeof fields['status'] === 'string' ? fields['status'].trim().toLowerCase() : '';
  return { id: fields['id'], status: word, code: String(error['code']).trim().toLowerCase() };
}

/** Nothing is known of a task that EvoLink did not say. */
function checkTask(task: RemoteTask, value: unknown): void {
  const { id, status: word, code } = said(value);
  assert.equal(task.id, String(id).trim());
  assert.equal(task.state === 'completed', ['completed', 'succeeded', 'success'].includes(word));
  const ended = ['failed', 'error'].includes(word);
  assert.equal(task.state === 'failed', ended && code !== 'request_cancelled');
  assert.equal(
    task.state === 'cancelled',
    ['cancelled', 'canceled'].includes(word) || (ended && code === 'request_cancelled'),
  );
  if (task.charged !== 'unknown') {
    const fields = isRecord(value) ? value : {};
    const told = isRecord(fields['billing']) || task.state === 'completed' || task.state === 'failed';
    assert.ok(told, 'no charge is known of a task that runs, without a word on it');
  }
  if (task.charged !== 'yes') assert.equal(task.credits.charged, undefined);
  for (const url of task.resultUrls)
    assert.ok(JSON.stringify(value).includes(JSON.stringify(url).slice(1, -1)));
  for (const amount of Object.values(task.credits)) assert.ok(Number.isFinite(amount));
}

describe('any answer', function () {
  it(`${RUNS} readings never throw and make nothing up`, () => {
    fc.assert(
      fc.property(json, value => {
        // As it comes over the line: no -0, no undefined.
        const arrived: unknown = JSON.parse(JSON.stringify(value));
        const task = readTask(arrived);
        if (task) checkTask(task, arrived);
        readCredits(arrived);
        readTaskList(arrived);
        for (const entry of readTaskBatch(arrived) ?? []) assert.ok(entry.id !== '');
      }),
      { numRuns: RUNS },
    );
  });

  it(`${RUNS} POSTs end in an outcome, and accepted or rejected only by EvoLink's own word`, async () => {
    const built = buildRequest('a frog', {});
    assert.ok('request' in built);
    const { request } = built;
    await fc.assert(
      fc.asyncProperty(status, body, async (status, bytes) => {
        let posts = 0;
        const client = clientFor('https://api.evolink.ai', {
          fetch: () => {
            posts += 1;
            return Promise.resolve(new Response(bytes, { status }));
          },
        });
        const result = await client.create(request, { idempotencyKey: IDEMPOTENCY_KEY });
        assert.equal(posts, 1);
        const arrived = parse(bytes);
        if (result.outcome === 'accepted') {
          assert.ok(status >= 200 && status <= 299);
          checkTask(result.task, arrived);
          return;
        }
        assert.ok(result.error instanceof EvoLinkError);
        assert.equal(result.error.charged, result.outcome === 'uncertain' ? 'unknown' : 'no');
        if (result.outcome === 'rejected') {
          assert.ok(status >= 400 && status <= 499 && isRecord(arrived) && arrived['error']);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it(`${RUNS} reads give what was asked for or an EvoLinkError`, async () => {
    await fc.assert(
      fc.asyncProperty(
        status,
        body,
        fc.constantFrom('query', 'credits', 'list', 'batch'),
        async (status, bytes, name) => {
          const client = clientFor('https://api.evolink.ai', {
            limits: { readRetries: 0 },
            fetch: () => Promise.resolve(new Response(bytes, { status })),
          });
          try {
            if (name === 'query') {
              const task = await client.query(TASK_ID);
              assert.equal(task.id, TASK_ID);
              checkTask(task, parse(bytes));
            } else if (name === 'batch') {
              for (const task of (await client.batch([TASK_ID])) ?? []) assert.equal(task.id, TASK_ID);
            } else if (name === 'list') {
              await client.list();
            } else {
              const { balance, keyRemaining } = await client.credits();
              const known = [balance, keyRemaining].filter(amount => amount !== undefined);
              for (const amount of known) assert.ok(Number.isFinite(amount));
            }
          } catch (error) {
            if (!(error instanceof EvoLinkError)) throw error;
          }
        },
      ),
      { numRuns: RUNS },
    );
  });
});

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** Mostly one of these values, else anything at all. */
function field(...valid: unknown[]): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...valid, undefined, null) }, fc.anything());
}

describe('any options', () => {
  it('make a request that EvoLink accepts, or problems', () => {
    const options = fc.record({
      model: field('seedance-2.0-text-to-video', 'seedance-2.0-mini-text-to-video'),
      duration: field(4, 5, 15, 3, 5.5),
      quality: field('480p', '720p', '4k'),
      aspectRatio: field('21:9', 'adaptive', '2:1'),
      generateAudio: field(true, false),
      contentFilter: field(true, false),
      webSearch: field(true, false),
      callbackUrl: field('https://example.com/', 'https://[::1]/', ''),
    });
    let requests = 0;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), options, (prompt, given) => {
        const built = buildRequest(prompt, given);
        if ('problems' in built) {
          assert.ok(built.problems.length > 0);
          return;
        }
        requests += 1;
        const { request } = built;
        assert.equal(request.prompt, prompt.toWellFormed());
        assert.ok(Number.isInteger(request.duration) && request.duration >= 4 && request.duration <= 15);
        assert.match(request.model, /^seedance-2\.0-(fast-|mini-)?text-to-video$/);
        assert.match(request.quality, /^(480p|720p|1080p|4k)$/);
        assert.equal(typeof request.generate_audio, 'boolean');
        assert.equal(typeof request.content_filter, 'boolean');
        assert.deepEqual(JSON.parse(JSON.stringify(request)), request);
      }),
      { numRuns: 2000 },
    );
    assert.ok(requests > 100, `${requests} requests`);
  });
});
