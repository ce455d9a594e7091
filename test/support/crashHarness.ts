import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { Faults, type Fault } from '../../src/simulator/faults.ts';
import type { Answer } from '../../src/simulator/answer.ts';
import { startSimulator, type Exchange, type Simulator } from '../../src/simulator/server.ts';
import { Ledger } from '../../src/tasks/ledger.ts';
import { adoptOutcome } from '../../src/tasks/outcomes.ts';
import type { CrashChildOptions } from './crashChild.ts';
import { repository } from './paths.ts';
import { startProcess, type OwnedProcess } from './processes.ts';

const CLIP = join(repository, 'media', 'demo', 'clip.mp4');

/** Milliseconds. */
const SLOWEST = 300;

export interface CrashRunOptions {
  /** Ends after so many kills, or so many milliseconds. */
  readonly kills: number;
  readonly milliseconds: number;
  /** Processes at once. */
  readonly windows: number;
  /** Tasks that each process begins. */
  readonly tasksEach: number;
  /** Milliseconds that a process lives at most after it is ready. */
  readonly lifetime: number;
  /** Ordered before each start. */
  readonly faults?: () => readonly Fault[];
}

export interface CrashRunResult {
  readonly kills: number;
  readonly seconds: number;
  /** Recorded in the ledger before a process said so. */
  readonly tasks: number;
  readonly states: Readonly<Record<string, number>>;
  readonly posts: number;
  /** Tasks at the simulator: each would cost money. */
  readonly paid: number;
  /** Uncertain at the end, and found again by the list or the user's pick. */
  readonly pickedByUser: number;
  readonly files: number;
  /** What breaks one of the invariants; empty where all hold. */
  readonly broken: readonly string[];
}

