import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { findDuplicate } from '../../../src/tasks/duplicates.ts';
import { Ledger, OF_REQUEST } from '../../../src/tasks/ledger.ts';
import { requestHash } from '../../../src/tasks/requestHash.ts';
import { TASK_STATES, type TaskState } from '../../../src/tasks/task.ts';
import { makeRecord } from '../../support/records.ts';

const DAY = 24 * 3600_000;
const INSERT_OF_SECOND_VERSION =
  'INSERT INTO tasks (id, state, created_at, change, record) VALUES (?, ?, 1, (SELECT newest FROM changes), ?)';

describe('the ledger, asked before a request is paid for', () => {
  let folder: string;
  let file: string;
  let time = 1_790_000_000_000;
  const open: Ledger[] = [];

  function openLedger(): Ledger {
    const ledger = Ledger.open({ file, now: () => time });
    open.push(ledger);
    return ledger;
  }

  function openSecondVersion(): DatabaseSync {
    const old = new DatabaseSync(file);
    old.exec(`CREATE TABLE tasks (id TEXT PRIMARY KEY, state TEXT NOT NULL, created_at INTEGER NOT NULL, change INTEGER NOT NULL, record TEXT NOT NULL, remote_id TEXT);
      CREATE INDEX tasks_by_state ON tasks (state); CREATE INDEX tasks_by_change ON tasks (change);
      CREATE TABLE removed (id TEXT PRIMARY KEY, change INTEGER NOT NULL);
      CREATE TABLE changes (newest INTEGER NOT NULL); INSERT INTO changes VALUES (7);
      CREATE INDEX tasks_by_creation ON tasks (created_at); CREATE INDEX tasks_by_remote_id ON tasks (remote_id);
      PRAGMA user_version = 2`);
    return old;
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledger-'));
    file = join(folder, 'tasks.db');
  });
  afterEach(async () => {
    for (const ledger of open.splice(0)) ledger.close();
    await rm(folder, { recursive: true });
  });

  it('records several in one transaction: all, or none of them', async () => {
    const ledger = openLedger();
    const [first, second, third] = [makeRecord(), makeRecord(), makeRecord()];
    assert.equal(await ledger.addAll([first, second]), true);
    assert.deepEqual(
      openLedger()
        .all()
        .map(({ id }) => id),
      [second.id, first.id],
    );
    await assert.rejects(ledger.addAll([third, first]));
    assert.equal(ledger.get(third.id), undefined);
    assert.equal(await ledger.addAll([third], () => false), false);
    assert.equal(ledger.get(third.id), undefined);
  });

  it('finds the tasks of just this request, and tells those apart that came after a mark', async () => {
    const ledger = openLedger();
    const prompt = 'Twice.';
    const [first, other] = [makeRecord({ prompt }), makeRecord({ prompt: 'Something else.' })];
    await ledger.addAll([first, other]);
    const mark = ledger.mark();
    assert.deepEqual(ledger.ofRequest(first.request), [first]);
    assert.deepEqual(ledger.ofRequest(first.request, mark), []);
    // A change of an older task is no new record of it; another window's record is one.
    await ledger.apply(first.id, { type: 'submit' });
    assert.deepEqual(ledger.ofRequest(first.request, mark), []);
    const second = makeRecord({ prompt });
    await openLedger().add(second);
    assert.deepEqual(ledger.ofRequest(first.request, mark), [second]);
    // A row whose place was taken by a later one is not taken for the earlier one.
    await ledger.remove(second.id);
    const third = makeRecord({ prompt });
    await ledger.add(third);
    assert.deepEqual(ledger.ofRequest(first.request, mark), [third]);
  });

  it('takes requests for the same whatever the order of their fields', () => {
    const { request } = makeRecord();
    const turned = Object.fromEntries(Object.entries(request).toReversed());
    assert.equal(requestHash({ ...request, ...turned }), requestHash(request));
    assert.notEqual(requestHash({ ...request, duration: 6 }), requestHash(request));
  });

  it('looks a request up without reading other tasks', async () => {
    const ledger = openLedger();
    await ledger.addAll(Array.from({ length: 50 }, (_, i) => makeRecord({ prompt: `Number ${i}.` })));
    ledger.close();
    const database = new DatabaseSync(file);
    const plan = database
      .prepare(`EXPLAIN QUERY PLAN SELECT id, change, record FROM tasks ${OF_REQUEST}`)
      .all('', 0)
      .map(row => String(row['detail']));
    const reads = plan.filter(step => /SEARCH|SCAN/.test(step));
    assert.equal(reads.length, 2);
    for (const step of reads) assert.match(step, /SEARCH tasks USING INDEX tasks_by_request/);
    database.close();
  });

  it('counts what went unasked over all windows, and removed tasks too', async () => {
    const [one, two] = [openLedger(), openLedger()];
    const task = makeRecord();
    await one.addAll([task], undefined, 67.5);
    await two.addAll([makeRecord()], undefined, 10);
    await two.addAll([makeRecord()]);
    assert.equal(one.unattendedCredits(time - DAY), 77.5);
    await one.remove(task.id);
    assert.equal(one.unattendedCredits(time - DAY), 77.5);
    assert.equal(await one.addAll([makeRecord()], () => false, 5), false);
    assert.equal(two.unattendedCredits(time - DAY), 77.5);
    time += DAY;
    await two.addAll([makeRecord()], undefined, 1);
    assert.equal(one.unattendedCredits(time - DAY), 1);
    // A clock that was put back forgets nothing.
    time -= 3 * DAY;
    assert.equal(one.unattendedCredits(time - DAY), 78.5);
    // Nor does one that jumps forward, if only for a moment.
    time += 30 * DAY;
    await one.addAll([makeRecord()], undefined, 2);
    time -= 30 * DAY;
    assert.equal(one.unattendedCredits(time - DAY), 80.5);
  });

  it('keeps the newest 10,000 of what went unasked', async () => {
    openLedger().close();
    const database = new DatabaseSync(file);
    database.exec(`WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10000)
      INSERT INTO unattended (at, credits) SELECT ${time} - n, CASE n WHEN 1 THEN 1000 ELSE 1 END FROM numbers`);
    database.close();
    const ledger = openLedger();
    assert.equal(ledger.unattendedCredits(0), 10_999);
    await ledger.addAll([makeRecord()], undefined, 5);
    // What was recorded first goes, whatever its time.
    assert.equal(ledger.unattendedCredits(0), 9_999 + 5);
  });

  it('brings a list of the second version up to date, also with rows that can’t be read', () => {
    const record = makeRecord({ state: 'stopped' });
    const old = openSecondVersion();
    const insert = old.prepare(INSERT_OF_SECOND_VERSION);
    insert.run(record.id, record.state, JSON.stringify(record));
    const odd = [
      '{"id":',
      '{"request":"text"}',
      '{"request":"5"}',
      '{"request":"null"}',
      '{"request":7}',
      '[]',
    ];
    for (const [index, text] of odd.entries()) insert.run(`odd${index}`, 'queued', text);
    old.close();
    const ledger = openLedger();
    assert.deepEqual(ledger.ofRequest(record.request), [record]);
    assert.deepEqual(ledger.ofRequest(record.request, ledger.mark()), []);
    assert.equal(ledger.unattendedCredits(0), 0);
  });

  it('finds also what a window records that still runs the second version', async () => {
    const old = openSecondVersion();
    const insert = old.prepare(INSERT_OF_SECOND_VERSION);
    const ledger = openLedger();
    const mark = ledger.mark();
    const record = makeRecord({ prompt: 'From an old window.' });
    old.exec('UPDATE changes SET newest = newest + 1');
    insert.run(record.id, record.state, JSON.stringify(record));
    old.close();
    assert.deepEqual(ledger.ofRequest(record.request), [record]);
    assert.deepEqual(ledger.ofRequest(record.request, mark), [record]);
    assert.deepEqual(ledger.ofRequest(makeRecord({ prompt: 'Another.' }).request), []);
    // A change of it is no new record.
    const second = ledger.mark();
    await ledger.apply(record.id, { type: 'submit' });
    assert.deepEqual(ledger.ofRequest(record.request, second), []);
  });

  it('still knows requests and what went unasked after a damaged list was repaired', async () => {
    const first = openLedger();
    const record = makeRecord();
    await first.addAll([record], undefined, 12);
    for (let i = 0; i < 40; i++) await first.add(makeRecord({ prompt: `${i} ${'p'.repeat(500)}` }));
    first.close();
    const database = new DatabaseSync(file);
    const page = database
      .prepare(
        `SELECT pgoffset AS at, pgsize AS size FROM dbstat WHERE name = 'tasks_by_creation' AND pagetype = 'leaf'`,
      )
      .get();
    database.close();
    const [at, size] = [Number(page?.['at']), Number(page?.['size'])];
    await writeFile(file, (await readFile(file)).fill(0xa5, at, at + size));
    const ledger = openLedger();
    assert(ledger.damagedFile);
    assert.deepEqual(ledger.ofRequest(record.request), [record]);
    assert.equal(ledger.unattendedCredits(0), 12);
  });
});

describe('a duplicate', () => {
  const now = 1_790_000_000_000;

  function isDuplicate(state: TaskState, createdAt: number): boolean {
    const task = makeRecord({ state, createdAt });
    return findDuplicate([task], task.request, now) === task;
  }

  it('is what is under way, may be, or may still be saved, and what was saved within a minute', () => {
    const old = TASK_STATES.filter(state => isDuplicate(state, now - 3600_000));
    assert.deepEqual(old, [
      'waiting',
      'submitting',
      'queued',
      'generating',
      'downloading',
      'uncertain',
      'expired',
      'stopped',
    ]);
    assert.equal(isDuplicate('saved', now - 59_000), true);
    assert.equal(isDuplicate('saved', now - 61_000), false);
  });
});
