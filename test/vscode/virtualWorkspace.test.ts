import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { SeedanceApi } from '../../src/extension.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import type { Task } from '../../src/tasks/task.ts';
import { MemoryFiles } from './memoryFiles.ts';

/** In the workspace of the tests from the start. */
const FOLDER = vscode.Uri.parse('seedance-test:/film');

async function change(values: Record<string, unknown>): Promise<void> {
  const settings = vscode.workspace.getConfiguration('seedance');
  for (const [name, value] of Object.entries(values))
    await settings.update(name, value, vscode.ConfigurationTarget.Global);
}

async function generateFrom(prompt: string): Promise<Task> {
  const story = vscode.Uri.joinPath(FOLDER, `${prompt}.md`);
  await vscode.workspace.fs.writeFile(story, Buffer.from(`${prompt}\n`));
  const document = await vscode.workspace.openTextDocument(story);
  await vscode.window.showTextDocument(document, { selection: document.lineAt(0).range });
  const [task] = await vscode.commands.executeCommand<Task[]>('seedance.generateFromSelection');
  assert(task);
  return task;
}

describe('a folder that only VS Code can reach', function () {
  const files = new MemoryFiles();
  let provider: vscode.Disposable;
  let simulator: Simulator;
  let api: SeedanceApi;
  let clip: Uint8Array;

  before(async () => {
    const extension = vscode.extensions.getExtension<SeedanceApi>('seedance-studio.seedance-studio');
    assert(extension);
    api = await extension.activate();
    const file = path.join(extension.extensionPath, 'media', 'demo', 'clip.mp4');
    clip = await readFile(file);
    simulator = await startSimulator({ speed: 60, clip: file });
    await change({
      apiBaseUrl: simulator.url,
      openWhenReady: false,
      confirmCost: false,
      fileName: '등대 {slug}',
    });
    assert.equal(await vscode.commands.executeCommand('seedance.setApiKey', { key: simulator.key }), true);
    provider = vscode.workspace.registerFileSystemProvider(FOLDER.scheme, files, { isCaseSensitive: true });
    await vscode.workspace.fs.createDirectory(FOLDER);
  });

  after(async () => {
    await vscode.commands.executeCommand('seedance.removeApiKey');
    await change({
      apiBaseUrl: undefined,
      openWhenReady: undefined,
      confirmCost: undefined,
      fileName: undefined,
    });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    provider.dispose();
    await simulator.close();
  });

  function saved(id: string): Promise<Task> {
    return new Promise(resolve => {
      const look = (): void => {
        const task = api.tasks().find(other => other.id === id);
        if (task?.state !== 'saved') return;
        listener.dispose();
        resolve(task);
      };
      const listener = api.onDidChangeTask(look);
      look();
    });
  }

  const videos = (): string[] => files.files.filter(file => file.startsWith('/film/videos/')).toSorted();

  it('gets the videos of its texts, with their sidecars, and plays them', async () => {
    const task = await saved((await generateFrom('A lighthouse')).id);
    assert.equal(task.video?.uri, vscode.Uri.joinPath(FOLDER, 'videos/등대 a-lighthouse.mp4').toString());
    assert.deepEqual(videos(), [
      '/film/videos/등대 a-lighthouse.mp4',
      '/film/videos/등대 a-lighthouse.mp4.json',
    ]);
    const uri = vscode.Uri.parse(task.video?.uri ?? '');
    assert(Buffer.from(clip).equals(await vscode.workspace.fs.readFile(uri)));
    const sidecar = JSON.parse(
      Buffer.from(await vscode.workspace.fs.readFile(uri.with({ path: `${uri.path}.json` }))).toString(),
    );
    assert.equal(sidecar.video.uri, '등대%20a-lighthouse.mp4');
    assert.equal(sidecar.source.uri, '../A%20lighthouse.md');
    assert.equal(sidecar.request.prompt, 'A lighthouse');
    assert.equal(simulator.posts.length, 1);

    await vscode.commands.executeCommand('seedance.play', task.id);
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert(tab instanceof vscode.TabInputCustom);
    assert.deepEqual([tab.viewType, tab.uri.toString()], ['seedance.player', uri.toString()]);
  });

  it('never has a file overwritten, or a piece left under a name', async () => {
    const target = vscode.Uri.joinPath(FOLDER, 'videos/등대 waves.mp4');
    await vscode.workspace.fs.writeFile(target, Buffer.from('somebody else’s'));
    const task = await saved((await generateFrom('Waves')).id);
    assert.equal(task.video?.uri, vscode.Uri.joinPath(FOLDER, 'videos/등대 waves (2).mp4').toString());
    assert.equal(Buffer.from(await vscode.workspace.fs.readFile(target)).toString(), 'somebody else’s');
    assert.deepEqual(
      videos().filter(file => file.includes('partial')),
      [],
    );
  });

  it('keeps a video safe while it can’t be written to, and has it as soon as it can', async () => {
    const { id } = await generateFrom('Gulls');
    files.trouble = vscode.FileSystemError.Unavailable('offline');
    const isParked = (): boolean => {
      const task = api.tasks().find(other => other.id === id);
      return task?.state === 'downloading' && task.error?.kind === 'folderElsewhere';
    };
    while (!isParked()) await new Promise(resolve => setTimeout(resolve, 20));
    files.trouble = undefined;
    await vscode.commands.executeCommand('seedance.refresh');
    const task = await saved(id);
    assert.match(task.video?.uri ?? '', /gulls\.mp4$/);
  });

  it('sends nothing that would be saved outside of it', async () => {
    const before = simulator.posts.length;
    await change({ outputFolder: '../elsewhere' });
    try {
      const tasks = await vscode.commands.executeCommand<Task[]>('seedance.generateFromSelection');
      assert.deepEqual(tasks, []);
    } finally {
      await change({ outputFolder: undefined });
    }
    assert.equal(simulator.posts.length, before);
  });
});
