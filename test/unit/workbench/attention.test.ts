import assert from 'node:assert/strict';
import { LINK_LIFE } from '../../../src/tasks/deadline.ts';
import type { TaskRecord } from '../../../src/tasks/record.ts';
import { TASK_STATES } from '../../../src/tasks/task.ts';
import { attentionOf, needOf, needsPerson, type Need } from '../../../src/workbench/attention.ts';
import { makeRecord } from '../../support/records.ts';

const NOW = 1_790_000_000_000;
const HOUR = 3600_000;
const parked = { path: '/parked', bytes: 1, sha256: 'a' };

function need(changes: Partial<TaskRecord>): Need | undefined {
  return needOf(makeRecord({ completedAt: NOW, ...changes }), NOW);
}

const error = (kind: string) => ({ error: { kind, message: '' } });

describe('a task that needs a person', () => {
  it('is one whose outcome is unknown', () => {
    assert.equal(need({ state: 'uncertain', ...error('timeout') }), 'uncertain');
  });

  it('is one that asks to be sent: its window is gone, or the queue has given it up', () => {
    assert.equal(need({ state: 'waiting' }), undefined);
    for (const kind of ['windowGone', 'key', 'balance', 'forbidden', 'certificate', 'internal'])
      assert.equal(need({ state: 'waiting', ...error(kind) }), 'unsent', kind);
    for (const kind of ['unreachable', 'modelDown', 'server']) {
      assert.equal(need({ state: 'waiting', attempt: 3, ...error(kind) }), undefined, kind);
      assert.equal(need({ state: 'waiting', attempt: 4, ...error(kind) }), 'unsent', kind);
    }
    assert.equal(need({ state: 'waiting', attempt: 40, ...error('rateLimit') }), undefined);
  });

  it('is one that can’t be followed', () => {
    for (const state of ['queued', 'generating', 'downloading'] as const) {
      for (const kind of ['key', 'forbidden', 'notFound', 'certificate'])
        assert.equal(need({ state, ...error(kind) }), 'blocked', `${state} ${kind}`);
      for (const kind of ['network', 'server', 'rateLimit', 'unreachable'])
        assert.equal(need({ state, ...error(kind) }), undefined, `${state} ${kind}`);
    }
  });

  it('is one whose video can’t be saved, but not one that moves in by itself', () => {
    const state = 'downloading';
    for (const kind of ['diskFull', 'notWritable', 'folderMissing', 'folder.outside', 'linkRefused'])
      assert.equal(need({ state, ...error(kind) }), 'unsaved', kind);
    assert.equal(need({ state, parked, ...error('folder.outside') }), 'unsaved');
    assert.equal(need({ state, parked, ...error('folderElsewhere') }), undefined);
    assert.equal(need({ state, ...error('http') }), undefined);
  });

  it('is one whose link dies soon, whatever else is wrong, but not one that is on this machine', () => {
    const completedAt = NOW - LINK_LIFE + HOUR;
    const state = 'downloading';
    assert.equal(need({ state, completedAt }), 'dying');
    assert.equal(need({ state, completedAt, ...error('diskFull') }), 'dying');
    assert.equal(need({ state, completedAt, parked }), undefined);
    assert.equal(need({ state, completedAt: NOW - LINK_LIFE + 7 * HOUR }), undefined);
  });

  it('is none that is over', () => {
    for (const state of ['saved', 'rejected', 'failed', 'expired', 'stopped'] as const)
      for (const kind of ['key', 'diskFull', 'windowGone', 'unknown'])
        assert.equal(need({ state, ...error(kind) }), undefined, state);
  });

  it('is told of wherever the view names an error as the reason', () => {
    for (const state of TASK_STATES)
      for (const kind of ['key', 'notFound', 'diskFull', 'folder.outside', 'windowGone', 'videoTooLarge'])
        if (['blocked', 'unsaved'].includes(need({ state, ...error(kind) }) ?? ''))
          assert.equal(needsPerson(kind), true, kind);
    for (const kind of ['network', 'server', 'http', 'rateLimit']) assert.equal(needsPerson(kind), false);
  });

  it('is counted by its reason, and not among those under way', () => {
    const dying = (hours: number) =>
      makeRecord({ state: 'downloading', completedAt: NOW - LINK_LIFE + hours * HOUR });
    const attention = attentionOf(
      [
        makeRecord({ state: 'waiting', ...error('windowGone') }),
        makeRecord({ state: 'waiting' }),
        makeRecord({ state: 'generating' }),
        makeRecord({ state: 'uncertain' }),
        makeRecord({ state: 'uncertain' }),
        dying(3),
        dying(2),
      ],
      NOW,
    );
    assert.equal(attention.running, 2);
    assert.equal(attention.deadline, NOW + 2 * HOUR);
    assert.deepEqual(Object.fromEntries(attention.needs), { dying: 2, uncertain: 2, unsent: 1 });
  });
});
