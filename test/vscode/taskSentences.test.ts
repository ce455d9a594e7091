import assert from 'node:assert/strict';
import type { Task, TaskError, TaskState } from '../../src/tasks/task.ts';
import { TASK_STATES } from '../../src/tasks/task.ts';
import { ERROR_KINDS } from '../../src/evolink/errors.ts';
import { explainError, explainTask } from '../../src/workbench/errorSentences.ts';
import { makeRecord } from '../support/records.ts';

/** What says that the user has paid nothing. */
const FREE = /nothing was[^.]*charged/i;

function sentence(changes: Partial<Task> & { error: TaskError }): string {
  return explainTask(makeRecord(changes))?.message ?? '';
}

describe('the sentence that explains a task', () => {
  it('says that nothing was charged of no task that may be charged', () => {
    const kinds = [...Object.keys(ERROR_KINDS), 'windowGone', 'noResult', 'diskFull', 'linkExpired', 'http'];
    for (const state of TASK_STATES)
      for (const charged of ['yes', 'unknown'] as const)
        for (const kind of kinds) {
          const said = sentence({ state, charged, error: { kind, message: '' } });
          assert.doesNotMatch(said, FREE, `${state} ${charged} ${kind}`);
        }
    // An error that belongs to no task, such as of asking what became of one.
    for (const kind of kinds) assert.doesNotMatch(explainError({ kind, message: '' }).message, FREE, kind);
  });

  it('says so of one that was not sent', () => {
    for (const kind of ['unreachable', 'windowGone'])
      assert.match(sentence({ state: 'waiting', charged: 'no', error: { kind, message: '' } }), FREE);
  });

  it('does not blame EvoLink for what is wrong with the folder or the download', () => {
    const kinds = 'videoTooLarge http folder.workspaceMissing parkedGone'.split(' ');
    for (const kind of kinds) {
      const said = sentence({ state: 'downloading', charged: 'yes', error: { kind, message: '' } });
      assert.doesNotMatch(said, /refused|unexpected/, `${kind}: ${said}`);
    }
  });

  it('gives EvoLink’s own words in one line, and nobody else’s for them', () => {
    const rejected = (error: TaskError): string => sentence({ state: 'rejected', charged: 'no', error });
    const words = { code: 'content_policy_violation', message: 'No.\n\n(request id: 1)' };
    assert.equal(
      rejected({ kind: 'content', httpStatus: 400, ...words }),
      'EvoLink refused the content of the prompt. EvoLink says: No. (request id: 1) (content_policy_violation)',
    );
    const long = rejected({ kind: 'badRequest', message: 'word '.repeat(400) });
    assert.ok(long.length < 400 && long.endsWith('word …'), long);
    assert.match(
      sentence({ state: 'failed', error: { kind: 'unknown', message: 'Broken' } }),
      /says: Broken$/,
    );

    for (const [kind, code, message] of [
      ['certificate', 'CERT_HAS_EXPIRED', 'request to https://api.evolink.ai failed, reason: expired'],
      ['certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed'],
      ['timeout', 'aborted', 'The operation was aborted.'],
      ['network', 'HPE_INVALID_CONSTANT', 'Parse Error'],
      ['unreachable', 'ENOTFOUND', 'getaddrinfo ENOTFOUND'],
      ['badAnswer', 'max-size', 'content size over limit: 1048576'],
      ['diskFull', undefined, 'ENOSPC'],
      ['http', undefined, '503'],
      ['stalled', undefined, ''],
      ['folder.outside', undefined, '../videos'],
      ['internal', undefined, 'TypeError: x is not a function'],
    ] as const) {
      const said = explainError({ kind, message, ...(code === undefined ? {} : { code }) }).message;
      assert.doesNotMatch(said, /EvoLink says/, `${kind}: ${said}`);
    }
  });

  it('says of no request that was refused, and no task that failed, that the key does not see it', () => {
    for (const kind of ['forbidden', 'notFound']) {
      const error = { kind, message: 'Not in your region', httpStatus: 403, code: 'region_not_supported' };
      for (const state of ['rejected', 'failed'] as const) {
        const said = sentence({ state, charged: 'no', error });
        assert.doesNotMatch(said, /does not see/, said);
        assert.match(said, /says: Not in your region \(region_not_supported\)$/);
      }
      assert.match(sentence({ state: 'generating', error }), /does not see/);
    }
  });

  it('says what became of a request or a task also where the code is new', () => {
    const error = { kind: 'unknown', code: 'new_code', message: 'Broken' };
    assert.equal(
      sentence({ state: 'rejected', charged: 'no', error }),
      'EvoLink refused the request. EvoLink says: Broken (new_code)',
    );
    assert.equal(
      sentence({ state: 'failed', charged: 'no', error }),
      'EvoLink could not make this video. EvoLink says: Broken (new_code)',
    );
    for (const kind of Object.keys(ERROR_KINDS))
      for (const state of ['rejected', 'failed', 'generating'] as const)
        if (kind !== 'aborted' && (kind !== 'unknown' || state !== 'generating'))
          assert.doesNotMatch(sentence({ state, error: { kind, message: '' } }), /unexpected/, kind);
  });

  it('offers another folder where the video is safe but has none', () => {
    const state: TaskState = 'downloading';
    const parked = { path: '/parked', bytes: 1, sha256: 'a' };
    const error = { kind: 'folder.workspaceMissing', message: 'videos' };
    const commands = explainTask(makeRecord({ state, parked, error }))?.buttons.map(({ command }) => command);
    assert.deepEqual(commands?.[0], 'seedance.saveElsewhere');
  });
});
