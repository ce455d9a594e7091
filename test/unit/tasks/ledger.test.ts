import assert from 'node:assert/strict';
import fs from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { mock } from 'node:test';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ledger, LedgerTooNew, type LedgerChange } from '../../../src/tasks/ledger.ts';
import { IllegalTransition } from '../../../src/tasks/transitions.ts';
import { makeRecord } from '../../support/records.ts';

/** All pages of a database but the first, with the place of their bytes in the file. */
function pagesOf(file: string) {
  const database = new DatabaseSync(file);
  try {
    return database
      .prepare('SELECT pgoffset, pgsize, name, pagetype, ncell FROM dbstat WHERE pageno > 1')
      .all()
      .map(page => ({
        at: Number(page['pgoffset']),
        size: Number(page['pgsize']),
        name: String(page['name']),
        type: String(page['pagetype']),
        rows: Number(page['ncell']),
      }));
  } finally {
    database.close();
  }
}

describe('Ledger', () => {
  let folder: string;
  let file: string;
  const open: Ledger[] = [];

  function openLedger(): Ledger {
    const ledger = Ledger.open({ file, now: () => 42 });
    open.push(ledger);
    return ledger;
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledger-'));
    file = join(folder, 'tasks.db');
  });

  afterEach(async () => {
    for (const ledger of open.splice(0)) ledger.close();
    await rm(folder, { recursive: true });
  });

  it('gives back after reopening what was recorded', async () => {
    const record = makeRecord({
      prompt: 'Ein "Prompt" 안녕 👩‍🚀\n\u2028',
      source: { uri: 'file:///a.ipynb', cell: 2, line: 3, text: 't', hash: 'h' },
    });
    const first = openLedger();
    await first.add(record);
    first.close();
    assert.deepEqual(openLedger().all(), [record]);
  });

  it('refuses an illegal event and leaves the task as it was', async () => {
    const ledger = openLedger();
    const record = makeRecord();
    await ledger.add(record);
    await assert.rejects(ledger.apply(record.id, { type: 'downloadAgain' }), IllegalTransition);
    assert.deepEqual(ledger.get(record.id), record);
  });

  it('writes nothing where the writer may not write any more', async () => {
    const ledger = openLedger();
    const record = makeRecord();
    await ledger.add(record);
    assert.equal(await ledger.apply(record.id, { type: 'submit' }, () => false), undefined);
    assert.equal(ledger.get(record.id)?.state, 'waiting');
  });

  it('tells of each change once, after it is written', async () => {
    const ledger = openLedger();
    const changes: LedgerChange[] = [];
    ledger.onDidChange(change => changes.push(change));
    const record = makeRecord();
    await ledger.add(record);
    await ledger.apply(record.id, { type: 'submit' });
    await ledger.remove(record.id);
    assert.deepEqual(
      changes.map(change => [change.id, change.task?.state]),
      [
        [record.id, 'waiting'],
        [record.id, 'submitting'],
        [record.id, undefined],
      ],
    );
  });

  it('removes only what is as the user saw it', async () => {
    const ledger = openLedger();
    const record = makeRecord();
    await ledger.add(record);
    await ledger.apply(record.id, { type: 'submit' });
    assert.equal(await ledger.remove(record.id, task => task.state === 'waiting'), false);
    assert.equal(ledger.get(record.id)?.state, 'submitting');
    assert.equal(await ledger.remove(record.id), true);
    assert.equal(ledger.get(record.id), undefined);
  });

  it('does not call a change failed because another process keeps it from being read back', async () => {
    await mkdir(`${file}-shm`); // no WAL: a writer keeps readers out
    const ledger = openLedger();
    const other = new DatabaseSync(file);
    const told: LedgerChange[] = [];
    ledger.onDidChange(change => told.push(change));
    const record = makeRecord();
    const lock = (): void => other.exec('BEGIN EXCLUSIVE');
    for (const write of [
      () => ledger.add(record),
      () => ledger.apply(record.id, { type: 'submit' }),
      () => ledger.remove(record.id),
    ]) {
      const writing = write(); // the first attempt is made at once
      lock();
      await writing;
      assert.throws(() => ledger.all(), /locked/);
      other.exec('COMMIT');
      await sleep(150);
    }
    other.close();
    assert.deepEqual(
      told.map(change => change.task?.state),
      ['waiting', 'submitting', undefined],
    );
  });

  it('waits for another writer without standing still', async () => {
    const ledger = openLedger();
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    let turns = 0;
    const ticker = setInterval(() => (turns += 1), 10);
    const writing = ledger.add(makeRecord());
    await sleep(300);
    other.exec('COMMIT');
    other.close();
    await writing;
    clearInterval(ticker);
    assert.equal(ledger.all().length, 1);
    assert(turns >= 3, `the event loop turned ${turns} times in 300 ms`);
  });

  it('tells what another process changed or removed, once, when asked to read', async () => {
    const mine = openLedger();
    const theirs = openLedger();
    const told: LedgerChange[] = [];
    const toldNow = (): number => told.length;
    mine.onDidChange(change => told.push(change));
    const [kept, removed] = [makeRecord(), makeRecord()];
    await theirs.add(kept);
    await theirs.add(removed);
    await theirs.apply(kept.id, { type: 'submit' });
    await theirs.remove(removed.id);
    assert.equal(toldNow(), 0);
    mine.readChanges();
    mine.readChanges();
    assert.deepEqual(
      told.map(change => [change.id, change.task?.state]),
      [
        [removed.id, undefined],
        [kept.id, 'submitting'],
      ],
    );
  });

  it('puts a damaged file aside and starts anew', async () => {
    await writeFile(file, 'this is no database, but long enough to be read as one '.repeat(100));
    const ledger = openLedger();
    assert.deepEqual(ledger.all(), []);
    assert(ledger.damagedFile);
    assert((await readdir(folder)).some(name => name.includes('.damaged-')));
  });

  it('puts aside also what is damaged anywhere inside, and takes over all that can be read', async () => {
    const first = openLedger();
    const records = Array.from({ length: 40 }, (_, i) =>
      makeRecord({ state: i % 4 ? 'saved' : 'queued', remoteId: `remote-${i}`, prompt: 'p'.repeat(500) }),
    );
    for (const record of records) await first.add(record);
    first.close();
    const pages = pagesOf(file);
    const whole = await readFile(file);
    let repaired = 0;
    for (const { at, size, name, type, rows } of pages) {
      const damaged = Buffer.from(whole).fill(0xa5, at, at + size);
      await writeFile(file, damaged);
      const ledger = openLedger();
      if (ledger.damagedFile !== undefined) {
        repaired += 1;
        assert.deepEqual(await readFile(ledger.damagedFile), damaged);
      }
      const read = ledger.all();
      const lost = name !== 'tasks' ? 0 : type === 'leaf' ? rows : records.length;
      assert.equal(read.length, records.length - lost, `${type} page of ${name}`);
      for (const task of read)
        assert.deepEqual(
          task,
          records.find(({ id }) => id === task.id),
        );
      const known = read.filter(({ state }) => state === 'queued').map(({ id }) => id);
      assert.deepEqual(
        ledger
          .unfinished()
          .map(({ id }) => id)
          .toSorted(),
        known.toSorted(),
      );
      await ledger.add(makeRecord());
      assert.equal(openLedger().all().length, read.length + 1);
      for (const other of open.splice(0)) other.close();
      for (const name of await readdir(folder)) await rm(join(folder, name));
    }
    assert(repaired > 5);
  });

  it('leaves a list that is damaged inside where it is while another window works with it', async () => {
    const first = openLedger();
    for (let i = 0; i < 40; i++) await first.add(makeRecord({ prompt: 'p'.repeat(500) }));
    first.close();
    const page = pagesOf(file).find(({ name, type }) => name === 'tasks' && type === 'leaf');
    assert(page);
    await writeFile(file, (await readFile(file)).fill(0xa5, page.at, page.at + page.size));
    const other = new DatabaseSync(file);
    other.prepare('SELECT newest FROM changes').get();
    const second = openLedger();
    assert.equal(second.damagedFile, undefined);
    other.close();
    second.close();
    assert.notEqual(openLedger().damagedFile, undefined);
  });

  it('leaves a row that can’t be read where it is, and gives all others', async () => {
    const ledger = openLedger();
    const record = makeRecord();
    await ledger.add(record);
    const other = new DatabaseSync(file);
    other.exec(
      `INSERT INTO tasks (id, state, created_at, change, record) VALUES ('odd', 'queued', 1, 1, '{"id":')`,
    );
    assert.deepEqual(ledger.all(), [record]);
    assert.equal(ledger.get('odd'), undefined);
    assert.equal(Number(other.prepare('SELECT count(*) AS n FROM tasks').get()?.['n']), 2);
    other.close();
  });

  it('does not call a change failed because a listener failed', async () => {
    const ledger = openLedger();
    ledger.onDidChange(() => {
      throw new Error('the view is gone');
    });
    const record = makeRecord();
    await ledger.add(record);
    assert.equal((await ledger.apply(record.id, { type: 'submit' }))?.state, 'submitting');
  });

  it('brings a list of the first version up to date with its tasks', () => {
    const record = makeRecord({ state: 'queued', remoteId: 'task-unified-1-a' });
    const old = new DatabaseSync(file);
    old.exec(`CREATE TABLE tasks (id TEXT PRIMARY KEY, state TEXT NOT NULL, created_at INTEGER NOT NULL, change INTEGER NOT NULL, record TEXT NOT NULL);
      CREATE INDEX tasks_by_state ON tasks (state); CREATE INDEX tasks_by_change ON tasks (change);
      CREATE TABLE removed (id TEXT PRIMARY KEY, change INTEGER NOT NULL);
      CREATE TABLE changes (newest INTEGER NOT NULL); INSERT INTO changes VALUES (1); PRAGMA user_version = 1`);
    old
      .prepare('INSERT INTO tasks VALUES (?, ?, ?, 1, ?)')
      .run(record.id, record.state, record.createdAt, JSON.stringify(record));
    old.close();
    assert.deepEqual(openLedger().findRemote(record.origin, 'task-unified-1-a'), record);
  });

  it('does without shared memory where the disk has none', async () => {
    await mkdir(`${file}-shm`);
    const ledger = openLedger();
    const record = makeRecord();
    await ledger.add(record);
    ledger.close();
    assert.deepEqual(openLedger().all(), [record]);
  });

  it('does without shared memory on a network drive, which other machines may work with as well', async () => {
    const record = makeRecord();
    const local = openLedger();
    await local.add(record);
    local.close();
    const place = fs.statfsSync(folder, { bigint: true });
    const NFS = 0x6969n;
    const asking = mock.method(fs, 'statfsSync', () => ({ ...place, type: NFS }));
    syncBuiltinESMExports();
    try {
      const ledger = openLedger();
      await ledger.apply(record.id, { type: 'submit' });
      assert.equal(openLedger().get(record.id)?.state, 'submitting');
      assert.deepEqual(await readdir(folder), ['tasks.db']);
    } finally {
      asking.mock.restore();
      syncBuiltinESMExports();
    }
  });

  it('refuses a second task of the same id', async () => {
    const ledger = openLedger();
    const record = makeRecord();
    await ledger.add(record);
    await assert.rejects(ledger.add(record));
    assert.deepEqual(ledger.all(), [record]);
  });

  it('refuses a list of a newer version', () => {
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    assert.throws(
      () => openLedger(),
      (error: unknown) => error instanceof LedgerTooNew && error.version === 99,
    );
  });
});
