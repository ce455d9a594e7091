import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { SeedanceApi } from '../../src/extension.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import type { Task } from '../../src/tasks/task.ts';

const PROMPT = 'A lighthouse at dawn, waves rolling in. "One more night."';

function settings(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('seedance');
}

/** By the exported function, which rejects with the sentence that was shown; the command itself never rejects. */
async function generate(options: object): Promise<Task> {
  const extension = vscode.extensions.getExtension<SeedanceApi>('seedance-studio.seedance-studio');
  assert(extension);
  const task = await extension.exports.generate(Object.assign({ prompt: '', confirm: false }, options));
  assert(task);
  return task;
}

describe('the extension, called by keybindings and other extensions', function () {
  let simulator: Simulator;
  let api: SeedanceApi;
  let folder: string;

  before(async () => {
    const extension = vscode.extensions.getExtension<SeedanceApi>('seedance-studio.seedance-studio');
    assert(extension);
    api = await extension.activate();
    const media = path.join(extension.extensionPath, 'media', 'demo');
    simulator = await startSimulator({ speed: 60, credits: 100_000, clip: path.join(media, 'clip.mp4') });
    await settings().update('apiBaseUrl', simulator.url, vscode.ConfigurationTarget.Global);
    await settings().update('openWhenReady', false, vscode.ConfigurationTarget.Global);
    await settings().update('unattendedLimit', 1_000_000, vscode.ConfigurationTarget.Global);
    folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    assert.notEqual(folder, '');
  });

  after(async () => {
    await vscode.commands.executeCommand('seedance.removeApiKey');
    await settings().update('apiBaseUrl', undefined, vscode.ConfigurationTarget.Global);
    await settings().update('openWhenReady', undefined, vscode.ConfigurationTarget.Global);
    await settings().update('unattendedLimit', undefined, vscode.ConfigurationTarget.Global);
    await simulator.close();
  });

  it('refuses a wrong key and keeps a right one', async () => {
    assert.equal(await vscode.commands.executeCommand('seedance.setApiKey', { key: 'sk-wrong' }), false);
    assert.equal(await vscode.commands.executeCommand('seedance.setApiKey', { key: simulator.key }), true);
  });

  it('names field and allowed values of a request that can’t be sent, and sends nothing', async () => {
    await assert.rejects(generate({ prompt: ' \n ' }), /prompt is empty/);
    await assert.rejects(
      generate({ prompt: PROMPT, duration: 3 }),
      /“duration” must be a whole number from 4 to 15/,
    );
    await assert.rejects(
      generate({ prompt: PROMPT, quality: '8k' }),
      /“quality” can be: 480p, 720p, 1080p, 4k/,
    );
    await assert.rejects(
      generate({ prompt: PROMPT, model: 'seedance-2.0-mini-text-to-video', quality: '4k' }),
      /“quality” can be: 480p, 720p\./,
    );
    await assert.rejects(generate({ prompt: 7 }), /needs an object with a “prompt”/);
    await assert.rejects(generate({ prompt: PROMPT, wait: 'yes' }), /“wait” must be true or false/);
    // A misspelled option would be paid for with its default.
    const misspelled: { prompt: string } = Object.assign({ prompt: PROMPT }, { aspect_ratio: '9:16' });
    const unknown = /does not know “aspect_ratio”\. It takes: prompt, .*aspectRatio, /;
    await assert.rejects(generate(misspelled), unknown);
    await assert.rejects(api.generate(misspelled), unknown);
    assert.equal(simulator.posts.length, 0);
    assert.equal(api.tasks().length, 0);
  });

  it('resolves to the task once it is accepted, and to the saved video with wait', async () => {
    const accepted = await generate({ prompt: PROMPT, duration: 4 });
    assert(['queued', 'generating'].includes(accepted.state), accepted.state);
    const task = await generate({ prompt: `${PROMPT} Again.`, duration: 4, wait: true });
    assert.equal(task.state, 'saved');
    assert.equal(task.charged, 'yes');
    const video = vscode.Uri.parse(task.video?.uri ?? '').fsPath;
    assert.equal(path.dirname(video), path.join(folder, 'videos'));
    assert.equal(
      createHash('sha256')
        .update(await readFile(video))
        .digest('hex'),
      task.video?.sha256,
    );
    assert.equal(simulator.posts.length, 2);
  });

  it('gives the one under way for the same request, unless it is meant again', async () => {
    const first = await generate({ prompt: 'Twice.' });
    const second = await generate({ prompt: 'Twice.' });
    assert.equal(second.id, first.id);
    const third = await generate({ prompt: 'Twice.', again: true });
    assert.notEqual(third.id, first.id);
    assert.equal(simulator.posts.length, 4);
  });

  it('keeps the limit of credits for every caller', async () => {
    await settings().update('costLimit', 50, vscode.ConfigurationTarget.Global);
    try {
      await assert.rejects(generate({ prompt: 'Dear.', duration: 15 }), /more than your limit/);
      assert.equal(simulator.posts.length, 4);
    } finally {
      await settings().update('costLimit', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('pays once when the same is asked for twice at the same instant', async () => {
    const before = simulator.posts.length;
    const [first, second] = await Promise.all([
      generate({ prompt: 'At once.' }),
      generate({ prompt: 'At once.' }),
    ]);
    assert.equal(second.id, first.id);
    assert.equal(simulator.posts.length, before + 1);
  });

  it('sends nothing that could not be saved, or that nobody can see', async () => {
    const before = simulator.posts.length;
    await settings().update('outputFolder', '../elsewhere', vscode.ConfigurationTarget.Global);
    try {
      await assert.rejects(generate({ prompt: 'Outside.' }), /lies outside of the workspace folder/);
    } finally {
      await settings().update('outputFolder', undefined, vscode.ConfigurationTarget.Global);
    }
    await assert.rejects(generate({ prompt: '\u200b\u00a0' }), /prompt is empty/);
    assert.equal(simulator.posts.length, before);
  });

  it('knows a video by its address, however that is written', async () => {
    await settings().update('fileName', 'clip (of the day)', vscode.ConfigurationTarget.Global);
    try {
      const task = await generate({ prompt: 'A "named" clip.', wait: true });
      const uri = vscode.Uri.parse(task.video?.uri ?? '');
      assert.equal(path.basename(uri.fsPath), 'clip (of the day).mp4');
      await vscode.commands.executeCommand('seedance.copyPrompt', uri);
      assert.equal(await vscode.env.clipboard.readText(), 'A "named" clip.');
      assert.equal(
        await vscode.commands.executeCommand('seedance.copyMarkdown', uri),
        '<video src="videos/clip%20(of%20the%20day).mp4" controls title="A &quot;named&quot; clip."></video>',
      );
    } finally {
      await settings().update('fileName', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('takes over a task that was made elsewhere, once, and saves its video', async () => {
    const made = await fetch(new URL('/v1/videos/generations', simulator.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${simulator.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'seedance-2.0-text-to-video', prompt: 'Made elsewhere.' }),
    });
    const { id: remoteId } = v.parse(v.object({ id: v.string() }), await made.json());
    const before = api.tasks().length;
    const task = await vscode.commands.executeCommand<Task>('seedance.adoptTask', { remoteId });
    assert.deepEqual([task.remoteId, task.prompt, task.origin], [remoteId, '', simulator.url]);
    const again = await vscode.commands.executeCommand<Task>('seedance.adoptTask', { remoteId });
    assert.equal(again.id, task.id);
    assert.equal(api.tasks().length, before + 1);
    const state = (): string | undefined => api.tasks().find(({ id }) => id === task.id)?.state;
    while (state() !== 'saved') await new Promise(resolve => setTimeout(resolve, 20));

    const unknown = await vscode.commands.executeCommand('seedance.adoptTask', {
      remoteId: 'task-unified-0',
    });
    assert.equal(unknown, undefined);
    assert.equal(api.tasks().length, before + 1);
  });

  it('saves a video to another folder where its own can’t be written to', async () => {
    const elsewhere = await mkdtemp(path.join(tmpdir(), 'seedance-elsewhere-'));
    await settings().update('outputFolder', 'blocked', vscode.ConfigurationTarget.Global);
    try {
      const { id } = await generate({ prompt: 'Nowhere to go.' });
      await writeFile(path.join(folder, 'blocked'), 'a file in its place');
      const find = (): Task | undefined => api.tasks().find(task => task.id === id);
      while (find()?.error?.kind !== 'folder.notAFolder')
        await new Promise(resolve => setTimeout(resolve, 20));
      assert.equal(find()?.state, 'downloading');
      const argument = { id, folder: vscode.Uri.file(elsewhere).toString() };
      assert.equal(await vscode.commands.executeCommand('seedance.saveElsewhere', argument), true);
      while (find()?.state !== 'saved') await new Promise(resolve => setTimeout(resolve, 20));
      const video = vscode.Uri.parse(find()?.video?.uri ?? '').fsPath;
      assert.equal(path.dirname(video), elsewhere);
      assert.deepEqual(
        (await readdir(elsewhere)).toSorted(),
        [path.basename(video), `${path.basename(video)}.json`].toSorted(),
      );
      assert.equal(await vscode.commands.executeCommand('seedance.saveElsewhere', argument), false);
    } finally {
      await settings().update('outputFolder', undefined, vscode.ConfigurationTarget.Global);
      await rm(elsewhere, { recursive: true });
    }
  });

  it('prints how long its activation took', () => {
    const [measured] = performance.getEntriesByName('seedance-studio.activate');
    assert(measured, 'the extension measures its activation');
    console.log(`    activate(): ${measured.duration.toFixed(1)} ms, aim: at most 20 ms`);
  });

  it('prints how long a request takes from the command to the network', async () => {
    await settings().update('maxConcurrentTasks', 20, vscode.ConfigurationTarget.Global); // none waits its turn
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const before = simulator.posts.length;
      const started = performance.now();
      const done = generate({ prompt: `Number ${i}.` });
      while (simulator.posts.length === before) await new Promise(resolve => setImmediate(resolve));
      times.push(performance.now() - started);
      await done;
    }
    const median = times.toSorted((a, b) => a - b)[2] ?? 0;
    console.log(
      `    from the command to the POST: ${median.toFixed(0)} ms (median of 5), aim: at most 100 ms`,
    );
  });

  it('writes the key nowhere in the workspace', async () => {
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    let looked = 0;
    for (const file of files.filter(entry => entry.isFile())) {
      const content = await readFile(path.join(file.parentPath, file.name));
      assert.equal(content.includes(simulator.key), false, file.name);
      looked += 1;
    }
    assert(looked >= 2, 'a video and its sidecar were looked at');
    assert.equal(JSON.stringify(api.tasks()).includes(simulator.key), false);
  });

  it('makes a video in the demo, apart from the account', async () => {
    const before = api.tasks().length;
    await vscode.commands.executeCommand('seedance.startDemo');
    try {
      const task = await generate({ prompt: 'A demo.', wait: true });
      assert.equal(task.state, 'saved');
      assert.deepEqual(
        api.tasks().map(other => other.id),
        [task.id],
      );
    } finally {
      await vscode.commands.executeCommand('seedance.stopDemo');
    }
    assert.equal(api.tasks().length, before);
  });

  it('leaves nobody waiting for a task of a demo that was stopped', async () => {
    await vscode.commands.executeCommand('seedance.startDemo');
    const waiting = generate({ prompt: 'A demo that ends.', wait: true });
    while (api.tasks().length === 0) await new Promise(resolve => setTimeout(resolve, 20));
    await vscode.commands.executeCommand('seedance.stopDemo');
    assert.notEqual((await waiting).state, 'saved');
  });

  it('registers every command of the manifest', async () => {
    const extension = vscode.extensions.getExtension('seedance-studio.seedance-studio');
    const manifest: { command: string }[] = extension?.packageJSON.contributes.commands;
    assert(manifest.length > 10);
    const known = new Set(await vscode.commands.getCommands());
    assert.deepEqual(
      manifest.map(({ command }) => command).filter(command => !known.has(command)),
      [],
    );
  });
});
