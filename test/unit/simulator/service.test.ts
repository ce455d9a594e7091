import assert from 'node:assert/strict';
import { outcomeOf } from '../../../src/simulator/faults.ts';
import type { Simulator } from '../../../src/simulator/server.ts';
import { call, create, startTestSimulator } from '../../support/simulatorClient.ts';

const DAY = 24 * 60 * 60 * 1000;
const DONE = 1000_000;

async function balance(simulator: Simulator): Promise<[remaining: number, used: number]> {
  const { user } = (await call(simulator, 'GET', '/v1/credits')).body.data;
  return [user.remaining_credits, user.used_credits];
}

async function query(simulator: Simulator, id: string) {
  return (await call(simulator, 'GET', `/v1/tasks/${id}`)).body;
}

describe('simulator: service', () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startTestSimulator();
  });
  afterEach(() => simulator.close());

  describe('credits', () => {
    it('answers in the shape of the reference', async () => {
      const { status, body } = await call(simulator, 'GET', '/v1/credits');
      assert.equal(status, 200);
      assert.deepEqual(body, {
        success: true,
        message: '',
        data: {
          user: { remaining_credits: 1000, used_credits: 0 },
          token: { remaining_credits: 100_000, used_credits: 0, unlimited_credits: true },
        },
      });
    });

    it('reserves on create and charges on success', async () => {
      const { body } = await create(simulator, { duration: 8, content_filter: false });
      assert.equal(body.usage.credits_reserved, 118.8);
      assert.deepEqual(await balance(simulator), [881.2, 0]);
      simulator.clock.advance(DONE);
      assert.deepEqual(await balance(simulator), [881.2, 118.8]);
      const { usage, billing } = await query(simulator, body.id);
      assert.equal(usage.credits_used, 118.8);
      assert.deepEqual(usage.cost, { credits: 118.8, usd: 1.7471, cny: 11.88 });
      assert.deepEqual(
        [billing.charge_status, billing.refund_status, billing.charged_credits],
        ['charged', 'not_required', 118.8],
      );
      assert.deepEqual(await balance(simulator), [881.2, 118.8]);
    });

    it('charges web searches beyond the reservation', async () => {
      const { body } = await create(simulator, { model_params: { web_search: true } });
      simulator.clock.advance(DONE);
      assert.equal((await query(simulator, body.id)).usage.credits_used, 67.58);
      assert.deepEqual(await balance(simulator), [932.42, 67.58]);
    });

    it('gives back the reservation of a task that failed, and tells why', async () => {
      const { body } = await create(simulator);
      simulator.tasks[0]!.outcome = outcomeOf('content_policy_violation');
      simulator.clock.advance(DONE);
      const failed = await query(simulator, body.id);
      assert.deepEqual([failed.status, failed.progress, failed.results], ['failed', 0, undefined]);
      assert.deepEqual([failed.error.code, failed.error.type], ['content_policy_violation', 'task_error']);
      assert.match(failed.error.message, /\n/);
      assert.deepEqual(failed.task_info, { can_cancel: false });
      assert.deepEqual(
        [failed.usage.credits_used, failed.billing.charge_status, failed.billing.refunded_credits],
        [0, 'released', 67.5],
      );
      assert.deepEqual(await balance(simulator), [1000, 0]);
    });

    it('gives back the reservation of a cancelled task', async () => {
      const { body } = await create(simulator);
      simulator.tasks[0]!.outcome = outcomeOf('cancelled');
      simulator.clock.advance(DONE);
      const cancelled = await query(simulator, body.id);
      assert.deepEqual(
        [cancelled.status, cancelled.error, cancelled.results],
        ['cancelled', undefined, undefined],
      );
      assert.deepEqual(await balance(simulator), [1000, 0]);
    });

    it('refuses with 402 what the balance does not cover, and reserves nothing', async () => {
      simulator.account.remaining = 67.49;
      const { status, body } = await create(simulator);
      assert.equal(status, 402);
      assert.deepEqual(body.error, {
        code: 'insufficient_quota',
        message: 'Insufficient quota. Please top up your account.',
        type: 'insufficient_quota',
      });
      assert.deepEqual(await balance(simulator), [67.49, 0]);
      assert.equal(simulator.tasks.length, 0);
      simulator.account.remaining = 67.5;
      assert.equal((await create(simulator)).status, 200);
    });
  });

  describe('query', () => {
    it('refuses a malformed, an unknown and a foreign id each in its own way', async () => {
      const { body } = await create(simulator);
      simulator.addAccount('sk-other', 0);
      const ask = async (id: string, headers = {}) => {
        const { status, body } = await call(simulator, 'GET', `/v1/tasks/${id}`, undefined, headers);
        return [status, body.error.code, body.error.type, body.error.param];
      };
      assert.deepEqual(await ask('task_1'), [400, 'invalid_task_id', 'invalid_request_error', 'task_id']);
      assert.deepEqual(await ask('task-unified-1-abcdef'), [
        404,
        'task_not_found',
        'invalid_request_error',
        undefined,
      ]);
      assert.deepEqual(await ask(body.id, { authorization: 'Bearer sk-other' }), [
        403,
        'permission_denied',
        'invalid_request_error',
        undefined,
      ]);
    });
  });

  describe('list and batch', () => {
    it('lists newest first, in pages, without links', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 3; i++) ids.push((await create(simulator)).body.id);
      simulator.clock.advance(DONE);
      const { body } = await call(simulator, 'GET', '/v1/tasks?page=1&page_size=2');
      assert.deepEqual([body.object, body.total, body.page, body.page_size], ['list', 3, 1, 2]);
      assert.deepEqual(
        body.data.map((row: { id: string }) => row.id),
        [ids[2], ids[1]],
      );
      assert.deepEqual(body.data[0], {
        id: ids[2],
        model: 'seedance-2.0-text-to-video',
        type: 'video',
        status: 'completed',
        progress: 100,
        created_at: 1_790_000_000,
        duration: 134,
        credits_used: 67.5,
        has_results: true,
        result_count: 1,
        has_error: false,
      });
      const rest = (await call(simulator, 'GET', '/v1/tasks?page=2&page_size=2')).body.data;
      assert.deepEqual(
        rest.map((row: { id: string }) => row.id),
        [ids[0]],
      );
    });

    it('filters by status, where processing includes pending', async () => {
      await create(simulator);
      const total = async (filter: string) =>
        (await call(simulator, 'GET', `/v1/tasks?${filter}`)).body.total;
      assert.equal(await total('status=processing'), 1);
      assert.equal(await total('status=completed'), 0);
      assert.equal(await total('type=image'), 0);
      assert.equal(await total('type=video&model=seedance-2.0-text-to-video'), 1);
      assert.equal(await total('model=other'), 0);
    });

    it('refuses filters and pages that do not exist', async () => {
      for (const query of [
        'status=pending',
        'type=text',
        'page=0',
        'page=x',
        'page_size=51',
        'page_size=0',
      ]) {
        assert.equal((await call(simulator, 'GET', `/v1/tasks?${query}`)).status, 400, query);
      }
    });

    it('gives a batch in full and leaves unknown and foreign tasks out', async () => {
      const { body } = await create(simulator);
      simulator.addAccount('sk-other', 100);
      const foreign = await create(simulator, {}, { authorization: 'Bearer sk-other' });
      simulator.clock.advance(DONE);
      const ids = [body.id, foreign.body.id, 'task-unified-1-abcdef', body.id];
      const answer = await call(simulator, 'POST', '/v1/tasks/batch', { task_ids: ids });
      assert.equal(answer.body.code, 200);
      assert.deepEqual(answer.body.data, [await query(simulator, body.id)]);
      assert.equal((await call(simulator, 'GET', '/v1/tasks')).body.total, 1);
    });

    it('refuses a batch of none and of more than 50', async () => {
      for (const body of [{ task_ids: [] }, { task_ids: Array(51).fill('a') }, { task_ids: 'a' }, {}, '{']) {
        assert.equal((await call(simulator, 'POST', '/v1/tasks/batch', body)).status, 400);
      }
    });
  });

  describe('idempotency', () => {
    const headers = { 'idempotency-key': 'run_0123456789abcdef' };

    it('returns the first task for the same key and request, charging once', async () => {
      const first = await create(simulator, {}, headers);
      const second = await create(simulator, {}, headers);
      assert.equal(first.headers.get('idempotency-replayed'), null);
      assert.equal(second.headers.get('idempotency-replayed'), 'true');
      assert.equal(second.body.id, first.body.id);
      assert.equal(simulator.tasks.length, 1);
      assert.deepEqual(await balance(simulator), [932.5, 0]);
    });

    it('refuses the same key for another request', async () => {
      await create(simulator, {}, headers);
      const { status, body } = await create(simulator, { duration: 6 }, headers);
      assert.deepEqual([status, body.error.code], [409, 'idempotency_conflict']);
      assert.equal(simulator.tasks.length, 1);
    });

    it('keeps the keys of two accounts apart', async () => {
      simulator.addAccount('sk-other', 100);
      const first = await create(simulator, {}, headers);
      const second = await create(simulator, {}, { ...headers, authorization: 'Bearer sk-other' });
      assert.notEqual(first.body.id, second.body.id);
    });

    it('lets a refused request be mended under its key', async () => {
      assert.equal((await create(simulator, { duration: 3 }, headers)).status, 400);
      assert.equal((await create(simulator, {}, headers)).status, 200);
    });

    it('refuses a key of the wrong form', async () => {
      for (const key of ['short', 'a'.repeat(97), 'sixteen+letters+or']) {
        assert.equal((await create(simulator, {}, { 'idempotency-key': key })).status, 400, key);
      }
    });

    it('can be switched off, as EvoLink does not promise it', async () => {
      simulator.behaviour.idempotency = false;
      await create(simulator, {}, headers);
      await create(simulator, {}, headers);
      assert.equal(simulator.tasks.length, 2);
    });
  });

  describe('result links', () => {
    let link: string;
    beforeEach(async () => {
      const { body } = await create(simulator);
      simulator.clock.advance(134_000);
      link = (await query(simulator, body.id)).results[0];
    });

    it('live on the simulator, need no key and end after 24 h', async () => {
      assert.ok(link.startsWith(`${simulator.url}/files/`));
      simulator.clock.advance(DAY - 1);
      assert.equal((await fetch(link)).status, 200);
      simulator.clock.advance(1);
      for (const status of [403, 404, 410] as const) {
        simulator.behaviour.expiredLinkStatus = status;
        assert.equal((await fetch(link)).status, status);
      }
    });

    it('serve parts', async () => {
      const whole = Buffer.from(await (await fetch(link)).arrayBuffer());
      for (const [range, first, last] of [
        ['bytes=0-0', 0, 0],
        ['bytes=1000-', 1000, whole.length - 1],
        ['bytes=-100', whole.length - 100, whole.length - 1],
        ['bytes=5-99999999', 5, whole.length - 1],
        ['bytes=-99999999', 0, whole.length - 1],
      ] as const) {
        const part = await fetch(link, { headers: { range } });
        assert.equal(part.status, 206, range);
        assert.equal(part.headers.get('content-range'), `bytes ${first}-${last}/${whole.length}`);
        assert.deepEqual(Buffer.from(await part.arrayBuffer()), whole.subarray(first, last + 1));
      }
      const beyond = await fetch(link, { headers: { range: `bytes=${whole.length}-` } });
      assert.deepEqual(
        [beyond.status, beyond.headers.get('content-range')],
        [416, `bytes */${whole.length}`],
      );
      for (const range of ['bytes=5-2', 'bytes=0-1,3-4', 'lines=0-1', 'bytes=-']) {
        assert.equal((await fetch(link, { headers: { range } })).status, 200, range);
      }
    });

    it('serve a part only of the file that If-Range names', async () => {
      const etag = (await fetch(link, { method: 'HEAD' })).headers.get('etag')!;
      const status = async (ifRange: string) =>
        (await fetch(link, { headers: { range: 'bytes=1-', 'if-range': ifRange } })).status;
      assert.equal(await status(etag), 206);
      assert.equal(await status('"other"'), 200);
      assert.equal((await fetch(link, { headers: { 'if-none-match': etag } })).status, 304);
    });

    it('ignore Range where it is off', async () => {
      simulator.behaviour.ranges = false;
      const response = await fetch(link, { headers: { range: 'bytes=1000-' } });
      assert.deepEqual([response.status, response.headers.get('accept-ranges')], [200, 'none']);
    });

    it('do not exist before the end, under other paths or for other methods', async () => {
      await create(simulator);
      assert.equal((await fetch(simulator.url + simulator.tasks[1]!.resultPath)).status, 404);
      assert.equal((await fetch(link.replace('file_', 'file_0'))).status, 404);
      assert.equal((await fetch(link, { method: 'DELETE' })).status, 405);
    });
  });

  it('names the models', async () => {
    const { body } = await call(simulator, 'GET', '/v1/models');
    assert.equal(body.data.length, 9);
    assert.equal(body.data[0].id, 'seedance-2.0-text-to-video');
  });
});
