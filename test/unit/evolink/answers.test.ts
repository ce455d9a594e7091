import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { RemoteTask } from '../../../src/evolink/answers.ts';
import { readTask, readTaskBatch, readTaskList } from '../../../src/evolink/answers.ts';
import { readCredits } from '../../../src/evolink/balance.ts';
import { readErrorWords } from '../../../src/evolink/errorAnswers.ts';
import { CREATED, TASK_ID } from './server.ts';

const LINK = 'https://files.evolink.ai/u/videos/2026/11/22/file_0.mp4';

function read(change: Record<string, unknown>): RemoteTask {
  const task = readTask({ id: TASK_ID, status: 'completed', results: [LINK], ...change });
  assert.ok(task);
  return task;
}

describe('a task as EvoLink tells of it', () => {
  it('reads the answer to a create', () => {
    assert.deepEqual(readTask(CREATED), {
      id: TASK_ID,
      model: 'seedance-2.0-text-to-video',
      status: 'pending',
      state: 'queued',
      knownStatus: true,
      progress: 0,
      estimatedSeconds: 165,
      videoSeconds: 8,
      createdAt: 1774857405000,
      resultUrls: [],
      credits: { reserved: 108 },
      charged: 'unknown',
    });
  });

  it('reads a finished task', () => {
    const task = read({
      progress: 100,
      created: 1774857405,
      task_info: { can_cancel: false },
      usage: { credits_used: 54 },
    });
    assert.deepEqual(task, {
      id: TASK_ID,
      status: 'completed',
      state: 'completed',
      knownStatus: true,
      progress: 100,
      createdAt: 1774857405000,
      resultUrls: [LINK],
      credits: { charged: 54 },
      charged: 'yes',
    });
  });

  it('needs nothing but an id', () => {
    assert.deepEqual(readTask({ id: TASK_ID }), {
      id: TASK_ID,
      status: '',
      state: 'generating',
      knownStatus: false,
      resultUrls: [],
      credits: {},
      charged: 'unknown',
    });
  });

  it('leaves out fields of another type and keeps the rest', () => {
    const task = read({
      progress: 'half',
      created: 'today',
      model: 7,
      task_info: [],
      usage: 'none',
      billing: null,
      video_duration: -1,
      error: 7,
    });
    assert.deepEqual(task.resultUrls, [LINK]);
    assert.deepEqual(Object.keys(task).toSorted(), [
      'charged',
      'credits',
      'id',
      'knownStatus',
      'resultUrls',
      'state',
      'status',
    ]);
    assert.equal(read({ usage: { credits_used: 'many', credits_reserved: 60 } }).credits.reserved, 60);
  });

  it('reads figures that come as text', () => {
    const task = read({
      progress: ' 33 ',
      created: '1774857405',
      task_info: { estimated_time: '165', video_duration: '8' },
      usage: { credits_reserved: '108', credits_used: '54.5' },
    });
    assert.deepEqual(
      [task.progress, task.createdAt, task.estimatedSeconds, task.videoSeconds, task.credits],
      [33, 1774857405000, 165, 8, { reserved: 108, charged: 54.5 }],
    );
    const failed = read({ status: 'failed', billing: { charged_credits: '54' } });
    assert.deepEqual([failed.charged, failed.credits.charged], ['yes', 54]);
    assert.equal(readCredits({ data: { user: { remaining_credits: '-3.5' } } })?.balance, -3.5);
    for (const progress of ['', ' ', '50%', '0x10', '1e1', 'NaN', 'Infinity', '--1', '1.2.3', '1_0', '٣'])
      assert.equal(read({ progress }).progress, undefined, progress);
  });

  it('is none without an id that can be asked for', () => {
    for (const id of [
      undefined,
      null,
      '',
      '  ',
      '..',
      'a/b',
      'a b',
      'a?b',
      'ä',
      'x'.repeat(129),
      1.5,
      {},
      [],
      true,
    ]) {
      assert.equal(readTask({ id, status: 'completed' }), undefined, inspect(id));
    }
    for (const json of [undefined, null, [], 'x', 7]) assert.equal(readTask(json), undefined);
    assert.equal(read({ id: 12345 }).id, '12345');
    assert.equal(read({ id: ` ${TASK_ID} ` }).id, TASK_ID);
  });

  it('knows each status word in any case and padding', () => {
    const words = {
      pending: 'queued',
      queued: 'queued',
      processing: 'generating',
      running: 'generating',
      completed: 'completed',
      succeeded: 'completed',
      success: 'completed',
      failed: 'failed',
      error: 'failed',
      cancelled: 'cancelled',
      canceled: 'cancelled',
    };
    for (const [word, state] of Object.entries(words)) {
      for (const status of [word, word.toUpperCase(), ` ${word}\n`]) {
        const task = read({ status });
        assert.deepEqual([task.state, task.knownStatus, task.status], [state, true, status.trim()]);
      }
    }
  });

  it('takes an unknown status for still running', () => {
    for (const status of ['archived', '', ' ', null, 7, {}, 'completed!', 'constructor']) {
      const task = read({ status, error: { code: 'service_error' }, usage: { credits_used: 5 } });
      assert.deepEqual(
        [task.state, task.knownStatus, task.charged, task.error],
        ['generating', false, 'unknown', undefined],
      );
    }
    assert.equal(read({ status: 'x'.repeat(9999) }).status.length, 100);
  });

  it('calls a cancelled task cancelled in both forms', () => {
    assert.equal(read({ status: 'cancelled' }).error?.kind, 'cancelled');
    const task = read({ status: 'failed', error: { code: 'REQUEST_CANCELLED', message: 'x' } });
    assert.deepEqual([task.state, task.error?.kind, task.charged], ['cancelled', 'cancelled', 'unknown']);
  });

  it('does not fail a task for an error that stands beside another status', () => {
    for (const code of ['service_error', 'request_cancelled']) {
      const task = read({ status: 'processing', error: { code, message: 'x' } });
      assert.deepEqual([task.state, task.error], ['generating', undefined]);
    }
  });

  it('fails without words', () => {
    for (const error of [undefined, null, 'Broken', { message: 7 }]) {
      const task = read({ status: 'failed', error });
      assert.deepEqual([task.state, task.error?.kind, task.charged], ['failed', 'unknown', 'no']);
      assert.equal(task.error?.message, error === 'Broken' ? 'Broken' : '');
    }
  });

  it('finds the link wherever EvoLink has put it', () => {
    const places = [
      { results: [LINK] },
      { results: LINK },
      { results: [{ url: LINK }] },
      { results: null, result_data: [{ result_id: '1', video_url: LINK }] },
      { results: [], result_data: { video_url: LINK } },
      { results: [], output: { video_url: LINK } },
      { results: [], result: { video_url: LINK } },
      { results: [], video_url: LINK },
      { results: [], url: ` ${LINK} ` },
      { results: [null, 7, {}, 'ftp://a/b', 'javascript:x', 'https://', LINK] },
      { results: [LINK, LINK], video_url: LINK },
    ];
    for (const place of places) assert.deepEqual(read(place).resultUrls, [LINK], JSON.stringify(place));
    const other = 'http://example.com/2.mp4';
    assert.deepEqual(read({ video_url: other }).resultUrls, [LINK, other]);
    assert.equal(
      read({ results: Array.from({ length: 99 }, (_, n) => `${LINK}?${n}`) }).resultUrls.length,
      50,
    );
  });

  it('looks at no more of an endless list than it keeps', () => {
    let looked = 0;
    const endless = (entry: unknown): unknown[] =>
      new Proxy(Array(100_000).fill(entry), {
        get(list, name) {
          looked += 1;
          const found: unknown = Reflect.get(list, name);
          return found;
        },
      });
    for (const entry of [{}, 7, LINK, { video_url: LINK }]) {
      for (const field of ['results', 'result_data']) read({ results: [], [field]: endless(entry) });
      for (const field of ['allowed_values', 'allowed_models']) {
        const error = { code: 'x', message: 'm', [field]: endless(entry) };
        read({ status: 'failed', error });
        assert.ok(readErrorWords({ error }));
      }
    }
    assert.ok(looked < 5000, `${looked} looks`);
  });

  it('says so when a completed task has no link', () => {
    const task = read({ results: [] });
    assert.deepEqual(
      [task.state, task.error?.kind, task.charged, task.error?.charged],
      ['completed', 'noResult', 'yes', 'yes'],
    );
  });

  it('reads seconds and milliseconds', () => {
    assert.equal(read({ created: 1774857405 }).createdAt, 1774857405000);
    assert.equal(read({ created: 1774857405123 }).createdAt, 1774857405123);
    assert.equal(read({ created_at: 1774857405 }).createdAt, 1774857405000);
    for (const created of [0, -1, 1e300, 'today']) assert.equal(read({ created }).createdAt, undefined);
  });

  it('keeps progress between 0 and 100', () => {
    assert.equal(read({ progress: -5 }).progress, 0);
    assert.equal(read({ progress: 140 }).progress, 100);
    assert.equal(read({ progress: 33.4 }).progress, 33.4);
  });
});

