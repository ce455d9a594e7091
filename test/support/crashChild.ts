// One window in a process of its own, without VS Code: ledger, queue and follower as the extension connects them, with a user
// who sends what waits and asks EvoLink about what is uncertain. Made to be killed at any instant.
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import fetch from 'node-fetch';
import * as v from 'valibot';
import { EvoLinkClient } from '../../src/evolink/client.ts';
import { Follower } from '../../src/tasks/follower.ts';
import { newIdempotencyKey, newTaskId } from '../../src/tasks/ids.ts';
import { Ledger } from '../../src/tasks/ledger.ts';
import { LedgerWatcher } from '../../src/tasks/ledgerWatcher.ts';
import { ProcessLock } from '../../src/tasks/lock.ts';
import { checkOutcome } from '../../src/tasks/outcomes.ts';
import { saveVideo } from '../../src/tasks/saver.ts';
import { sleep as pause } from '../../src/tasks/sleep.ts';
import { SubmissionQueue } from '../../src/tasks/submissions.ts';
import { discardFiles } from '../../src/tasks/tidy.ts';
import { OrphanWatch, WindowPresence } from '../../src/tasks/windows.ts';
import { makeRecord } from './records.ts';

/** What the parent says on the command line, as JSON. */
export interface CrashChildOptions {
  readonly storage: string;
  readonly workspace: string;
  readonly url: string;
  readonly key: string;
  /** Tasks that this process begins. */
  readonly prompts: readonly string[];
}

const options: CrashChildOptions = v.parse(
  v.object({
    storage: v.string(),
    workspace: v.string(),
    url: v.string(),
    key: v.string(),
    prompts: v.array(v.string()),
  }),
  JSON.parse(process.argv[2] ?? '{}'),
);
const { storage, workspace, url, key } = options;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const log = (line: string): void => void process.stderr.write(`${line}\n`);

mkdirSync(storage, { recursive: true });
const ledger = Ledger.open({ file: join(storage, 'tasks.db'), now: Date.now, log });
const presence = new WindowPresence(join(storage, 'windows'), randomUUID());
presence.sweep().catch(error => log(String(error)));
const watcher = new LedgerWatcher(storage, 'tasks.db', ledger);
const orphans = new OrphanWatch(ledger, presence, log);
const client = new EvoLinkClient({
  baseUrl: url,
  key,
  userAgent: 'seedance-studio-test',
  limits: { readRetries: 0, createTimeout: 5_000, readTimeout: 5_000 },
});
const clientFor = (origin: string) => Promise.resolve(origin === url ? client : undefined);
const queue = new SubmissionQueue({
  ledger,
  clientFor,
  maxConcurrent: () => 6,
  sleep: (milliseconds, signal) => pause(milliseconds / 10, signal),
  random: Math.random,
  log,
});
const follower = new Follower({
  ledger,
  lock: new ProcessLock(join(storage, 'follower.lock')),
  clientFor,
  save: (task, signal, onProgress) => saveVideo(task, signal, onProgress, { fetch, now: Date.now, log }),
  discard: task => discardFiles(task),
  isHostAlive: () => Promise.resolve(true),
  now: Date.now,
  log,
});

async function generate(prompt: string): Promise<void> {
  const record = makeRecord({
    id: newTaskId(),
    origin: url,
    prompt,
    createdAt: Date.now(),
    updatedAt: Date.now(),
    idempotencyKey: newIdempotencyKey(),
    owner: presence.id,
    target: {
      workspaceFolder: pathToFileURL(workspace).href,
      outputFolder: 'videos',
      fileName: '{slug}-{id}',
    },
  });
  await ledger.add(record);
  say(`added ${prompt}`);
  await queue.submit(record.id);
}

const asked = new Set<string>();

/** The user: sends what waits for their word, and asks about what is uncertain. */
async function decide(): Promise<void> {
  for (const task of ledger.inStates(['waiting'])) {
    if (task.owner === presence.id || task.error?.kind !== 'windowGone') continue;
    const mine = await ledger.apply(
      task.id,
      { type: 'sendAgain', owner: presence.id },
      current => current.state === 'waiting',
    );
    if (mine) void queue.submit(task.id).catch(error => log(String(error)));
  }
  for (const { id } of ledger.inStates(['uncertain'])) {
    if (asked.has(id)) continue;
    asked.add(id);
    await checkOutcome(id, { ledger, clientFor, log }).catch(error => {
      asked.delete(id);
      log(String(error));
    });
    return;
  }
}

say('ready');
for (const prompt of options.prompts) void generate(prompt).catch(error => log(String(error)));
for (;;) {
  await sleep(250);
  await decide().catch(error => log(String(error)));
  if (!ledger.hasUnfinished()) break;
}
orphans.dispose();
watcher.dispose();
await queue.end();
await follower.end();
presence.dispose();
ledger.close();
say('idle');
