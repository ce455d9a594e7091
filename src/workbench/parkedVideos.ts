import * as vscode from 'vscode';
import { moveIn } from '../tasks/moveIn.ts';
import type { TaskRecord } from '../tasks/record.ts';
import { outputSegments } from '../videos/folder.ts';
import type { Session } from './session.ts';
import type { Studio } from './studio.ts';
import { isOpenHere } from './target.ts';
import { VirtualFolder } from './virtualFolder.ts';
import type { Log } from './host/log.ts';

/** Milliseconds before a folder that could not be written to is tried again. */
const RETRY = 60_000;

/**
 * Brings the finished videos of this window's folders home where only VS Code can write to them. Everything else is the
 * follower's work.
 */
export class ParkedVideos implements vscode.Disposable {
  readonly #studio: Studio;
  readonly #log: Log;
  readonly #listeners: vscode.Disposable;
  /** Ids of tasks that are being moved in. */
  readonly #moving = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(studio: Studio, log: Log) {
    this.#studio = studio;
    this.#log = log;
    this.#listeners = vscode.Disposable.from(
      studio.onDidChangeTask(({ task, session }) => {
        if (task) this.#take(task, session);
      }),
      studio.onDidOpen(session => this.#takeAll(session)),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.refresh()),
    );
  }

  dispose(): void {
    this.#listeners.dispose();
    clearTimeout(this.#timer);
  }

  /** Tries now what could not be moved in before. */
  refresh(): void {
    for (const session of this.#studio.open) this.#takeAll(session);
  }

  #takeAll(session: Session): void {
    for (const task of session.ledger.inStates(['downloading'])) this.#take(task, session);
  }

  #take(task: TaskRecord, session: Session): void {
    const { workspaceFolder } = task.target;
    if (!task.parked || task.state !== 'downloading' || this.#moving.has(task.id)) return;
    if (workspaceFolder.startsWith('file:') || !isOpenHere(workspaceFolder)) return;
    this.#moving.add(task.id);
    void this.#move(task, session)
      .catch((error: unknown) => {
        this.#log.warn(
          `Task ${task.id}: its video could not be moved to ${workspaceFolder}: ${String(error)}`,
        );
        return undefined;
      })
      .then(moved => {
        this.#moving.delete(task.id);
        // Another window that is at it may be one that VS Code does not answer any more.
        if (!moved) this.#tryLater();
      });
  }

  #tryLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.refresh();
    }, RETRY);
  }

  async #move(task: TaskRecord, { ledger }: Session): Promise<TaskRecord | undefined> {
    const segments = outputSegments(task.target.outputFolder);
    if (typeof segments === 'string')
      throw new Error(`The setting outputFolder is no longer usable: ${segments}.`);
    const folder = vscode.Uri.joinPath(vscode.Uri.parse(task.target.workspaceFolder), ...segments);
    return await moveIn(task, new VirtualFolder(folder), ledger, { log: line => this.#log.warn(line) });
  }
}
