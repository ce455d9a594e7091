import { EventEmitter } from 'node:events';
import { Downloads, type DownloadProgress, type Save } from './downloads.ts';
import type { Ledger } from './ledger.ts';
import { KEY_PAUSE, Poller, type PollingClient } from './poller.ts';
import type { TaskRecord } from './record.ts';
import { isAllowed, type TaskEvent } from './transitions.ts';

/**
 * Milliseconds after which a window that stands by tries to take over. With the heartbeat and the time that VS Code gets for an
 * answer it is less than the 15 s within which a dead or silent follower is replaced.
 */
const TAKE_OVER = 3_000;
/** Milliseconds between two looks of the one that follows at its own state: whether VS Code answers, and whether the machine slept. */
const HEARTBEAT = 5_000;
/** A heartbeat that comes so many milliseconds late means that the machine slept, or stood still. */
const SLEPT = 30_000;
/** A clock that was set back by more milliseconds than that would let all that is planned come too late. */
const SET_BACK = 30_000;
/** Saved tasks that a new follower looks after, for what a killed one left: so many of the newest, for so many milliseconds. */
const UNTIDY_TASKS = 50;
const UNTIDY_FOR = 7 * 24 * 3600 * 1000;

export interface FollowerOptions {
  readonly ledger: Ledger;
  /** Held by the one process that follows. */
  readonly lock: { readonly held: boolean; tryAcquire(): boolean; release(): void };
  /** The client with the key for an origin; undefined where this window has no key. */
  readonly clientFor: (origin: string) => Promise<PollingClient | undefined>;
  readonly save: Save;
  /** Drops what was kept for going on with a task's download. Never throws. */
  readonly discard: (task: TaskRecord) => Promise<void>;
  /** Whether VS Code still answers: a host whose browser was closed lives on, but can't reach the user's secrets. */
  readonly isHostAlive: () => Promise<boolean>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/**
 * Follows every unfinished task of the machine, until its video is saved: at most one process at a time does it, all others
 * stand by. Has no timer while nothing is unfinished.
 */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #poller: Poller;
  readonly #downloads: Downloads;
  readonly #progress = new EventEmitter<{ download: [DownloadProgress] }>();
  readonly #stopListening: () => void;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;
  #tick: Promise<void> | undefined;
  #wokenMeanwhile = false;
  /** When the last tick was that held the lock; milliseconds since 1970. */
  #heldAt: number | undefined;
  #ended = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
    const { ledger, clientFor, save, discard, now, log } = options;
    const write = (task: TaskRecord, event: TaskEvent): Promise<TaskRecord | undefined> =>
      this.#write(task, event);
    const wake = (): void => this.#wakeIn(0);
    this.#poller = new Poller({ ledger, clientFor, write, wake, now, log });
    this.#downloads = new Downloads({
      ledger,
      save,
      discard,
      write,
      linkWasDead: task => this.#poller.linkWasDead(task),
      onProgress: progress => this.#progress.emit('download', progress),
      wake,
      now,
      log,
    });
    this.#stopListening = ledger.onDidChange(wake);
    wake();
  }

  /** Calls `listener` as the bytes of a result arrive in this process. Returns a function that ends it. */
  onDidDownload(listener: (progress: DownloadProgress) => void): () => void {
    this.#progress.on('download', listener);
    return () => this.#progress.off('download', listener);
  }

  /** Looks at everything now: the key has changed, the network is back, or the user asked. */
  refresh(): void {
    this.#planAnew();
    this.#wakeIn(0);
  }

  /** Lets go of the lock once no file is touched any more. What is being downloaded is gone on with by the next follower. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#stopListening();
    this.#progress.removeAllListeners();
    clearTimeout(this.#timer);
    await this.#tick;
    await this.#letGo();
  }

  /** `end` for those who can't wait. */
  dispose(): void {
    void this.end();
  }

  #wakeIn(milliseconds: number): void {
    if (this.#ended) return;
    if (this.#tick) {
      this.#wokenMeanwhile ||= milliseconds === 0;
      return;
    }
    const at = performance.now() + milliseconds;
    if (this.#timer && this.#timerAt <= at) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#tick = this.#follow().then(pause => {
        this.#tick = undefined;
        if (this.#wokenMeanwhile) this.#wakeIn(0);
        else if (pause !== undefined) this.#wakeIn(pause);
        this.#wokenMeanwhile = false;
      });
    }, milliseconds);
  }

  /** One turn. Returns the milliseconds until the next one; undefined where nothing is to be followed. */
  async #follow(): Promise<number | undefined> {
    try {
      return await this.#turn();
    } catch (error) {
      this.#options.log(`Following failed, will go on: ${String(error)}`);
      return TAKE_OVER;
    }
  }

  async #turn(): Promise<number | undefined> {
    const { ledger, lock, isHostAlive, log } = this.#options;
    if (this.#hasSlept()) {
      log('The machine slept: following is open to all windows again.');
      await this.#letGo();
      return TAKE_OVER * Math.random();
    }
    const followed = ledger.inStates(['queued', 'generating', 'downloading']);
    if (followed.length === 0) {
      await this.#letGo();
      return undefined;
    }
    // Asked before the lock is tried: one that can't follow would else be in the way of the others for as long as it waits.
    if (!(await isHostAlive())) {
      if (lock.held) log('VS Code does not answer: another window may follow.');
      await this.#letGo();
      return TAKE_OVER;
    }
    if (!lock.tryAcquire()) {
      await this.#letGo();
      return TAKE_OVER;
    }
    const loading = followed.filter(isReadyToLoad);
    const running = followed.filter(task => !isReadyToLoad(task));
    const isBlind = running.length > 0 && !(await this.#hasKey(running));
    if (this.#ended) return undefined;
    if (this.#heldAt === undefined) this.#tidyUp();
    if (this.#heldAt !== undefined && this.#heldAt - this.#options.now() > SET_BACK) {
      log('The clock was set back: everything is looked at again.');
      this.#planAnew();
    }
    this.#heldAt = this.#options.now();
    this.#downloads.start(loading, followed);
    if (isBlind) {
      for (const task of running) await this.#poller.tellOfKey(task);
      if (this.#downloads.isBusy) return HEARTBEAT;
      // Another window may have the key.
      await this.#letGo();
      return KEY_PAUSE;
    }
    this.#poller.look(running, followed);
    const due = Math.min(this.#downloads.nextDue(loading), this.#poller.nextDue(running));
    return Math.min(HEARTBEAT, Math.max(10, due - this.#options.now()));
  }

  #planAnew(): void {
    this.#poller.refresh();
    this.#downloads.refresh();
  }

  /** Whether this window can ask for any of them. */
  async #hasKey(tasks: readonly TaskRecord[]): Promise<boolean> {
    for (const origin of new Set(tasks.map(task => task.origin)))
      if (await this.#options.clientFor(origin)) return true;
    return false;
  }

  /** The one that followed before may have been killed at any instant. */
  #tidyUp(): void {
    const { ledger, now } = this.#options;
    const isFresh = (task: TaskRecord): boolean => now() - task.updatedAt < UNTIDY_FOR;
    this.#downloads.tidy(ledger.lately(UNTIDY_TASKS).filter(task => task.state === 'saved' && isFresh(task)));
  }

  #hasSlept(): boolean {
    return this.#heldAt !== undefined && this.#options.now() - this.#heldAt > HEARTBEAT + SLEPT;
  }

  async #letGo(): Promise<void> {
    this.#heldAt = undefined;
    await Promise.all([this.#downloads.stop(), this.#poller.stop()]);
    this.#options.lock.release();
  }

  /** The ledger's word counts: a task that was stopped or removed meanwhile is left alone. */
  async #write(task: TaskRecord, event: TaskEvent): Promise<TaskRecord | undefined> {
    const { ledger, lock } = this.#options;
    return await ledger.apply(task.id, event, current => lock.held && isAllowed(current.state, event.type));
  }
}

/** Its link is known, or it lies on this machine already. */
function isReadyToLoad(task: TaskRecord): boolean {
  return task.state === 'downloading' && (task.resultUrl !== undefined || task.parked !== undefined);
}
