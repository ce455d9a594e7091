import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { startSimulator, type Simulator } from '../../../src/simulator/server.ts';
import { VALID_REQUEST, call, create, startTestSimulator } from '../../support/simulatorClient.ts';

const media = join(import.meta.dirname, '../../../media/demo');

describe('simulator: from request to video', () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startTestSimulator();
  });
  afterEach(() => simulator.close());

  it('walks a task from pending through rising progress to a whole clip', async () => {
    const { status, body } = await create(simulator);
    assert.equal(status, 200);
    const { id, created, ...rest } = body;
    assert.match(id, /^task-unified-\d{10}-[a-z0-9]{8}$/);
    assert.equal(created, 1_790_000_000);
    assert.deepEqual(rest, {
      model: 'seedance-2.0-text-to-video',
      object: 'video.generation.task',
      progress: 0,
      status: 'pending',
      task_info: { can_cancel: true, estimated_time: 134, video_duration: 5 },
      type: 'video',
      usage: { billing_rule: 'per_second', credits_reserved: 67.5, user_group: 'default' },
    });

    const seen: [string, number][] = [];
    for (let second = 0; second < 134; second += 20) {
      const { body } = await call(simulator, 'GET', `/v1/tasks/${id}`);
      seen.push([body.status, body.progress]);
      assert.equal(body.results, undefined);
      simulator.clock.advance(20_000);
    }
    assert.deepEqual(seen[0], ['pending', 0]);
    assert.ok(seen.slice(1).every(([status]) => status === 'processing'));
    assert.ok(seen.slice(2).every(([, progress], i) => progress > seen[i + 1]![1] && progress < 100));

    const { body: done } = await call(simulator, 'GET', `/v1/tasks/${id}`);
    assert.equal(done.status, 'completed');
    assert.equal(done.progress, 100);
    assert.deepEqual(done.task_info, { can_cancel: false });
    assert.equal(done.results.length, 1);
    const clip = await fetch(done.results[0]);
    assert.equal(clip.headers.get('content-type'), 'video/mp4');
    assert.deepEqual(Buffer.from(await clip.arrayBuffer()), await readFile(join(media, 'clip.mp4')));
  });

  it('makes a silent clip for generate_audio false', async () => {
    const { body } = await create(simulator, { generate_audio: false });
    simulator.clock.advance(1000_000);
    const { body: done } = await call(simulator, 'GET', `/v1/tasks/${body.id}`);
    const bytes = Buffer.from(await (await fetch(done.results[0])).arrayBuffer());
    assert.deepEqual(bytes, await readFile(join(media, 'clip-silent.mp4')));
  });

  it('takes the estimate that it names, at any speed', async () => {
    simulator.behaviour.speed = 20;
    const { body } = await create(simulator);
    assert.equal(body.task_info.estimated_time, 7);
    simulator.clock.advance(6_600);
    assert.equal((await call(simulator, 'GET', `/v1/tasks/${body.id}`)).body.status, 'processing');
    simulator.clock.advance(400);
    assert.equal((await call(simulator, 'GET', `/v1/tasks/${body.id}`)).body.status, 'completed');
  });

  it('refuses a missing and a wrong key in the envelope of the reference', async () => {
    const expected = {
      error: { code: 'unauthorized', message: 'Invalid or expired token', type: 'authentication_error' },
    };
    for (const headers of [
      { authorization: '' },
      { authorization: 'Bearer sk-other' },
      { authorization: simulator.key },
    ]) {
      const { status, body } = await call(
        simulator,
        'POST',
        '/v1/videos/generations',
        VALID_REQUEST,
        headers,
      );
      assert.deepEqual({ status, body }, { status: 401, body: expected });
    }
    assert.equal(simulator.tasks.length, 0);
  });

  it('refuses a body of more than 64 MB', async () => {
    const { status, body } = await call(
      simulator,
      'POST',
      '/v1/videos/generations',
      'a'.repeat(64 * 1024 * 1024 + 1),
    );
    assert.deepEqual([status, body.error.code], [413, 'request_too_large']);
  });

  it('answers 500 in the envelope where it fails itself', async () => {
    const broken = await startTestSimulator({ intercept: () => Promise.reject(new Error('broken')) });
    try {
      const { status, body } = await call(broken, 'GET', '/v1/credits');
      assert.deepEqual([status, body.error.code, body.error.type], [500, 'internal_error', 'api_error']);
    } finally {
      await broken.close();
    }
  });

  it('gives every answer a request id of its own', async () => {
    const ids = new Set<string | null>();
    for (const path of ['/v1/credits', '/v1/tasks/task-unified-1-abcdef', '/nowhere', '/files/x']) {
      ids.add((await call(simulator, 'GET', path)).headers.get('x-request-id'));
    }
    assert.equal(ids.size, 4);
    assert.ok(!ids.has(null));
  });

  it('remembers requests and, apart, the posts that would cost money', async () => {
    await call(simulator, 'GET', '/v1/credits');
    await create(simulator);
    assert.deepEqual(
      simulator.requests.map(({ method, path }) => `${method} ${path}`),
      ['GET /v1/credits', 'POST /v1/videos/generations'],
    );
    assert.deepEqual(JSON.parse(simulator.posts[0]!.body), VALID_REQUEST);
    assert.equal(simulator.posts.length, 1);
  });

  it('listens on 127.0.0.1 only, and ends open connections when closed', async () => {
    assert.match(simulator.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    await assert.rejects(fetch(simulator.url.replace('127.0.0.1', '127.0.0.2')));
    const other = await startSimulator({ clip: join(media, 'clip.mp4') });
    const hanging = httpRequest(`${other.url}/v1/videos/generations`, { method: 'POST' });
    const ended = new Promise(resolve => hanging.on('error', resolve));
    hanging.write('{');
    await new Promise(resolve => hanging.on('socket', socket => socket.once('connect', resolve)));
    await other.close();
    await ended;
    await assert.rejects(fetch(other.url));
  });
});
