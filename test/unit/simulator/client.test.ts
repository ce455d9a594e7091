import assert from 'node:assert/strict';
import { EvoLinkClient } from '../../../src/evolink/client.ts';
import { EvoLinkError } from '../../../src/evolink/errors.ts';
import { OFFERED_MODELS } from '../../../src/evolink/models.ts';
import { estimateCost } from '../../../src/evolink/pricing.ts';
import { buildRequest } from '../../../src/evolink/request.ts';
import type { GenerationRequest, RequestOptions } from '../../../src/evolink/request.ts';
import { controlled } from '../../../src/simulator/control.ts';
import { API_ERRORS, PRESETS, TASK_ERRORS } from '../../../src/simulator/faultCatalog.ts';
import { Faults } from '../../../src/simulator/faults.ts';
import type { Simulator } from '../../../src/simulator/server.ts';
import { startTestSimulator } from '../../support/simulatorClient.ts';

function request(options: RequestOptions = {}): GenerationRequest {
  const built = buildRequest('a frog', options);
  assert.ok('request' in built);
  return built.request;
}

describe('simulator and client', () => {
  let simulator: Simulator;
  let client: EvoLinkClient;
  let faults: Faults;
  let count = 0;
  beforeEach(async () => {
    faults = new Faults();
    simulator = await startTestSimulator({ intercept: controlled(faults), credits: 100_000 });
    client = new EvoLinkClient({
      baseUrl: simulator.url,
      key: simulator.key,
      userAgent: 'seedance-studio/0.0.0 (test)',
      limits: { readRetries: 0 },
    });
  });
  afterEach(() => simulator.close());

  const create = (wanted = request()) =>
    client.create(wanted, { idempotencyKey: `run_${String((count += 1)).padStart(32, '0')}` });

  async function created(wanted = request()): Promise<string> {
    const result = await create(wanted);
    assert.ok(result.outcome === 'accepted', JSON.stringify(result));
    return result.task.id;
  }

  it('agree on what a task is, from its start to its charge', async () => {
    const id = await created(request({ webSearch: true }));
    assert.deepEqual(
      (await client.list())?.map(({ state }) => state),
      ['queued'],
    );
    simulator.clock.advance(1000_000);
    const task = await client.query(id);
    assert.deepEqual(
      [task.state, task.charged, task.credits],
      ['completed', 'yes', { reserved: 67.5, charged: 67.58 }],
    );
    assert.deepEqual(await client.batch([id, 'task-unified-1-unknown']), [task]);
    const { balance, used, keyRemaining } = await client.credits();
    assert.deepEqual([balance, used, keyRemaining], [99_932.42, 67.58, undefined]);
  });

  it('agree on every request that can be built, and on its price', async () => {
    for (const model of OFFERED_MODELS) {
      for (const quality of model.qualities) {
        for (const contentFilter of [true, false]) {
          const wanted = request({ model: model.id, quality, contentFilter, duration: 7 });
          const result = await create(wanted);
          assert.ok(result.outcome === 'accepted');
          assert.equal(result.task.credits.reserved, estimateCost(wanted)?.credits, JSON.stringify(wanted));
        }
      }
    }
    for (const aspectRatio of OFFERED_MODELS[0]?.aspectRatios ?? []) await created(request({ aspectRatio }));
    await created(request({ generateAudio: false, callbackUrl: 'https://example.com/hook' }));
  });

  it('agree on a repeated POST', async () => {
    const options = { idempotencyKey: 'run_0123456789abcdef' };
    const first = await client.create(request(), options);
    const second = await client.create(request(), options);
    assert.ok(first.outcome === 'accepted' && second.outcome === 'accepted');
    assert.deepEqual([first.replayed, second.replayed, second.task.id], [false, true, first.task.id]);
    const other = await client.create(request({ duration: 6 }), options);
    assert.ok(other.outcome === 'uncertain');
    assert.equal(other.error.kind, 'idempotencyConflict');
    assert.equal(simulator.tasks.length, 1);
  });

  it('agree on every refusal: it is named, and makes no task', async () => {
    for (const [error, { status, message }] of Object.entries(API_ERRORS)) {
      faults.order({ on: 'create', error });
      const result = await create();
      assert.ok(result.outcome !== 'accepted', error);
      assert.notEqual(result.error.kind, 'unknown', error);
      assert.deepEqual(
        [result.error.code, result.error.message, result.error.httpStatus],
        [error, message, status],
      );
    }
    assert.equal(simulator.tasks.length, 0);
  });

  it('agree on every end of a task: nobody is charged', async () => {
    for (const ends of Object.keys(TASK_ERRORS)) {
      faults.order({ on: 'create', ends });
      const id = await created();
      simulator.clock.advance(1000_000);
      const task = await client.query(id);
      assert.equal(task.state, ends === 'request_cancelled' ? 'cancelled' : 'failed', ends);
      assert.deepEqual([task.charged, task.credits.charged, task.error?.code], ['no', undefined, ends]);
    }
    assert.equal((await client.credits()).balance, 100_000);
  });

  it('take no preset for a task, a refusal that is none, or a balance', async () => {
    for (const preset of Object.keys(PRESETS)) {
      faults.order({ on: 'create', preset, processed: true });
      const result = await create();
      assert.ok(
        preset === 'numeric-code' || preset === 'oauth-error'
          ? result.outcome === 'rejected'
          : result.outcome === 'uncertain',
        `${preset}: ${result.outcome}`,
      );
      faults.order({ on: 'credits', preset });
      await assert.rejects(client.credits(), EvoLinkError, preset);
    }
  });

  it('find the link wherever it was put', async () => {
    for (const results of ['none', 'empty', 'result_data', 'result_data_object', 'output', 'video_url']) {
      const id = await created();
      simulator.clock.advance(1000_000);
      faults.order({ on: 'query', while: 'completed', results });
      const task = await client.query(id);
      const missing = results === 'none' || results === 'empty';
      assert.equal(task.resultUrls.length, missing ? 0 : 1, results);
      assert.equal(task.error?.kind, missing ? 'noResult' : undefined);
      assert.equal(task.charged, 'yes');
    }
  });

  it('spend a balance to the last credit', async () => {
    for (const [options, price] of [
      [{ duration: 5 }, 67.5],
      [{ model: 'seedance-2.0-fast-text-to-video' }, 41.0065],
      [{ model: 'seedance-2.0-mini-text-to-video', duration: 4, quality: '480p' }, 5.022],
    ] as const) {
      for (let times = 1; times <= 12; times += 1) {
        simulator.account.remaining = Number((price * times).toFixed(4));
        for (let nth = 1; nth <= times; nth += 1) {
          assert.equal(
            (await create(request(options))).outcome,
            'accepted',
            `${nth} of ${times} at ${price}`,
          );
        }
        assert.equal((await create(request(options))).outcome, 'rejected');
      }
    }
  });
});
