import assert from 'node:assert/strict';
import { RequestError, Requests } from '../../../src/player/requests.ts';
import type { RequestBody } from '../../../src/player/protocol.ts';

const setUp = () => {
  const posted: { id: number; body: RequestBody }[] = [];
  return { posted, requests: new Requests(({ id, body }) => posted.push({ id, body })) };
};
const failsAs =
  (kind: RequestError['kind'], message = /./) =>
  (error: unknown) =>
    error instanceof RequestError && error.kind === kind && message.test(error.message);

describe('requests of the page', () => {
  it('gives each request its own answer, in any order', async () => {
    const { posted, requests } = setUp();
    const copy = requests.ask({ kind: 'playbackCopy' });
    const frame = requests.ask({ kind: 'saveFrame', png: new Uint8Array(8), seconds: 1 });
    requests.receive({ type: 'answer', id: posted[1]!.id, value: { name: 'a.png' } });
    requests.receive({ type: 'answer', id: posted[0]!.id, value: { url: 'https://x' } });
    assert.deepEqual(await frame, { name: 'a.png' });
    assert.deepEqual(await copy, { url: 'https://x' });
  });

  it('passes on why it was refused', async () => {
    const { requests } = setUp();
    const action = requests.ask({ kind: 'action', action: 'openSource' });
    requests.receive({ type: 'refusal', id: 0, reason: 'The file is gone.' });
    await assert.rejects(action, failsAs('refused', /The file is gone\./));
  });

  it('refuses an answer of another shape', async () => {
    const { requests } = setUp();
    const copy = requests.ask({ kind: 'playbackCopy' });
    requests.receive({ type: 'answer', id: 0, value: { url: 7 } });
    await assert.rejects(copy, failsAs('malformed'));
  });

  it('ignores answers that nobody waits for', async () => {
    const { requests } = setUp();
    const copy = requests.ask({ kind: 'playbackCopy' });
    requests.receive({ type: 'answer', id: 99, value: {} });
    requests.receive({ type: 'answer', id: 0, value: { url: 'a' } });
    requests.receive({ type: 'refusal', id: 0, reason: 'late' });
    assert.deepEqual(await copy, { url: 'a' });
  });

  it('rejects all that wait, and all that come, when it is disposed', async () => {
    const { requests, posted } = setUp();
    const waiting = [requests.ask({ kind: 'playbackCopy' }), requests.ask({ kind: 'playbackCopy' })];
    requests.dispose();
    for (const one of waiting) await assert.rejects(one, failsAs('disposed'));
    await assert.rejects(requests.ask({ kind: 'playbackCopy' }), failsAs('disposed'));
    assert.equal(posted.length, 2);
  });
});
