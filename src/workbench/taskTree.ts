import * as vscode from 'vscode';
import { PRICE_TABLE } from '../evolink/pricing.ts';
import type { TaskRecord } from '../tasks/record.ts';
import type { TaskState } from '../tasks/task.ts';
import { isAllowed } from '../tasks/transitions.ts';
import { explainTask } from './errorSentences.ts';
import type { Session } from './session.ts';
import { ledgerSentence, type Studio } from './studio.ts';
import {
  costLabel,
  optionsLabel,
  progressLabel,
  promptLabel,
  rowLabel,
  SENTENCE_COLUMNS,
  stateIcon,
  stateLabel,
} from './taskLabels.ts';
import type { Thumbnails } from './thumbnails.ts';

const RUNNING: ReadonlySet<TaskState> = new Set([
  'waiting',
  'submitting',
  'queued',
  'generating',
  'downloading',
]);

/** The view `seedance.tasks`: every task of the session that is shown, newest first. Elements are task ids. */
export class TaskTree implements vscode.TreeDataProvider<string>, vscode.Disposable {
  readonly #studio: Studio;
  readonly #thumbnails: Thumbnails;
  readonly #changes = new vscode.EventEmitter<string | undefined>();
  readonly #disposables: vscode.Disposable[] = [this.#changes];
  readonly #view: vscode.TreeView<string>;
  readonly #downloads = new Map<string, { bytes: number; total?: number }>();
  readonly #listened = new WeakSet<Session>();
  /** Ids of the rows as VS Code was given them last. */
  #rows: ReadonlySet<string> = new Set();
  readonly onDidChangeTreeData = this.#changes.event;

  constructor(studio: Studio, thumbnails: Thumbnails) {
    this.#studio = studio;
    this.#thumbnails = thumbnails;
    this.#view = vscode.window.createTreeView('seedance.tasks', { treeDataProvider: this });
    this.#disposables.push(
      this.#view,
      studio.onDidChangeTask(change => {
        if (change.session !== this.#studio.current) return;
        this.#downloads.delete(change.id);
        // A new or removed task changes the list, anything else one row.
        this.#changes.fire(change.task && this.#rows.has(change.id) ? change.id : undefined);
        this.#updateBadge();
      }),
      studio.onDidSwitch(() => {
        this.#changes.fire(undefined);
        this.#updateBadge();
      }),
      studio.onDidOpen(session => this.#listen(session)),
    );
  }

  /** Draws everything anew. */
  refresh(): void {
    this.#changes.fire(undefined);
  }

  async reveal(id: string): Promise<void> {
    await this.#view.reveal(id, { select: true, focus: true });
  }

  getParent(): undefined {
    return undefined;
  }

  getChildren(element?: string): string[] {
    if (element !== undefined) return [];
    try {
      this.#view.message = this.#studio.isDemo
        ? vscode.l10n.t('Demo: videos are samples, and nothing is charged.')
        : '';
      const ids = this.#studio.current.ledger.all().map(task => task.id);
      this.#rows = new Set(ids);
      this.#updateBadge();
      return ids;
    } catch (error) {
      this.#view.message = ledgerSentence(error);
      return [];
    }
  }

  getTreeItem(id: string): vscode.TreeItem {
    const task = this.#studio.current.ledger.get(id);
    if (!task) return new vscode.TreeItem('');
    const item = new vscode.TreeItem(rowLabel(task) || (task.remoteId ?? ''));
    item.id = id;
    item.iconPath = stateIcon(task.state);
    const state = progressLabel(task, this.#downloads.get(id));
    item.description = state;
    item.contextValue = abilities(task).join(' ');
    item.accessibilityInformation = {
      label: vscode.l10n.t('{0}: {1}', state, promptLabel(task.prompt, SENTENCE_COLUMNS)),
    };
    if (task.video) {
      item.command = { command: 'seedance.play', title: vscode.l10n.t('Play'), arguments: [id] };
    }
    return item;
  }

  async resolveTreeItem(item: vscode.TreeItem, id: string): Promise<vscode.TreeItem> {
    const task = this.#studio.current.ledger.get(id);
    if (task) item.tooltip = tooltip(task, await this.#thumbnails.find(id));
    return item;
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #listen(session: Session): void {
    if (this.#listened.has(session)) return;
    this.#listened.add(session);
    const stop = session.follower.onDidDownload(({ id, bytes, total }) => {
      const before = this.#downloads.get(id);
      this.#downloads.set(id, { bytes, ...(total === undefined ? {} : { total }) });
      const percent = (part: number): number => (total ? Math.floor((100 * part) / total) : 0);
      if (percent(bytes) !== percent(before?.bytes ?? 0)) this.#changes.fire(id);
    });
    this.#disposables.push({ dispose: stop });
  }

  #updateBadge(): void {
    const running = this.#studio.current.ledger.unfinished().filter(task => RUNNING.has(task.state)).length;
    this.#view.badge =
      running === 0 ? undefined : { value: running, tooltip: vscode.l10n.t('{0} videos under way', running) };
  }
}

/** Words that the manifest's menus look for in a row. */
function abilities(task: TaskRecord): string[] {
  const words = ['task', task.state];
  if (task.video) words.push('video');
  if (task.source) words.push('source');
  if (task.remoteId !== undefined) words.push('remote');
  if (isAllowed(task.state, 'stopFollowing')) words.push('stoppable');
  if (isAllowed(task.state, 'resumeFollowing')) words.push('resumable');
  if (isAllowed(task.state, 'downloadAgain')) words.push('downloadable');
  if (isAllowed(task.state, 'retarget') && task.error) words.push('stranded');
  if (task.state === 'uncertain' || (task.state === 'waiting' && task.error)) words.push('sendable');
  if (!RUNNING.has(task.state) || task.state === 'waiting') words.push('removable');
  return words;
}

function tooltip(task: TaskRecord, picture: vscode.Uri | undefined): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  if (picture) text.appendMarkdown(`![${vscode.l10n.t('First frame')}](${picture.toString()})\n\n`);
  const explanation = explainTask(task);
  text.appendMarkdown(`**${stateLabel(task.state)}** · `).appendText(optionsLabel(task));
  const cost = costLabel(task, PRICE_TABLE.creditsPerUsd);
  if (cost !== undefined) text.appendText(` · ${cost}`);
  if (explanation) text.appendMarkdown('\n\n').appendText(explanation.message);
  text.appendMarkdown('\n\n').appendText(task.prompt.slice(0, 1000));
  return text;
}
