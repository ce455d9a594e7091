import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { mock } from 'node:test';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ledger } from '../../../src/tasks/ledger.ts';
import { OrphanWatch, WindowPresence } from '../../../src/tasks/windows.ts';
import { makeRecord } from '../../support/records.ts';
import { repository } from '../../support/paths.ts';
import { waitFor } from '../../support/waitFor.ts';

describe('WindowPresence', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'windows-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is alive for others until it ends, and leaves nothing then', async () => {
    const [a, b] = [new WindowPresence(folder, 'a'), new WindowPresence(folder, 'b')];
    assert(a.isAlive('a') && a.isAlive('b') && b.isAlive('a'));
    b.dispose();
    assert(!a.isAlive('b'));
    assert(!a.isAlive('never there'));
    a.dispose();
    assert.deepEqual(await readdir(folder), []);
  });

  it('is dead also where its file can’t be removed, as on Windows while it is open', async () => {
    const a = new WindowPresence(folder, 'a');
    await writeFile(join(folder, 'killed.lock'), '');
    const busy = Object.assign(new Error('EBUSY'), { code: 'EBUSY' });
    const removing = mock.method(fs, 'rmSync', () => {
      throw busy;
    });
    syncBuiltinESMExports();
    try {
      assert.equal(a.isAlive('killed'), false);
    } finally {
      removing.mock.restore();
      syncBuiltinESMExports();
    }
    assert(removing.mock.callCount() > 0);
    a.dispose();
  });

  it('sweeps up what killed windows left, and only that', async () => {
    const [a, b] = [new WindowPresence(folder, 'a'), new WindowPresence(folder, 'b')];
    for (const name of ['killed-1.lock', 'killed-2.lock', 'something else'])
      await writeFile(join(folder, name), '');
    await a.sweep();
    assert.deepEqual((await readdir(folder)).toSorted(), ['a.lock', 'b.lock', 'something else']);
    assert(a.isAlive('b') && b.isAlive('a'));
    a.dispose();
    b.dispose();
  });

  it('begins while another window looks whether its file is left over', async () => {
    // In a process of its own, since the constructor holds this thread meanwhile.
    const script = `
      const { DatabaseSync } = require('node:sqlite');
      new DatabaseSync(process.argv[1]).exec('PRAGMA journal_mode=DELETE; BEGIN EXCLUSIVE');
      console.log('held');
      setTimeout(() => process.exit(), 400);`;
    const child = execFile(process.execPath, ['-e', script, join(folder, 'a.lock')]);
    await new Promise(resolve => child.stdout?.once('data', resolve));
    const ended = new Promise(resolve => child.once('exit', resolve));
    const a = new WindowPresence(folder, 'a');
    const b = new WindowPresence(folder, 'b');
    await ended;
    assert(b.isAlive('a'));
    a.dispose();
    b.dispose();
  });

  it('is never taken for dead, and never loses its file, by windows that come, look and are killed at once', async function () {
    const script = join(repository, 'test', 'support', 'presenceChild.ts');
    const lives = Array.from(
      { length: 3 },
      () =>
        new Promise<string>(resolve => {
          execFile(
            process.execPath,
            ['--disable-warning=ExperimentalWarning', script, folder, '60'],
            (_, stdout) => resolve(stdout),
          );
        }),
    );
    assert.deepEqual(await Promise.all(lives), ['done\n', 'done\n', 'done\n']);
    const last = new WindowPresence(folder, 'last');
    await last.sweep();
    assert.deepEqual(await readdir(folder), ['last.lock']);
    last.dispose();
  });
});

describe('OrphanWatch', () => {
  let folder: string;
  let ledger: Ledger;
  let watch: OrphanWatch | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orphans-'));
    ledger = Ledger.open({ file: join(folder, 'tasks.db'), now: Date.now });
  });
  afterEach(async () => {
    watch?.dispose();
    ledger.close();
    await rm(folder, { recursive: true });
  });

  /** A task that another window is sending. */
  async function sentByOther(): Promise<string> {
    const task = makeRecord({ owner: 'other' });
    await ledger.add(task);
    await ledger.apply(task.id, { type: 'submit' });
    return task.id;
  }

  it('calls a task uncertain once the window that was sending it is gone', async () => {
    const id = await sentByOther();
    const [own, other] = [new WindowPresence(folder, 'own'), new WindowPresence(folder, 'other')];
    watch = new OrphanWatch(ledger, own, () => {});
    await sleep(500);
    assert.equal(ledger.get(id)?.state, 'submitting');
    other.dispose();
    await waitFor('its end', () => ledger.get(id)?.state === 'uncertain', 7_000);
    own.dispose();
  });

  it('goes on where the list could not be read for a moment', async () => {
    const id = await sentByOther();
    let failures = 2;
    const reading = mock.method(ledger, 'inStates', (...states: Parameters<Ledger['inStates']>) => {
      if (failures-- > 0) throw new Error('database is locked');
      return Ledger.prototype.inStates.apply(ledger, states);
    });
    watch = new OrphanWatch(ledger, { id: 'own', isAlive: () => false }, () => {});
    await waitFor('its end', () => ledger.get(id)?.state === 'uncertain', 12_000);
    assert(reading.mock.callCount() >= 3);
  });
});
