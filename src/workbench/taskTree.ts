import * as vscode from 'vscode';
import type { TaskRecord } from '../tasks/record.ts';
import { isAllowed } from '../tasks/transitions.ts';
import { attentionOf, needOf, OPEN, RUNNING } from './attention.ts';
import { badgeOf, needLabel, needSentences } from './attentionSentences.ts';
import { foreign } from './host/foreignText.ts';
import type { Session } from './session.ts';
import { ledgerSentence, type Studio } from './studio.ts';
import { progressLabel, promptLabel, rowLabel, SENTENCE_COLUMNS, stateIcon } from './taskLabels.ts';
import { taskTooltip } from './taskTooltip.ts';
import type { Thumbnails } from './thumbnails.ts';

/** The view `seedance.tasks`: every task of the session that is shown, newest first. Elements are task ids. */
export class TaskTree implements vscode.TreeDataProvider<string>, vscode.Disposable {
  readonly #studio: Studio;
  readonly #thumbnails: Thumbnails;
  readonly #now: () => number;
  readonly #changes = new vscode.EventEmitter<string | undefined>();
  readonly #disposables: vscode.Disposable[] = [this.#changes];
  readonly #view: vscode.TreeView<string>;
  readonly #downloads = new Map<string, { bytes: number; total?: number }>();
  /** How to stop listening to the downloads of each session that is open. */
  readonly #listened = new Map<Session, () => void>();
  /** Ids of the rows as VS Code was given them last. */
  #rows: ReadonlySet<string> = new Set();
  readonly onDidChangeTreeData = this.#changes.event;

  /** @param now milliseconds since 1970 */
  constructor(studio: Studio, thumbnails: Thumbnails, now: () => number) {
    this.#studio = studio;
    this.#now = now;
    this.#thumbnails = thumbnails;
    this.#view = vscode.window.createTreeView('seedance.tasks', { treeDataProvider: this });
    this.#disposables.push(
      this.#view,
      studio.onDidChangeTask(change => {
        if (change.session !== this.#studio.current) return;
        this.#downloads.delete(change.id);
        // A new or removed task changes the list, anything else one row.
        this.#changes.fire(change.task && this.#rows.has(change.id) ? change.id : undefined);
        this.#tell();
      }),
      studio.onDidSwitch(() => {
        this.#forgetClosed();
        this.refresh();
      }),
      studio.onDidOpen(session => this.#listen(session)),
    );
  }

  /** Draws everything anew. */
  refresh(): void {
    this.#changes.fire(undefined);
    this.#tell();
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
      const ids = this.#studio.current.ledger.all().map(task => task.id);
      this.#rows = new Set(ids);
      this.#tell();
      return ids;
    } catch (error) {
      this.#show([ledgerSentence(error)]);
      return [];
    }
  }

  getTreeItem(id: string): vscode.TreeItem {
    const task = this.#studio.current.ledger.get(id);
    if (!task) return new vscode.TreeItem('');
    const item = new vscode.TreeItem(rowLabel(task) || (task.remoteId ?? ''));
    item.id = id;
    const need = needOf(task, this.#now());
    item.iconPath = stateIcon(task.state, need !== undefined);
    const state = need === undefined ? progressLabel(task, this.#downloads.get(id)) : needLabel(need);
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
    if (task) item.tooltip = taskTooltip(task, await this.#thumbnails.find(id));
    return item;
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    for (const stop of this.#listened.values()) stop();
  }

  #listen(session: Session): void {
    if (this.#listened.has(session)) return;
    const stop = session.follower.onDidDownload(({ id, bytes, total }) => {
      const before = this.#downloads.get(id);
      this.#downloads.set(id, { bytes, ...(total === undefined ? {} : { total }) });
      const percent = (part: number): number => (total ? Math.floor((100 * part) / total) : 0);
      if (percent(bytes) !== percent(before?.bytes ?? 0)) this.#changes.fire(id);
    });
    this.#listened.set(session, stop);
  }

  #forgetClosed(): void {
    for (const [session, stop] of this.#listened) {
      if (this.#studio.open.includes(session)) continue;
      stop();
      this.#listened.delete(session);
    }
  }

  /** Says what needs a person above the rows and on the view's icon: notifications may be hidden. */
  #tell(): void {
    // Nothing is opened for it: the view opens the list when it is seen.
    const tasks = this.#studio.open.length === 0 ? [] : this.#studio.current.ledger.inStates(OPEN);
    const attention = attentionOf(tasks, this.#now());
    this.#view.badge = badgeOf(attention);
    this.#show([
      ...(this.#studio.isDemo ? [vscode.l10n.t('Demo: videos are samples, and nothing is charged.')] : []),
      ...needSentences(attention),
    ]);
  }

  /** VS Code shows a message that is a string as text; `foreign` keeps it harmless should it read Markdown one day. */
  #show(sentences: readonly string[]): void {
    this.#view.message = sentences.map(foreign).join(' ');
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
  if (!RUNNING.includes(task.state) || task.state === 'waiting') words.push('removable');
  return words;
}
