import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { mock } from 'node:test';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { guarded } from '../../src/workbench/commands/guard.ts';
import { generateFromArgument, type CommandServices } from '../../src/workbench/commands/generateCommands.ts';
import { taskCommands } from '../../src/workbench/commands/taskCommands.ts';
import { Drafts } from '../../src/workbench/generate/drafts.ts';
import { FolderMemory } from '../../src/workbench/generate/folderMemory.ts';
import type { SessionServices } from '../../src/workbench/session.ts';
import { Studio } from '../../src/workbench/studio.ts';

const SENTENCE =
  /^This version of .+ has no built-in database \(node:sqlite .*\)\. Update .+ to use Seedance/;

describe('where VS Code has no SQLite', () => {
  let storage: string;
  let studio: Studio;
  let log: vscode.LogOutputChannel;
  let said: string[];
  let services: CommandServices;
  let sessionServices: SessionServices;

  beforeEach(async () => {
    storage = await mkdtemp(path.join(tmpdir(), 'seedance-storage-'));
    log = vscode.window.createOutputChannel('Seedance Studio, test without SQLite', { log: true });
    sessionServices = {
      clients: { forOrigin: () => Promise.resolve(undefined) },
      globalState: { get: () => undefined, keys: () => [], update: () => Promise.resolve() },
      log,
    };
    studio = new Studio(storage, sessionServices);
    const { globalState } = sessionServices;
    services = {
      studio,
      key: () => Promise.resolve(undefined),
      newKey: () => Promise.resolve(undefined),
      checkAccount: () => {},
      folders: new FolderMemory(globalState),
      drafts: new Drafts(globalState),
      showText: () => Promise.resolve(),
      hideTexts: () => Promise.resolve(),
      reveal: () => Promise.resolve(),
    };
    said = [];
    mock.method(process, 'getBuiltinModule', () => undefined);
    mock.method(vscode.window, 'showErrorMessage', (message: string) => {
      said.push(message);
      return Promise.resolve(undefined);
    });
  });
  afterEach(async () => {
    mock.restoreAll();
    await studio.end();
    studio.dispose();
    log.dispose();
    await rm(storage, { recursive: true });
  });

  it('says so for every command on a task', async () => {
    for (const [name, run] of Object.entries(taskCommands(services))) {
      said = [];
      await guarded(name, run, log)(undefined);
      assert.equal(said.length, 1, name);
      assert.match(said[0] ?? '', SENTENCE, name);
    }
  });

  it('says so to whoever generates, before there is a key or a price', async () => {
    const generate = guarded('seedance.generate', argument => generateFromArgument(argument, services), log);
    assert.equal(await generate({ prompt: 'A lighthouse at dawn.' }), undefined);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', SENTENCE);
  });

  it('starts no demo', () => {
    assert.throws(() => studio.startDemo(sessionServices));
    assert.equal(studio.isDemo, false);
  });
});
