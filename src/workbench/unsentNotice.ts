import * as vscode from 'vscode';
import type { TaskRecord } from '../tasks/record.ts';
import { actions, tell } from './actions.ts';
import { explainTask } from './errorSentences.ts';

/** Milliseconds without another one after which those that came together are told of. */
const QUIET = 500;

/** Tells of requests whose window was closed before they were sent: once for all that come together, with one button. */
export class UnsentNotice implements vscode.Disposable {
  readonly #tasks = new Map<string, TaskRecord>();
  #timer: NodeJS.Timeout | undefined;

  add(task: TaskRecord): void {
    this.#tasks.set(task.id, task);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), QUIET);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #tell(): void {
    const tasks = [...this.#tasks.values()];
    this.#tasks.clear();
    const [first] = tasks;
    if (tasks.length === 1) {
      const explanation = first && explainTask(first);
      if (explanation) void tell('warning', explanation.message, ...explanation.buttons);
      return;
    }
    void tell(
      'warning',
      tasks.every(({ charged }) => charged === 'no')
        ? vscode.l10n.t(
            '{0} requests were not sent: their window was closed before. Nothing was charged.',
            tasks.length,
          )
        : vscode.l10n.t('{0} requests were not sent again: their window was closed before.', tasks.length),
      actions.sendAll(tasks.map(({ id }) => id)),
      actions.showTasks(),
    );
  }
}
