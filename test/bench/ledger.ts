// What the ledger costs with 10,000 tasks, beside a JSON file that is written anew for each change, as globalState does it.
import { mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ledger } from '../../src/tasks/ledger.ts';
import { makeRecord } from '../support/records.ts';

const TASKS = 10_000;
const MOVES = 200;

const folder = await mkdtemp(join(tmpdir(), 'ledger-bench-'));
const file = join(folder, 'tasks.db');
const now = Date.now;
const records = Array.from({ length: TASKS }, (_, i) =>
  makeRecord({ prompt: `Take ${i}: ${'a lighthouse at dusk, waves rolling in, '.repeat(10)}` }),
);

const source = Ledger.open({ file, now });
source.close();
const { DatabaseSync } = await import('node:sqlite');
const database = new DatabaseSync(file);
database.exec('BEGIN');
const insert = database.prepare(
  'INSERT INTO tasks (id, state, created_at, change, record) VALUES (?, ?, ?, 0, ?)',
);
for (const record of records) {
  const state = Number(record.id.slice(4)) > TASKS - 20 ? 'queued' : 'saved';
  insert.run(record.id, state, record.createdAt, JSON.stringify({ ...record, state }));
}
database.exec('COMMIT');
database.close();

const opening: number[] = [];
const listing: number[] = [];
for (let i = 0; i < 9; i++) {
  const start = performance.now();
  const ledger = Ledger.open({ file, now });
  ledger.unfinished();
  opening.push(performance.now() - start);
  ledger.all();
  listing.push(performance.now() - start);
  ledger.close();
}

const ledger = Ledger.open({ file, now });
const durable: number[] = [];
const ticks: number[] = [];
for (let i = 0; i < MOVES; i++) {
  const record = makeRecord();
  await ledger.add(record);
  durable.push(await timed(() => ledger.apply(record.id, { type: 'submit' })));
  await ledger.apply(record.id, { type: 'accepted', remoteId: `task-${i}`, state: 'queued' });
  ticks.push(
    await timed(() => ledger.apply(record.id, { type: 'observed', state: 'generating', progress: 5 })),
  );
}
ledger.close();

const json: number[] = [];
for (let i = 0; i < 9; i++) json.push(await timed(writeJson));
const bare: number[] = [];
const handle = await open(join(folder, 'bare'), 'w');
for (let i = 0; i < MOVES; i++)
  bare.push(
    await timed(async () => {
      await handle.write(Buffer.alloc(4096));
      await handle.sync();
    }),
  );
await handle.close();
await rm(folder, { recursive: true });

console.log(`${TASKS} tasks, medians in ms (with the slowest tenth's begin)`);
show('open, with the unfinished tasks', opening);
show('open and read all tasks', listing);
show('a transition on the disk (full sync)', durable);
show('a tick of progress', ticks);
show('a bare 4 kB write and sync on this disk', bare);
show('all tasks written to a JSON file instead', json);
console.log(`a transition costs ${(median(durable) / median(bare)).toFixed(1)} bare syncs`);
console.log(`a JSON file costs ${(median(json) / median(durable)).toFixed(0)} transitions`);

async function writeJson(): Promise<void> {
  await writeFile(`${file}.json.new`, JSON.stringify(records), { flush: true });
  await rename(`${file}.json.new`, `${file}.json`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[], part = 0.5): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
}

function show(name: string, values: readonly number[]): void {
  console.log(`${name}: ${median(values).toFixed(2)} (${median(values, 0.9).toFixed(2)})`);
}
