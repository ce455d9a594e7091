import { toTask, type TaskRecord } from '../../tasks/record.ts';
import { holdsForAll } from '../../tasks/refusals.ts';
import type { Task, TaskState } from '../../tasks/task.ts';
import { actions, tell } from '../actions.ts';
import { explainTask } from '../errorSentences.ts';
import type { Session } from '../session.ts';
import type { Studio } from '../studio.ts';

const ENDED: ReadonlySet<TaskState> = new Set([
  'saved',
  'uncertain',
  'rejected',
  'failed',
  'expired',
  'stopped',
]);

/** Sends what is recorded, tells once what keeps it from being sent, and gives the tasks as they are then, in their order. */
export async function submitAll(session: Session, ids: readonly string[]): Promise<readonly TaskRecord[]> {
  const sent = await Promise.all(ids.map(id => session.queue.submit(id)));
  const tasks = sent.filter(task => task !== undefined);
  tellCauses(tasks);
  return tasks;
}

/** One message for each cause, with one button that sends all that it keeps back. */
function tellCauses(tasks: readonly TaskRecord[]): void {
  const kept = tasks.filter(
    ({ state, error }) => error && (state === 'waiting' || (state === 'rejected' && holdsForAll(error.kind))),
  );
  for (const group of Map.groupBy(kept, task => task.error?.kind).values()) {
    const waiting = group.filter(({ state }) => state === 'waiting');
    const [first] = waiting.length > 0 ? waiting : group;
    const explanation = first && explainTask(first);
    if (!explanation) continue;
    const buttons =
      waiting.length > 1
        ? [
            ...explanation.buttons.filter(({ arguments: args }) => !args?.includes(first.id)),
            actions.sendAll(waiting.map(({ id }) => id)),
          ]
        : explanation.buttons;
    // An error is seen in Do Not Disturb too.
    void tell('error', explanation.message, ...buttons);
  }
}

/** The task when it has ended, was removed, or went with the demo. */
export async function ended(session: Session, task: TaskRecord, studio: Studio): Promise<Task> {
  // The list may have gone, or the task ended, since its record was read.
  if (!session.ledger.isOpen) return toTask(task);
  let newest = session.ledger.get(task.id);
  if (!newest || ENDED.has(newest.state) || !studio.open.includes(session)) return toTask(newest ?? task);
  return await new Promise(resolve => {
    const finish = (): void => {
      stopListening();
      switches.dispose();
      resolve(toTask(newest ?? task));
    };
    const stopListening = session.ledger.onDidChange(change => {
      if (change.id !== task.id) return;
      newest = change.task ?? newest;
      if (!change.task || ENDED.has(change.task.state)) finish();
    });
    const switches = studio.onDidSwitch(() => {
      if (!studio.open.includes(session)) finish();
    });
  });
}
