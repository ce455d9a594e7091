import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TaskRecord } from '../../../src/tasks/record.ts';
import { TASK_STATES } from '../../../src/tasks/task.ts';
import { IllegalTransition, transition, type TaskEvent } from '../../../src/tasks/transitions.ts';
import { makeRecord } from '../../support/records.ts';

const NOW = 1_800_000_000_000;
const error = { kind: 'network', message: 'cut' };
const video = { uri: 'file:///workspace/videos/a.mp4', bytes: 3, sha256: 'abc' };

const EVENTS: readonly TaskEvent[] = [
  { type: 'submit' },
  { type: 'accepted', remoteId: 'task-unified-1-a', state: 'queued', estimatedSeconds: 165, reserved: 67.5 },
  { type: 'rejected', error },
  { type: 'unsent', error },
  { type: 'outcomeUnknown', error },
  { type: 'observed', state: 'generating', progress: 40 },
  { type: 'completed', resultUrl: 'https://files.example.com/a.mp4', charged: 'yes', chargedCredits: 67.5 },
  { type: 'failed', error, charged: 'no' },
  { type: 'delayed', error },
  { type: 'saved', video },
  { type: 'expired', error },
  { type: 'stopFollowing' },
  { type: 'resumeFollowing' },
  { type: 'adopt', remoteId: 'task-unified-2-b' },
  { type: 'sendAgain', owner: 'window-2' },
  { type: 'downloadAgain' },
  {
    type: 'retarget',
    target: { workspaceFolder: 'file:///elsewhere', outputFolder: '', fileName: '{id}' },
  },
];

function run(...events: TaskEvent[]): TaskRecord {
  return events.reduce((task, event) => transition(task, event, NOW), makeRecord());
}

function event(type: TaskEvent['type']): TaskEvent {
  const found = EVENTS.find(candidate => candidate.type === type);
  assert(found);
  return found;
}

describe('transition', () => {
  it('takes a task from Generate to the saved file', () => {
    const task = run(
      event('submit'),
      event('accepted'),
      event('observed'),
      event('completed'),
      event('saved'),
    );
    assert.equal(task.state, 'saved');
    assert.equal(task.remoteId, 'task-unified-1-a');
    assert.equal(task.charged, 'yes');
    assert.deepEqual(task.credits, { estimated: 67.5, reserved: 67.5, charged: 67.5 });
    assert.deepEqual(task.video, video);
    assert.equal(task.updatedAt, NOW);
  });

  it('calls a task uncertain, with an unknown charge, only from submitting', () => {
    assert.equal(run(event('submit'), event('outcomeUnknown')).state, 'uncertain');
    assert.equal(run(event('submit'), event('outcomeUnknown')).charged, 'unknown');
    for (const state of TASK_STATES.filter(state => state !== 'submitting')) {
      assert.throws(() => transition(makeRecord({ state }), event('outcomeUnknown'), NOW), IllegalTransition);
    }
  });

  it('cannot submit a task that may have been sent', () => {
    for (const state of TASK_STATES.filter(state => state !== 'waiting')) {
      assert.throws(() => transition(makeRecord({ state }), event('submit'), NOW), IllegalTransition);
    }
  });

  it('keeps the idempotency key through Send Again, so that EvoLink can recognise the request', () => {
    const uncertain = run(event('submit'), event('outcomeUnknown'));
    const again = transition(uncertain, event('sendAgain'), NOW);
    assert.equal(again.state, 'waiting');
    assert.equal(again.idempotencyKey, uncertain.idempotencyKey);
    assert.equal(again.owner, 'window-2');
  });

  it('never calls a task uncharged whose earlier POST may have been taken, however the later one ended', () => {
    const sentTwice = [
      event('submit'),
      event('outcomeUnknown'),
      event('sendAgain'),
      event('submit'),
    ] as const;
    assert.equal(run(...sentTwice, event('rejected')).charged, 'unknown');
    assert.equal(run(...sentTwice, event('accepted'), event('failed')).charged, 'unknown');
    assert.equal(
      run(...sentTwice, event('outcomeUnknown'), event('adopt'), event('failed')).charged,
      'unknown',
    );
    const free: TaskEvent = { type: 'completed', charged: 'no' };
    assert.equal(run(...sentTwice, event('accepted'), free).charged, 'unknown');
    // One POST, found again: EvoLink's word is about just that one.
    assert.equal(
      run(event('submit'), event('outcomeUnknown'), event('adopt'), event('failed')).charged,
      'no',
    );
    assert.equal(
      run(event('submit'), event('unsent'), event('submit'), event('accepted'), event('failed')).charged,
      'no',
    );
  });

  it('never lets progress or state go back', () => {
    let task = run(event('submit'), event('accepted'), event('observed'));
    task = transition(task, { type: 'observed', state: 'queued', progress: 10 }, NOW);
    assert.equal(task.progress, 40);
    assert.equal(task.state, 'generating');
  });

  it('forgets a dead link but not when the task completed', () => {
    const saved = run(event('submit'), event('accepted'), event('completed'), event('saved'));
    const again = transition(saved, event('downloadAgain'), NOW + 5);
    assert.equal(again.resultUrl, undefined);
    assert.equal(again.completedAt, NOW);
    const resumed = transition(transition(again, event('stopFollowing'), NOW), event('resumeFollowing'), NOW);
    assert.equal(resumed.state, 'downloading');
  });

  it('never reaches an end that EvoLink did not call, by any order of events', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 30 }), events => {
        let task = makeRecord();
        const seen = new Set<TaskEvent['type']>();
        for (const next of events) {
          try {
            task = transition(task, next, NOW);
            seen.add(next.type);
          } catch (thrown) {
            assert(thrown instanceof IllegalTransition);
          }
          if (task.state === 'saved') assert(seen.has('completed') && seen.has('saved'));
          if (task.state === 'failed') assert(seen.has('failed'));
          if (task.state === 'rejected') assert(seen.has('rejected'));
          if (task.charged === 'yes') assert(seen.has('completed'));
          if (task.remoteId !== undefined) assert(seen.has('accepted') || seen.has('adopt'));
        }
      }),
    );
  });
});
