import { join } from 'node:path';
import * as vscode from 'vscode';
import { taskOfVideo } from './commands/taskCommands.ts';
import type { Studio } from './studio.ts';
import { ThumbnailFiles } from './thumbnailFiles.ts';
import type { Log } from './host/log.ts';

/** The pictures of the tasks: kept when the player shows a video first, deleted with their task. */
export class Thumbnails implements vscode.Disposable {
  readonly #studio: Studio;
  readonly #log: Log;
  readonly #files: ThumbnailFiles;
  readonly #listeners: vscode.Disposable;
  /** Ids of the demo's tasks that have a picture: they go with the demo. */
  readonly #demo = new Set<string>();

  /** @param storage path of the extension's global storage */
  constructor(studio: Studio, storage: string, log: Log) {
    this.#studio = studio;
    this.#log = log;
    this.#files = new ThumbnailFiles(join(storage, 'thumbnails'));
    this.#listeners = vscode.Disposable.from(
      studio.onDidChangeTask(({ id, task }) => {
        if (!task) this.#quietly(this.#files.remove(id));
      }),
      studio.onDidOpen(({ kind, ledger }) => {
        if (kind !== 'account') return;
        const known = new Set(ledger.all().map(({ id }) => id));
        this.#quietly(this.#files.clean(known, Date.now()));
      }),
      studio.onDidSwitch(() => {
        if (!studio.isDemo) this.#forgetDemo();
      }),
    );
  }

  /** The picture of a task as a file. */
  async find(id: string): Promise<vscode.Uri | undefined> {
    const path = await this.#files.find(id);
    return path === undefined ? undefined : vscode.Uri.file(path);
  }

  /** Whether a video is a task's that has no picture yet. */
  async isWanted(video: vscode.Uri): Promise<boolean> {
    const task = taskOfVideo(this.#studio, video);
    return task !== undefined && (await this.#files.find(task.id)) === undefined;
  }

  /** Never rejects: a picture that cannot be kept costs a line in the log. */
  async keep(video: vscode.Uri, png: Uint8Array): Promise<void> {
    const id = taskOfVideo(this.#studio, video)?.id;
    if (id === undefined) return;
    if (this.#studio.find(id)?.session.kind === 'demo') this.#demo.add(id);
    try {
      const kept = await this.#files.keep(id, png);
      this.#log.debug(`Task ${id}: its thumbnail was ${kept ? '' : 'not '}kept`);
      // The task may have gone meanwhile.
      if (!this.#studio.find(id)) await this.#files.remove(id);
    } catch (error) {
      this.#log.warn(`Task ${id}: its thumbnail could not be kept: ${String(error)}`);
    }
  }

  dispose(): void {
    this.#listeners.dispose();
    this.#forgetDemo();
  }

  #forgetDemo(): void {
    this.#files.removeNow(this.#demo);
    this.#demo.clear();
  }

  #quietly(work: Promise<void>): void {
    work.catch((error: unknown) => this.#log.debug(`Thumbnails: ${String(error)}`));
  }
}
