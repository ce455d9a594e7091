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

  it('offers another folder where the video is safe but has none', () => {
    const state: TaskState = 'downloading';
    const parked = { path: '/parked', bytes: 1, sha256: 'a' };
    const error = { kind: 'folder.workspaceMissing', message: 'videos' };
    const commands = explainTask(makeRecord({ state, parked, error }))?.buttons.map(({ command }) => command);
    assert.deepEqual(commands?.[0], 'seedance.saveElsewhere');
  });
});
