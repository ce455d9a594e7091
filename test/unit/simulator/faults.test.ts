import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { join } from 'node:path';
import { API_ERRORS, PRESETS, TASK_ERRORS } from '../../../src/simulator/faultCatalog.ts';
import type { Faults } from '../../../src/simulator/faults.ts';
import type { Simulator } from '../../../src/simulator/server.ts';
import { call, create, VALID_REQUEST } from '../../support/simulatorClient.ts';
import { startFaultySimulator } from '../../support/simulatorFaults.ts';

const DONE = 1000_000;

const faulty = (inputs: readonly string[]) =>
  inputs.filter(path => /^src\/simulator\/(fault\w*|control|main)\.ts$/.test(path));

describe('simulator: faults', () => {
  let simulator: Simulator;
  let faults: Faults;
  beforeEach(async () => {
    ({ simulator, faults } = await startFaultySimulator());
  });
  afterEach(() => simulator.close());

  async function done(): Promise<{ id: string; link: string }> {
    const { id } = (await create(simulator)).body;
    simulator.clock.advance(DONE);
    return { id, link: (await call(simulator, 'GET', `/v1/tasks/${id}`)).body.results[0] };
  }

  it('happen once, in order, to the requests that they are for', async () => {
    faults.order({ on: 'credits', error: 'internal_error' }, { on: 'credits', error: 'rate_limit_exceeded' });
    assert.equal((await create(simulator)).status, 200);
    const seen: number[] = [];
    for (let i = 0; i < 3; i++) seen.push((await call(simulator, 'GET', '/v1/credits')).status);
    assert.deepEqual(seen, [500, 429, 200]);
    assert.deepEqual(faults.left, []);
  });

  it('happen several times and after some requests', async () => {
    faults.order({ on: 'any', error: 'internal_error', skip: 1, times: 2 });
    const seen: number[] = [];
    for (let i = 0; i < 4; i++) seen.push((await call(simulator, 'GET', '/v1/credits')).status);
    assert.deepEqual(seen, [200, 500, 500, 200]);
  });

  it('wait for a task with the status they name', async () => {
    const { id } = (await create(simulator)).body;
    faults.order({ on: 'query', while: 'completed', set: { status: ' Completed ' } });
    assert.equal((await call(simulator, 'GET', `/v1/tasks/${id}`)).body.status, 'pending');
    simulator.clock.advance(DONE);
    assert.equal((await call(simulator, 'GET', `/v1/tasks/${id}`)).body.status, ' Completed ');
  });

  it('refuse to be ordered with a member that does not exist', () => {
    assert.throws(() => faults.order({ on: 'create', statuss: 500 }));
    assert.throws(() => faults.order({ on: 'nowhere' }));
    assert.throws(() => faults.order({ on: 'create', error: 'no_such_code' }));
  });

  for (const [code, { status, type }] of Object.entries(API_ERRORS)) {
    it(`refuse with ${code}`, async () => {
      faults.order({ on: 'create', error: code });
      const answer = await create(simulator);
      assert.equal(answer.status, status);
      assert.deepEqual([answer.body.error.code, answer.body.error.type], [code, type]);
      assert.ok(answer.headers.has('x-request-id'));
      assert.equal(simulator.tasks.length, 0);
    });
  }

  it('name another type for 429 on a query than on a create', async () => {
    faults.order({ on: 'query', error: 'rate_limit_exceeded', headers: { 'Retry-After': '7' } });
    const { status, headers, body } = await call(simulator, 'GET', '/v1/tasks/task-unified-1-abcdef');
    assert.deepEqual([status, body.error.type, headers.get('retry-after')], [429, 'evo_api_error', '7']);
  });

  for (const code of Object.keys(TASK_ERRORS)) {
    it(`end a task with ${code}`, async () => {
      faults.order({ on: 'create', ends: code });
      const { id } = (await create(simulator)).body;
      simulator.clock.advance(DONE);
      const { status, error } = (await call(simulator, 'GET', `/v1/tasks/${id}`)).body;
      assert.deepEqual([status, error.code, error.type], ['failed', code, 'task_error']);
    });
  }

  it('end a task as cancelled', async () => {
    faults.order({ on: 'create', ends: 'cancelled' });
    const { id } = (await create(simulator)).body;
    simulator.clock.advance(DONE);
    assert.equal((await call(simulator, 'GET', `/v1/tasks/${id}`)).body.status, 'cancelled');
  });

  it('give any status and body', async () => {
    for (const [preset, { answer }] of Object.entries(PRESETS)) {
      faults.order({ on: 'create', preset });
      const { status } = await create(simulator);
      assert.equal(status, answer.status, preset);
    }
    faults.order({ on: 'create', answer: { status: 418, headers: { 'x-a': 'b' }, body: { a: [1] } } });
    const { status, headers, body } = await create(simulator);
    assert.deepEqual([status, headers.get('x-a'), body], [418, 'b', { a: [1] }]);
    assert.equal(simulator.tasks.length, 0);
  });

  it('answer otherwise although the request took effect', async () => {
    faults.order({ on: 'create', processed: true, preset: 'html-502' });
    const { status, body } = await create(simulator);
    assert.equal(status, 502);
    assert.match(body, /Bad Gateway/);
    assert.equal(simulator.tasks.length, 1);
  });

  it('cut the connection before and after the request takes effect', async () => {
    faults.order({ on: 'create', cut: true }, { on: 'create', cut: true, processed: true });
    await assert.rejects(create(simulator));
    assert.equal(simulator.tasks.length, 0);
    await assert.rejects(create(simulator));
    assert.equal(simulator.tasks.length, 1);
    assert.equal(simulator.posts.length, 2);
  });

  it('let a cut request be replayed under its idempotency key', async () => {
    const headers = { 'idempotency-key': 'run_0123456789abcdef' };
    faults.order({ on: 'create', cut: true, processed: true });
    await assert.rejects(create(simulator, {}, headers));
    const replay = await create(simulator, {}, headers);
    assert.equal(replay.body.id, simulator.tasks[0]!.id);
    assert.equal(simulator.tasks.length, 1);
  });

  it('keep a key in flight while its first answer is delayed', async () => {
    const headers = { 'idempotency-key': 'run_0123456789abcdef' };
    faults.order({ on: 'create', processed: true, delay: 0.2 });
    const first = create(simulator, {}, headers);
    while (simulator.tasks.length === 0) await new Promise(resolve => setTimeout(resolve, 5));
    const second = await create(simulator, {}, headers);
    assert.deepEqual([second.status, second.body.error.code], [409, 'paid_outcome_unknown']);
    assert.equal((await first).status, 200);
    assert.equal((await create(simulator, {}, headers)).headers.get('idempotency-replayed'), 'true');
  });

  it('do nothing for a client that hangs up during the delay', async () => {
    faults.order({ on: 'create', delay: 60 });
    const signal = AbortSignal.timeout(100);
    const options = { method: 'POST', headers: { authorization: `Bearer ${simulator.key}` }, signal };
    await assert.rejects(
      fetch(`${simulator.url}/v1/videos/generations`, { ...options, body: JSON.stringify(VALID_REQUEST) }),
    );
    await new Promise(resolve => setTimeout(resolve, 50));
    assert.equal(simulator.posts.length, 1);
    assert.equal(simulator.tasks.length, 0);
  });

  it('cut and stall the body of a result', async () => {
    const { link } = await done();
    faults.order(
      { on: 'file', cutAt: 1000 },
      { on: 'file', stallAt: 1000 },
      { on: 'file', stallAt: 1000, stallFor: 0.05 },
    );
    const cut = await fetch(link);
    assert.equal(cut.status, 200);
    await assert.rejects(cut.arrayBuffer());
    const stalled = await fetch(link, { signal: AbortSignal.timeout(200) });
    assert.ok(Number(stalled.headers.get('content-length')) > 1000);
    await assert.rejects(stalled.arrayBuffer(), { name: 'TimeoutError' });
    const late = await (await fetch(link)).arrayBuffer();
    assert.deepEqual(late, await (await fetch(link)).arrayBuffer());
  });

  it('send a result without its length', async () => {
    const { link } = await done();
    const whole = await (await fetch(link)).arrayBuffer();
    faults.order({ on: 'file', chunked: true }, { on: 'file', chunked: true, cutAt: 1000 });
    const chunked = await fetch(link);
    assert.equal(chunked.headers.get('content-length'), null);
    assert.deepEqual(await chunked.arrayBuffer(), whole);
    await assert.rejects((await fetch(link)).arrayBuffer());
  });

  it('send the client elsewhere, and a wrong content type', async () => {
    const { link } = await done();
    faults.order(
      { on: 'file', redirect: 'http://169.254.169.254/' },
      { on: 'file', headers: { 'content-type': 'text/html' } },
    );
    const redirect = await fetch(link, { redirect: 'manual' });
    assert.deepEqual([redirect.status, redirect.headers.get('location')], [302, 'http://169.254.169.254/']);
    assert.equal((await fetch(link)).headers.get('content-type'), 'text/html');
  });

  it('change and remove members of the answer', async () => {
    faults.order({
      on: 'create',
      set: { id: 'task-unified-1-abcdef', 'task_info.estimated_time': 'soon' },
      remove: ['usage', 'task_info.can_cancel'],
    });
    const { body } = await create(simulator);
    assert.equal(body.id, 'task-unified-1-abcdef');
    assert.equal(body.usage, undefined);
    assert.deepEqual(body.task_info, { estimated_time: 'soon', video_duration: 5 });
  });

  it('put the link of a finished task elsewhere', async () => {
    const { id, link } = await done();
    for (const [results, expected] of [
      ['none', {}],
      ['empty', { results: [] }],
      ['result_data', { result_data: [{ result_id: 'result-1', video_url: link }] }],
      ['result_data_object', { result_data: { result_id: 'result-1', video_url: link } }],
      ['output', { output: { video_url: link } }],
      ['video_url', { video_url: link }],
    ] as const) {
      faults.order({ on: 'query', results });
      const {
        status,
        results: list,
        result_data,
        output,
        video_url,
      } = (await call(simulator, 'GET', `/v1/tasks/${id}`)).body;
      assert.equal(status, 'completed');
      assert.deepEqual(
        JSON.parse(JSON.stringify({ results: list, result_data, output, video_url })),
        expected,
      );
    }
  });

  it('are not in the bundle of the extension', async () => {
    const root = join(import.meta.dirname, '../../..');
    const bundled = async (entry: string) => {
      const { metafile } = await build({
        entryPoints: [join(root, 'src', entry)],
        absWorkingDir: root,
        bundle: true,
        write: false,
        metafile: true,
        platform: 'node',
        format: 'cjs',
        external: ['vscode'],
        logLevel: 'silent',
      });
      return Object.keys(metafile.inputs);
    };
    const shipped = await bundled('extension.ts');
    assert.ok(shipped.includes('src/simulator/server.ts'));
    assert.deepEqual(faulty(shipped), []);
    assert.ok(faulty(await bundled('simulator/control.ts')).includes('src/simulator/faults.ts'));
  });
});