/** Kills processes that send and follow tasks at random instants, and looks what became of every task. */
export async function runCrashes(options: CrashRunOptions): Promise<CrashRunResult> {
  const folder = await mkdtemp(join(tmpdir(), 'seedance-crash-'));
  try {
    return await new CrashRun(folder, options).run();
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

class CrashRun {
  readonly #folder: string;
  readonly #options: CrashRunOptions;
  readonly #faults = new Faults();
  readonly #added = new Set<string>();
  readonly #postsOf = new Map<string, number>();
  readonly #broken: string[] = [];
  readonly #checkedFiles = new Set<string>();
  #starts = 0;
  #kills = 0;
  #sha256 = '';

  constructor(folder: string, options: CrashRunOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  async run(): Promise<CrashRunResult> {
    const { kills, milliseconds, windows } = this.#options;
    const started = performance.now();
    this.#sha256 = sha256(await readFile(CLIP));
    const simulator = await startSimulator({
      clip: CLIP,
      speed: 150,
      credits: 1e9,
      // Nothing may rest on EvoLink honouring the key.
      idempotency: false,
      intercept: exchange => this.#answerSlowly(exchange),
    });
    try {
      const lane = async (): Promise<void> => {
        while (this.#kills < kills && performance.now() - started < milliseconds)
          await this.#oneLife(simulator);
      };
      await Promise.all(Array.from({ length: windows }, lane));
      this.#faults.clear();
      await this.#toTheEnd(simulator);
      const pickedByUser = await this.#pick(simulator);
      if (pickedByUser > 0) await this.#toTheEnd(simulator);
      await this.#checkWindows();
      return await this.#result(simulator, started, pickedByUser);
    } finally {
      await simulator.close();
    }
  }

  /** A pause before and after each step of EvoLink, so that deaths fall between them. */
  async #answerSlowly(exchange: Exchange): Promise<Answer | 'answered'> {
    const { method, path, body } = exchange.request;
    if (method === 'POST' && path === '/v1/videos/generations') {
      const { prompt } = v.parse(v.object({ prompt: v.string() }), JSON.parse(body));
      this.#postsOf.set(prompt, (this.#postsOf.get(prompt) ?? 0) + 1);
    }
    if (path.startsWith('/files/') && Math.random() < 0.5)
      this.#faults.order({ on: 'file', stallAt: 60_000, stallFor: Math.random() / 2 });
    await sleep(Math.random() * SLOWEST);
    const answer = await this.#faults.intercept(exchange);
    await sleep(Math.random() * SLOWEST);
    return answer;
  }

  async #oneLife(simulator: Simulator): Promise<void> {
    this.#faults.clear();
    this.#faults.order(...(this.#options.faults?.() ?? []));
    const child = this.#start(simulator, this.#options.tasksEach);
    await child.ready;
    await Promise.race([sleep(Math.random() * this.#options.lifetime), child.ended]);
    await child.process.kill();
    this.#kills += 1;
    await this.#checkFiles();
  }

  async #toTheEnd(simulator: Simulator): Promise<void> {
    const child = this.#start(simulator, 0);
    await Promise.race([child.ended, sleep(90_000, undefined, { ref: false })]);
    if (!child.said.includes('idle'))
      this.#broken.push(`not at its end after 90 s: ${child.errors().slice(-2000)}`);
    await child.process.stop();
  }

  #start(simulator: Simulator, tasks: number): Child {
    this.#starts += 1;
    const options: CrashChildOptions = {
      storage: join(this.#folder, 'storage'),
      workspace: this.#folder,
      url: simulator.url,
      key: simulator.key,
      prompts: Array.from({ length: tasks }, (_, i) => `start ${this.#starts} task ${i}`),
    };
    return startChild(options, line => {
      if (line.startsWith('added ')) this.#added.add(line.slice('added '.length));
    });
  }

  /** No file has a final name and other bytes than the clip's, at any time. */
  async #checkFiles(): Promise<number> {
    const videos = join(this.#folder, 'videos');
    const names = (await readdir(videos).catch(() => [])).filter(name => name.endsWith('.mp4'));
    for (const name of names) {
      if (this.#checkedFiles.has(name)) continue;
      this.#checkedFiles.add(name);
      if (sha256(await readFile(join(videos, name))) !== this.#sha256)
        this.#broken.push(`wrong bytes in ${name}`);
    }
    return names.length;
  }

  /** The last window has taken away what the killed ones left, and has itself ended. */
  async #checkWindows(): Promise<void> {
    const left = await readdir(join(this.#folder, 'storage', 'windows'));
    if (left.length > 0) this.#broken.push(`left behind by windows: ${left.join(', ')}`);
  }

  /** What the list left open the user decides: they know their own prompt when they see the video. */
  async #pick(simulator: Simulator): Promise<number> {
    const ledger = this.#openLedger();
    let picked = 0;
    for (const task of ledger.inStates(['uncertain'])) {
      const remote = simulator.tasks.find(({ request }) => request.prompt === task.prompt);
      if (remote && (await adoptOutcome(task.id, remote.id, ledger))) picked += 1;
    }
    ledger.close();
    return picked;
  }

  async #result(simulator: Simulator, started: number, pickedByUser: number): Promise<CrashRunResult> {
    const ledger = this.#openLedger();
    const tasks = ledger.all();
    ledger.close();
    const byPrompt = new Map(tasks.map(task => [task.prompt, task]));
    for (const prompt of this.#added) if (!byPrompt.has(prompt)) this.#broken.push(`lost: ${prompt}`);
    const paidFor = new Map<string, number>();
    for (const { id, request } of simulator.tasks) {
      paidFor.set(request.prompt, (paidFor.get(request.prompt) ?? 0) + 1);
      const task = byPrompt.get(request.prompt);
      if (task?.remoteId !== id) this.#broken.push(`paid and not known: ${request.prompt}`);
      else if (task.state !== 'saved')
        this.#broken.push(`paid and not saved: ${request.prompt} is ${task.state}`);
      else if (task.video?.sha256 !== this.#sha256) this.#broken.push(`wrong hash: ${request.prompt}`);
    }
    for (const [prompt, count] of paidFor) if (count > 1) this.#broken.push(`paid ${count} times: ${prompt}`);
    if (!this.#options.faults)
      for (const [prompt, count] of this.#postsOf)
        if (count > 1) this.#broken.push(`sent ${count} times: ${prompt}`);
    const files = await this.#checkFiles();
    const saved = tasks.filter(task => task.state === 'saved').length;
    if (files !== saved) this.#broken.push(`${files} files for ${saved} saved tasks`);
    const states: Record<string, number> = {};
    for (const { state } of tasks) states[state] = (states[state] ?? 0) + 1;
    return {
      kills: this.#kills,
      seconds: (performance.now() - started) / 1000,
      tasks: tasks.length,
      states,
      posts: [...this.#postsOf.values()].reduce((sum, count) => sum + count, 0),
      paid: simulator.tasks.length,
      pickedByUser,
      files,
      broken: this.#broken,
    };
  }

  #openLedger(): Ledger {
    return Ledger.open({ file: join(this.#folder, 'storage', 'tasks.db'), now: Date.now });
  }
}

interface Child {
  readonly process: OwnedProcess;
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  readonly said: string[];
  errors(): string;
}

function startChild(options: CrashChildOptions, onLine: (line: string) => void): Child {
  const script = join(repository, 'test', 'support', 'crashChild.ts');
  const started = startProcess(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    script,
    JSON.stringify(options),
  ]);
  const { stdout, stderr } = started.child;
  if (!stdout || !stderr) throw new Error('The process has no output.');
  const said: string[] = [];
  let errors = '';
  stderr.on('data', chunk => (errors = (errors + String(chunk)).slice(-5000)));
  const lines = createInterface(stdout);
  const ended = once(started.child, 'close').then(() => {});
  const ready = new Promise<void>(resolve => {
    lines.on('line', line => {
      said.push(line);
      onLine(line);
      if (line === 'ready') resolve();
    });
    void ended.then(resolve);
  });
  return { process: started, ready, ended, said, errors: () => errors };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
