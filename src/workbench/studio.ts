import * as vscode from 'vscode';
import { LedgerTooNew, type LedgerChange } from '../tasks/ledger.ts';
import type { TaskRecord } from '../tasks/record.ts';
import { SqliteMissing } from '../tasks/sqlite.ts';
import { tell } from './actions.ts';
import {
  openAccountSession,
  openDemoSession,
  unfinishedMarker,
  type Session,
  type SessionServices,
} from './session.ts';

/** Milliseconds before a list with unfinished tasks that could not be opened is tried again. */
const RETRY = 10_000;

/** A change in a session's ledger. */
export interface TaskChange extends LedgerChange {
  readonly session: Session;
}

/** Holds the sessions: the account's, opened when it is first needed, and the demo's while the demo runs. */
export class Studio implements vscode.Disposable {
  readonly #storage: string;
  readonly #services: SessionServices;
  readonly #changes = new vscode.EventEmitter<TaskChange>();
  readonly #switches = new vscode.EventEmitter<void>();
  readonly #opened = new vscode.EventEmitter<Session>();
  #account: Session | undefined;
  #demo: Session | undefined;
  #stopWaiting: (() => void) | undefined;
  #retry: NodeJS.Timeout | undefined;

  /** A task of any open session changed. */
  readonly onDidChangeTask = this.#changes.event;
  /** Another session is shown. */
  readonly onDidSwitch = this.#switches.event;
  readonly onDidOpen = this.#opened.event;

  /** `storage` is the path of the extension's global storage. */
  constructor(storage: string, services: SessionServices) {
    this.#storage = storage;
    this.#services = services;
  }

  /** The session that is shown and generates. Throws where the ledger can't be opened. */
  get current(): Session {
    return this.#demo ?? this.account;
  }

  get isDemo(): boolean {
    return this.#demo !== undefined;
  }

  /** Throws where the ledger can't be opened. */
  get account(): Session {
    if (!this.#account) {
      this.#account = openAccountSession(this.#storage, this.#services);
      this.#stopWaiting?.();
      this.#listen(this.#account);
    }
    return this.#account;
  }

  /** All sessions that are open. */
  get open(): readonly Session[] {
    return [this.#account, this.#demo].filter(session => session !== undefined);
  }

  /** Goes on with what was unfinished; opens nothing where nothing is. */
  resume(): void {
    // Another window may start a task and die: then this one takes it up.
    this.#stopWaiting = unfinishedMarker(this.#storage).whenSet(() => this.#openInBackground());
    if (this.#account) this.#stopWaiting();
  }

  startDemo(services: SessionServices): Session {
    if (!this.#demo) {
      this.#demo = openDemoSession(services);
      this.#listen(this.#demo);
    }
    this.#switches.fire();
    return this.#demo;
  }

  /** Resolves when nothing asks the demo's simulator any more. */
  async stopDemo(): Promise<void> {
    const demo = this.#demo;
    this.#demo = undefined;
    this.#switches.fire();
    await demo?.end();
  }

  find(id: string): { session: Session; task: TaskRecord } | undefined {
    for (const session of this.open) {
      const task = session.ledger.get(id);
      if (task) return { session, task };
    }
    return undefined;
  }

  /** Ends all sessions. A request on its way is paid for: its answer is waited for as long as VS Code lets us. */
  async end(): Promise<void> {
    this.#stopOpening();
    await Promise.all(this.open.map(session => session.end()));
  }

  /** To be called after `end`. */
  dispose(): void {
    this.#stopOpening();
    this.#changes.dispose();
    this.#switches.dispose();
    this.#opened.dispose();
  }

  #stopOpening(): void {
    this.#stopWaiting?.();
    clearTimeout(this.#retry);
  }

  /** To be called when the session is among the open ones. */
  #listen(session: Session): void {
    session.ledger.onDidChange(change => this.#changes.fire({ ...change, session }));
    if (session.ledger.damagedFile !== undefined) {
      void tell(
        'warning',
        vscode.l10n.t(
          'The task list was damaged and was put aside as {0}; a new one has what could still be read.',
          session.ledger.damagedFile,
        ),
      );
    }
    this.#opened.fire(session);
  }

  #openInBackground(): void {
    try {
      void this.account;
    } catch (error) {
      this.#services.log.error(ledgerSentence(error));
      this.#services.log.debug(String(error));
      if (error instanceof LedgerTooNew || error instanceof SqliteMissing) return;
      // Nobody else may be there to follow what is unfinished.
      this.#retry ??= setTimeout(() => {
        this.#retry = undefined;
        this.#openInBackground();
      }, RETRY);
    }
  }
}

/** Why the list of tasks can't be opened. */
export function ledgerSentence(error: unknown): string {
  if (error instanceof LedgerTooNew)
    return vscode.l10n.t(
      'The task list was written by a newer version of Seedance Studio. Update the extension to see it.',
    );
  if (error instanceof SqliteMissing)
    return vscode.l10n.t(
      'This version of {0} has no built-in database (node:sqlite of Node 22.16). Update {0} to use Seedance Studio.',
      vscode.env.appName,
    );
  return vscode.l10n.t(
    'The task list can’t be opened: {0}',
    error instanceof Error ? error.message : String(error),
  );
}