describe('the charge of a task', () => {
  const rows: readonly (readonly [string, Record<string, unknown>, string, number | undefined])[] = [
    ['completed, by the rule', {}, 'yes', undefined],
    ['completed and used', { usage: { credits_used: 54 } }, 'yes', 54],
    ['completed and priced', { usage: { cost: { credits: 54, usd: 0.8 } } }, 'yes', 54],
    ['completed and not settled', { usage: { credits_used: 0 } }, 'unknown', undefined],
    ['completed, still reserved', { billing: { charge_status: 'reserved' } }, 'unknown', undefined],
    ['completed, unknown', { billing: { charge_status: 'unknown' } }, 'unknown', undefined],
    [
      'a figure that no account can have',
      { usage: { credits_used: 1e308, cost: { credits: 54 } } },
      'yes',
      54,
    ],
    ['completed, charged', { billing: { charge_status: 'CHARGED', charged_credits: 54 } }, 'yes', 54],
    ['completed, a new word', { billing: { charge_status: 'settling' } }, 'unknown', undefined],
    ['failed, by the rule', { status: 'failed' }, 'no', undefined],
    ['failed and used nothing', { status: 'failed', usage: { credits_used: 0 } }, 'no', undefined],
    ['failed and used', { status: 'failed', usage: { credits_used: 3 } }, 'yes', 3],
    [
      'failed, charged',
      { status: 'failed', billing: { charge_status: 'charged', charged_credits: 9 } },
      'yes',
      9,
    ],
    ['failed, released', { status: 'failed', billing: { charge_status: 'released' } }, 'no', undefined],
    [
      'failed, charged and given back',
      {
        status: 'failed',
        billing: {
          charge_status: 'charged',
          refund_status: 'completed',
          charged_credits: 9,
          refunded_credits: 9,
        },
      },
      'no',
      undefined,
    ],
    [
      'failed, a part given back',
      { status: 'failed', billing: { refund_status: 'completed', charged_credits: 9, refunded_credits: 4 } },
      'yes',
      5,
    ],
    [
      'failed, refund pending',
      {
        status: 'failed',
        billing: { charge_status: 'charged', refund_status: 'pending', charged_credits: 9 },
      },
      'yes',
      9,
    ],
    ['failed, a figure without a word', { status: 'failed', billing: { charged_credits: 9 } }, 'yes', 9],
    [
      'failed, that figure given back',
      { status: 'failed', billing: { charged_credits: 9, refunded_credits: 9 } },
      'no',
      undefined,
    ],
    [
      'failed, a new word',
      { status: 'failed', billing: { charge_status: 'settling' } },
      'unknown',
      undefined,
    ],
    [
      'failed, refund failed',
      { status: 'failed', billing: { refund_status: 'failed' } },
      'unknown',
      undefined,
    ],
    [
      'failed, refund open',
      { status: 'failed', billing: { refund_status: 'pending' } },
      'unknown',
      undefined,
    ],
    [
      'failed, a refund that is only promised',
      {
        status: 'failed',
        billing: {
          charge_status: 'charged',
          refund_status: 'pending',
          charged_credits: 9,
          refunded_credits: 9,
        },
      },
      'yes',
      9,
    ],
    [
      'failed, more given back than charged',
      { status: 'failed', usage: { credits_used: 3 }, billing: { refunded_credits: 54 } },
      'no',
      undefined,
    ],
    [
      'completed, what was reserved and not used given back',
      {
        usage: { credits_reserved: 60, credits_used: 54.1 },
        billing: { charge_status: 'charged', charged_credits: 54.1, refunded_credits: 5.9 },
      },
      'yes',
      54.1,
    ],
    [
      'completed, a part of what was reserved and taken given back',
      { billing: { reserved_credits: 60, charged_credits: 60, refunded_credits: 6 } },
      'yes',
      54,
    ],
    ['completed, a figure of zero', { billing: { charged_credits: 0 } }, 'unknown', undefined],
    [
      'completed, charged but not counted',
      { usage: { credits_used: 0 }, billing: { charge_status: 'charged' } },
      'yes',
      undefined,
    ],
    ['cancelled, no rule', { status: 'cancelled' }, 'unknown', undefined],
    ['cancelled, released', { status: 'cancelled', billing: { charge_status: 'released' } }, 'no', undefined],
    ['running', { status: 'processing', usage: { credits_reserved: 54 } }, 'unknown', undefined],
    ['running, charged', { status: 'processing', billing: { charge_status: 'charged' } }, 'yes', undefined],
  ];
  for (const [name, change, charged, credits] of rows) {
    it(name, () => {
      const task = read(change);
      assert.deepEqual([task.charged, task.credits.charged], [charged, credits]);
    });
  }

  it('names the reservation from either place', () => {
    assert.equal(read({ usage: { credits_reserved: 1.5 } }).credits.reserved, 1.5);
    assert.equal(read({ billing: { reserved_credits: 2.5 } }).credits.reserved, 2.5);
    // A reservation of nothing says only that it is not counted yet: the estimate stands.
    assert.equal(read({ usage: { credits_reserved: 0 } }).credits.reserved, undefined);
    const both = { usage: { credits_reserved: 0 }, billing: { reserved_credits: 2.5 } };
    assert.equal(read(both).credits.reserved, 2.5);
  });
});

