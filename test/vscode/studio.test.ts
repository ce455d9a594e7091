import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { Ledger } from '../../src/tasks/ledger.ts';
import { unfinishedMarker } from '../../src/workbench/session.ts';
import { Studio } from '../../src/workbench/studio.ts';
import { makeRecord } from '../support/records.ts';
import { waitFor } from '../support/waitFor.ts';

describe('a window that starts', function () {
  let storage: string;
  let studio: Studio;
  let log: vscode.LogOutputChannel;

  beforeEach(async () => {
    storage = await mkdtemp(path.join(tmpdir(), 'seedance-storage-'));
    log = vscode.window.createOutputChannel('Seedance Studio, test of starting', { log: true });
    studio = new Studio(storage, {
      clients: { forOrigin: () => Promise.resolve(undefined) },
      globalState: { get: () => undefined, keys: () => [], update: () => Promise.resolve() },
      log,
    });
  });
  afterEach(async () => {
    await studio.end();
    studio.dispose();
    log.dispose();
    await rm(storage, { recursive: true });
  });

  /** As another window leaves it that is gone. */
  async function leaveUnfinished(): Promise<void> {
    const ledger = Ledger.open({ file: path.join(storage, 'tasks.db'), now: Date.now });
    await ledger.add(makeRecord({ state: 'queued', remoteId: 'task-unified-1-a' }));
    ledger.close();
    unfinishedMarker(storage).set();
  }

  it('opens nothing where nothing is unfinished, and takes up what another window begins', async () => {
    studio.resume();
    assert.deepEqual(await readdir(storage), []);
    assert.equal(studio.open.length, 0);
    await leaveUnfinished();
    await waitFor('the list', () => studio.open.length === 1);
  });

  it('tries again where the list can’t be opened just now', async () => {
    await leaveUnfinished();
    const other = new DatabaseSync(path.join(storage, 'tasks.db'));
    other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
    studio.resume();
    assert.equal(studio.open.length, 0);
    other.close();
    await waitFor('the list', () => studio.open.length === 1);
  });

  it('holds nothing of a list that it could open only in part', async function () {
    if (process.platform !== 'linux') this.skip();
    await writeFile(path.join(storage, 'windows'), 'a file in its place');
    for (let i = 0; i < 3; i++) assert.throws(() => studio.account);
    assert.deepEqual(await openFiles(), []);
    await rm(path.join(storage, 'windows'));
    await mkdir(path.join(storage, 'windows'));
    assert.equal(studio.account.ledger.all().length, 0);
    assert.notDeepEqual(await openFiles(), []);
  });

  /** Files in the storage that this process has open. */
  async function openFiles(): Promise<readonly string[]> {
    const files = await readdir('/proc/self/fd');
    const targets = await Promise.all(files.map(fd => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
    return targets.filter(target => target.startsWith(storage + path.sep));
  }
});
