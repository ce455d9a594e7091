import * as vscode from 'vscode';
import type { TaskRecord } from '../tasks/record.ts';
import { holdsForAll } from '../tasks/refusals.ts';
import type { TaskState } from '../tasks/task.ts';
import { actions, tell } from './actions.ts';
import { needsPerson } from './attention.ts';
import { explainTask } from './errorSentences.ts';
import { playVideo } from './playVideo.ts';
import type { Session } from './session.ts';
import { opensWhenReady } from './settings.ts';
import type { Studio } from './studio.ts';
import { isOpenHere } from './target.ts';
import { UnsentNotice } from './unsentNotice.ts';

/** Ends that a person is told about. */
const TOLD: ReadonlySet<TaskState> = new Set(['rejected', 'failed', 'uncertain', 'expired']);
const FOLLOWED: ReadonlySet<TaskState> = new Set(['queued', 'generating', 'downloading']);

/** Tells once of each end, and of what needs a person, in the window that the task belongs to; opens the saved video. */
export class Announcer implements vscode.Disposable {
  readonly #listener: vscode.Disposable;
  readonly #told = new Map<string, string>();
  readonly #unsent = new UnsentNotice();

  constructor(studio: Studio) {
    this.#listener = studio.onDidChangeTask(({ id, task, session }) => {
      if (!task) this.#told.delete(id);
      else if (belongsHere(task, session)) this.#announce(task);
    });
  }

  dispose(): void {
    this.#listener.dispose();
    this.#unsent.dispose();
  }

  #announce(task: TaskRecord): void {
    const what = `${task.state} ${task.error?.kind ?? ''}`;
    const before = this.#told.get(task.id);
    this.#told.set(task.id, what);
    if (what === before) return;
    if (before?.startsWith('uncertain') && FOLLOWED.has(task.state)) {
      void tell(
        'information',
        vscode.l10n.t('EvoLink has taken this request: its video will be saved.'),
        actions.showTasks(),
      );
    }
    if (task.state === 'saved') {
      if (task.video && before !== undefined && opensWhenReady())
        void playVideo(vscode.Uri.parse(task.video.uri), 'background');
      return;
    }
    if (!TOLD.has(task.state) && !(task.error && needsPerson(task.error.kind))) return;
    if (task.parked && task.error?.kind === 'folderElsewhere' && isOpenHere(task.target.workspaceFolder))
      return; // moved in by this window
    // What keeps a request from being sent is told by the command that waits for it, once for all that it keeps.
    if (task.state === 'rejected' && task.error && holdsForAll(task.error.kind)) return;
    if (task.state === 'waiting') {
      if (task.error?.kind === 'windowGone') this.#unsent.add(task);
      return;
    }
    const explanation = explainTask(task);
    if (explanation)
      void tell(
        task.state === 'failed' || task.state === 'rejected' ? 'error' : 'warning',
        explanation.message,
        ...explanation.buttons,
      );
  }
}

/**
 * The window in which Generate was pressed; where that is gone, one that has the task's folder open. Of a video that is kept
 * because its folder can't be used, any: the user has to choose another.
 */
export function belongsHere(task: TaskRecord, session: Session): boolean {
  if (task.owner === session.owner) return true;
  if (session.isAlive(task.owner)) return false;
  return task.parked !== undefined || isOpenHere(task.target.workspaceFolder);
}