describe('lists and credits', () => {
  it('reads a page of the list', () => {
    const line = {
      id: TASK_ID,
      model: 'm',
      type: 'video',
      status: 'Completed',
      progress: 100,
      created_at: 1790000000,
      duration: 74,
      has_results: true,
      credits_used: 54,
    };
    assert.deepEqual(readTaskList({ object: 'list', data: [line, { id: 'b' }] }), [
      {
        id: TASK_ID,
        model: 'm',
        type: 'video',
        status: 'Completed',
        state: 'completed',
        knownStatus: true,
        progress: 100,
        createdAt: 1790000000000,
        creditsUsed: 54,
      },
      { id: 'b', status: '', state: 'generating', knownStatus: false },
    ]);
    for (const json of [{}, [], null, { data: {} }, { data: [line, null] }, { data: [line, { id: 7.5 }] }])
      assert.equal(readTaskList(json), undefined);
  });

  it('reads a batch', () => {
    assert.deepEqual(
      readTaskBatch({ code: 200, data: [CREATED, null, {}] })?.map(({ id }) => id),
      [TASK_ID],
    );
    assert.equal(readTaskBatch({ code: 200 }), undefined);
  });

  it('reads balance and limit, and never makes a zero of what was not said', () => {
    const user = { remaining_credits: 1095.4, used_credits: 135.9 };
    const token = { remaining_credits: 99416.44, used_credits: 583.56, unlimited_credits: false };
    assert.deepEqual(readCredits({ success: true, message: '', data: { user, token } }), {
      balance: 1095.4,
      used: 135.9,
      keyRemaining: 99416.44,
      keyUsed: 583.56,
    });
    assert.deepEqual(readCredits({ data: { user, token: { ...token, unlimited_credits: true } } }), {
      balance: 1095.4,
      used: 135.9,
      keyUsed: 583.56,
    });
    assert.deepEqual(readCredits({ data: { user: { remaining_credits: -3 } } }), { balance: -3 });
    for (const json of [
      { success: false, data: { user } },
      { data: { user: {} } },
      { data: {} },
      {},
      null,
      [],
    ]) {
      assert.equal(readCredits(json), undefined);
    }
  });
});
