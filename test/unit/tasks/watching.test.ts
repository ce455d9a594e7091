import assert from 'node:assert/strict';
import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { mock } from 'node:test';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ledger } from '../../../src/tasks/ledger.ts';
import { LedgerWatcher } from '../../../src/tasks/ledgerWatcher.ts';
import { UnfinishedMarker } from '../../../src/tasks/marker.ts';
import { makeRecord } from '../../support/records.ts';
import { waitFor } from '../../support/waitFor.ts';

/** As if this machine watched as many files as it can. */
function watchNothing(): void {
  mock.method(fs, 'watch', () => {
    throw Object.assign(new Error('System limit for number of file watchers reached'), { code: 'ENOSPC' });
  });
  syncBuiltinESMExports();
}

describe('UnfinishedMarker', () => {
  let folder: string;
  let marker: UnfinishedMarker;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'marker-'));
    marker = new UnfinishedMarker(join(folder, 'storage', 'unfinished'));
  });
  afterEach(async () => {
    mock.restoreAll();
    syncBuiltinESMExports();
    await rm(folder, { recursive: true });
  });

  it('is there while the list has something unfinished, and only then', async () => {
    fs.mkdirSync(join(folder, 'storage'));
    const ledger = Ledger.open({ file: join(folder, 'storage', 'tasks.db'), now: Date.now });
    const end = marker.keep(ledger);
    assert.equal(marker.isSet(), false);
    const task = makeRecord();
    await ledger.add(task);
    assert.equal(marker.isSet(), true);
    marker.clear();
    await ledger.apply(task.id, { type: 'submit' });
    assert.equal(marker.isSet(), true);
    await ledger.apply(task.id, { type: 'outcomeUnknown', error: { kind: 'timeout', message: '' } });
    assert.equal(marker.isSet(), false);
    end();
    ledger.close();
  });

  async function tellsOnce(): Promise<void> {
    let told = 0;
    const stop = marker.whenSet(() => (told += 1));
    await sleep(200);
    assert.equal(told, 0);
    marker.set();
    await waitFor('the word', () => told > 0);
    stop();
    const before = told;
    marker.clear();
    marker.set();
    await sleep(300);
    assert.equal(told, before);
  }

  it('tells when another window begins something, until nobody wants to know', tellsOnce);

  it('tells also where no more files can be watched on this machine', async () => {
    watchNothing();
    await tellsOnce();
  });

  it('tells at once where it is set already', () => {
    marker.set();
    let told = 0;
    marker.whenSet(() => (told += 1))();
    assert.equal(told, 1);
  });
});

describe('LedgerWatcher', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watcher-'));
  });
  afterEach(async () => {
    mock.restoreAll();
    syncBuiltinESMExports();
    await rm(folder, { recursive: true });
  });

  async function seesWithin(limit: number): Promise<void> {
    const [own, others] = [0, 1].map(() => Ledger.open({ file: join(folder, 'tasks.db'), now: Date.now }));
    assert(own && others);
    const watcher = new LedgerWatcher(folder, 'tasks.db', own);
    let told = 0;
    own.onDidChange(() => (told += 1));
    await sleep(200);
    await others.add(makeRecord());
    await waitFor('the first task of another window', () => told > 0, limit);
    const task = makeRecord({ state: 'queued', remoteId: 'r' });
    await others.add(task);
    await waitFor('the next one', () => told > 1, limit);
    await others.apply(task.id, { type: 'observed', state: 'generating', progress: 40 });
    await waitFor('its progress', () => own.get(task.id)?.progress === 40 && told > 2, limit);
    watcher.dispose();
    own.close();
    others.close();
  }

  it('tells of what another window does within a second', () => seesWithin(1_000));

  it('tells of it also where no more files can be watched on this machine', async () => {
    watchNothing();
    await seesWithin(2_000);
  });
});
