import * as vscode from 'vscode';
import { linkDeadline, warnFrom } from '../tasks/deadline.ts';
import type { TaskRecord } from '../tasks/record.ts';
import { actions, tell } from './actions.ts';
import type { Session } from './session.ts';
import type { Studio } from './studio.ts';
import { isOpenHere } from './target.ts';
import { promptLabel, SENTENCE_COLUMNS } from './taskLabels.ts';

/** Milliseconds between two looks at the clock: a machine that slept must not miss the moment. */
const LOOK = 3600_000;

/** Warns once, in the window that a task belongs to, that its video is still not saved and its link will soon die. */
export class DeadlineWatch implements vscode.Disposable {
  readonly #studio: Studio;
  readonly #now: () => number;
  readonly #listeners: vscode.Disposable;
  readonly #warned = new Set<string>();
  /** Ids of tasks whose link is about to die. */
  readonly #near = new Set<string>();
  readonly #onNear: () => void;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param now milliseconds since 1970
   * @param onNear called in every window when a link is about to die: the view shows it
   */
  constructor(studio: Studio, now: () => number, onNear: () => void) {
    this.#studio = studio;
    this.#now = now;
    this.#onNear = onNear;
    this.#listeners = vscode.Disposable.from(
      studio.onDidChangeTask(({ task }) => {
        if (task?.state === 'downloading') this.#look();
      }),
      studio.onDidOpen(() => this.#look()),
    );
  }

  dispose(): void {
    this.#listeners.dispose();
    clearTimeout(this.#timer);
  }

  #look(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    let next = Infinity;
    for (const session of this.#studio.open)
      for (const task of session.ledger.inStates(['downloading'])) {
        const from = warnFrom(task);
        if (from === undefined || this.#warned.has(task.id)) continue;
        if (from > this.#now()) {
          next = Math.min(next, from - this.#now());
          continue;
        }
        if (!this.#near.has(task.id)) {
          this.#near.add(task.id);
          this.#onNear();
        }
        if (concerns(task, session)) this.#warn(task);
      }
    if (next < Infinity) this.#timer = setTimeout(() => this.#look(), Math.min(next, LOOK));
  }

  #warn(task: TaskRecord): void {
    this.#warned.add(task.id);
    const deadline = new Date(linkDeadline(task) ?? this.#now());
    void tell(
      'warning',
      vscode.l10n.t(
        'The video “{0}” is still not saved, and EvoLink’s link to it dies at {1}.',
        promptLabel(task.prompt, SENTENCE_COLUMNS),
        deadline.toLocaleString(vscode.env.language, { dateStyle: 'short', timeStyle: 'short' }),
      ),
      actions.refresh(),
      actions.showTasks(),
      actions.showLog(),
    );
  }
}

/** The window that made the task, or one that has its folder open; where there is neither, any that is there. */
function concerns(task: TaskRecord, session: Session): boolean {
  return (
    task.owner === session.owner || isOpenHere(task.target.workspaceFolder) || !session.isAlive(task.owner)
  );
}
