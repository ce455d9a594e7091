import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { ROUTE_NAMES, faultSchema } from '../../../src/simulator/faults.ts';
import { PRESETS } from '../../../src/simulator/faultCatalog.ts';
import { VALID_REQUEST, call } from '../../support/simulatorClient.ts';

const main = join(import.meta.dirname, '../../../src/simulator/main.ts');

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly key: string;
}

async function run(...options: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [main, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(child.stdout), 'line');
  return { child, ...JSON.parse(String(line)) };
}

/** Runs to the end. */
async function end(
  ...options: readonly string[]
): Promise<{ stdout: string; stderr: string; status: unknown }> {
  const child = spawn(process.execPath, [main, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { stdout, stderr, status };
}

async function endsOn(signal: 'SIGINT' | 'SIGTERM'): Promise<void> {
  const other = await run('--key', 'sk-test-1');
  assert.equal(other.key, 'sk-test-1');
  assert.equal((await call(other, 'GET', '/v1/credits')).body.data.user.remaining_credits, 1000);
  other.child.kill(signal);
  assert.deepEqual(await once(other.child, 'exit'), [0, null]);
}

describe('simulator: command', () => {
  let running: Running;
  before(async () => {
    running = await run('--port', '0', '--speed', '20', '--credits', '200');
  });
  after(() => running.child.kill());

  const control = (method: string, path: string, body?: unknown) =>
    call(running, method, `/_simulator/${path}`, body);
  const create = () => call(running, 'POST', '/v1/videos/generations', VALID_REQUEST);

  it('prints one line with address and key, serves, and ends on SIGINT and SIGTERM', async () => {
    await Promise.all([endsOn('SIGINT'), endsOn('SIGTERM')]);
  });

  it('explains itself, every member of a fault and every preset included', async () => {
    const { stdout, status } = await end('--help');
    assert.equal(status, 0);
    for (const word of [...Object.keys(faultSchema.entries), ...Object.keys(PRESETS), ...ROUTE_NAMES]) {
      assert.match(stdout, new RegExp(`\\b${word}\\b`), word);
    }
  });

  it('refuses options that it does not understand, in one line', async () => {
    const wrong = [
      ['--sped', '2'],
      ['--speed', '0'],
      ['--port', '70000'],
      ['--port', ''],
      ['--credits', 'x'],
      ['--key', ''],
      ['--key', 'sk 1'],
    ];
    const ends = await Promise.all(wrong.map(options => end(...options)));
    for (const [index, { stdout, stderr, status }] of ends.entries()) {
      assert.deepEqual([stdout, status, stderr.trim().split('\n').length], ['', 2, 1], String(wrong[index]));
    }
  });

  it('takes orders for faults', async () => {
    const fault = { on: 'create', error: 'no_available_channel' };
    assert.equal((await control('POST', 'faults', [fault, fault])).body.length, 2);
    const { status, body } = await create();
    assert.deepEqual([status, body.error.code], [400, 'no_available_channel']);
    assert.equal((await control('GET', 'faults')).body.length, 1);
    assert.deepEqual((await control('DELETE', 'faults')).body, []);
    assert.equal((await create()).status, 200);
  });

  it('says what is wrong with an order', async () => {
    const { status, body } = await control('POST', 'faults', { on: 'create', delay: 'long' });
    assert.equal(status, 400);
    assert.match(body.message, /^delay: /);
    assert.equal((await control('POST', 'faults', '{')).status, 400);
    for (const clock of [{ back: 1 }, { set: 1e300 }, { set: -1 }, { advance: 1e300 }])
      assert.equal((await control('POST', 'clock', clock)).status, 400);
    assert.equal((await control('POST', 'faults', { on: 'create', preset: 'toString' })).status, 400);
    assert.equal((await control('GET', 'faults')).body.length, 0);
    assert.equal((await control('GET', 'nothing')).status, 404);
  });

  it('moves the clock, ends tasks and changes credits and behaviour', async () => {
    const first = (await create()).body;
    assert.equal(first.task_info.estimated_time, 7);
    await control('POST', 'clock', { advance: 7 });
    const done = (await call(running, 'GET', `/v1/tasks/${first.id}`)).body;
    assert.equal(done.status, 'completed');
    await control('POST', 'behaviour', { expiredLinkStatus: 410 });
    await control('POST', 'clock', { advance: 86_400 });
    assert.equal((await fetch(done.results[0])).status, 410);

    await control('POST', 'credits', { remaining: 67.5 });
    const second = (await create()).body;
    assert.equal((await create()).status, 402);
    await control('POST', `tasks/${second.id}`, { as: 'cancelled' });
    assert.equal((await call(running, 'GET', `/v1/tasks/${second.id}`)).body.status, 'cancelled');
    assert.equal((await control('POST', `tasks/${second.id}`, { as: 'completed' })).status, 409);
    assert.equal((await control('POST', 'tasks/task-unified-1', { as: 'completed' })).status, 404);

    await control('POST', 'clock', { set: 2_000_000_000 });
    await control('POST', 'accounts', { key: 'sk-other', credits: 7 });
    const other = await call({ ...running, key: 'sk-other' }, 'GET', '/v1/credits');
    assert.equal(other.body.data.user.remaining_credits, 7);
  });

  it('shows what was asked, without the key', async () => {
    const { body } = await control('GET', 'requests');
    assert.deepEqual(
      [body[0].method, body[0].path, body[0].authorized],
      ['POST', '/v1/videos/generations', true],
    );
    assert.deepEqual(JSON.parse(body[0].body), VALID_REQUEST);
    assert.ok(!JSON.stringify(body).includes(running.key));
    assert.ok(!JSON.stringify(body).includes('_simulator'));
  });
});
