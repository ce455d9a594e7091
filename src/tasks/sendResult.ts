import type { CreateOutcome } from '../evolink/client.ts';
import { newTaskId } from './ids.ts';
import type { Ledger } from './ledger.ts';
import type { TaskRecord } from './record.ts';
import type { Sleep } from './sleep.ts';
import { toTaskError } from './taskErrors.ts';
import type { TaskEvent } from './transitions.ts';

/** Milliseconds between attempts to write down what EvoLink answered, while the disk doesn't take it. */
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 10_000;

/** What came of a POST; `threw` is a fault of the program, after which nobody knows what was sent. */
export type SendResult = CreateOutcome | { readonly outcome: 'threw'; readonly message: string };

interface Services {
  readonly ledger: Ledger;
  readonly sleep: Sleep;
  readonly log: (line: string) => void;
}

/**
 * Writes down what EvoLink answered to the POST of `sent` (the task as it was while it was sent). A disk that doesn't take
 * it is asked again for as long as this process lives: what is accepted is paid for. Returns the task as it is then;
 * undefined where it is gone.
 */
export async function recordOutcome(
  sent: TaskRecord,
  result: SendResult,
  services: Services,
): Promise<TaskRecord | undefined> {
  const { ledger, sleep, log } = services;
  if (result.outcome === 'accepted') log(`Task ${sent.id}: accepted by EvoLink as ${result.task.id}.`);
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      const task = await ledger.apply(sent.id, eventOf(result), current => isSame(current, sent));
      return task ?? (await recordLate(sent, result, services));
    } catch (error) {
      const remote = result.outcome === 'accepted' ? ` EvoLink's id is ${result.task.id}.` : '';
      log(`Task ${sent.id}: its outcome (${result.outcome}) could not be written.${remote} ${String(error)}`);
      if (!ledger.isOpen) throw error;
      await sleep(pause);
    }
  }
}

/** Whether the task is still in the POST that the answer belongs to. */
function isSame(current: TaskRecord, sent: TaskRecord): boolean {
  return current.state === 'submitting' && current.owner === sent.owner && current.attempt === sent.attempt;
}

/**
 * The answer came when the task had been given up by another window (this one was taken for dead), or was removed. An
 * accepted task must not be lost: the uncertain one is resolved, else it becomes a task of its own.
 */
async function recordLate(
  sent: TaskRecord,
  result: SendResult,
  services: Services,
): Promise<TaskRecord | undefined> {
  const { ledger, log } = services;
  const current = ledger.get(sent.id);
  if (result.outcome !== 'accepted') return current;
  const remoteId = result.task.id;
  if (ledger.findRemote(sent.origin, remoteId)) return current;
  if (current?.state === 'uncertain' && current.attempt === sent.attempt) {
    const adopted = await ledger.apply(
      sent.id,
      { type: 'adopt', remoteId },
      task => task.state === 'uncertain' && task.attempt === sent.attempt,
    );
    return adopted ?? (await recordLate(sent, result, services));
  }
  const { error: _old, ...request } = sent;
  const twin: TaskRecord = { ...request, id: newTaskId(), state: 'queued', remoteId };
  await ledger.add(twin, () => ledger.findRemote(sent.origin, remoteId) === undefined);
  log(`Task ${sent.id}: EvoLink's late answer ${remoteId} is followed as task ${twin.id}.`);
  return current ?? ledger.get(twin.id);
}

function eventOf(result: SendResult): TaskEvent {
  switch (result.outcome) {
    case 'accepted': {
      const { task } = result;
      return {
        type: 'accepted',
        remoteId: task.id,
        state: task.state === 'generating' ? 'generating' : 'queued',
        ...(task.estimatedSeconds === undefined ? {} : { estimatedSeconds: task.estimatedSeconds }),
        ...(task.credits.reserved === undefined ? {} : { reserved: task.credits.reserved }),
      };
    }
    case 'rejected':
      return { type: 'rejected', error: toTaskError(result.error) };
    case 'unsent':
      return { type: 'unsent', error: toTaskError(result.error) };
    case 'uncertain':
      return { type: 'outcomeUnknown', error: toTaskError(result.error) };
    case 'threw':
      return { type: 'outcomeUnknown', error: { kind: 'internal', message: result.message } };
  }
}
