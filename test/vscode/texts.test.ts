import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { SeedanceApi } from '../../src/extension.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import type { Task } from '../../src/tasks/task.ts';
import { waitFor as waitWithin, type Nothing } from '../support/waitFor.ts';

/** A notebook may take its time on a busy machine. */
async function waitFor<T>(what: string, probe: () => T | Nothing): Promise<T> {
  return await waitWithin(what, probe, 30_000);
}

async function change(values: Record<string, unknown>): Promise<void> {
  const settings = vscode.workspace.getConfiguration('seedance');
  for (const [name, value] of Object.entries(values))
    await settings.update(name, value, vscode.ConfigurationTarget.Global);
}

function notebookText(...cells: readonly [kind: 'markdown' | 'code', source: string][]): string {
  return JSON.stringify({
    cells: cells.map(([kind, source], index) => ({
      cell_type: kind,
      id: `cell-${index}`,
      metadata: {},
      source: source.split(/(?<=\n)/),
      ...(kind === 'code' ? { execution_count: null, outputs: [] } : {}),
    })),
    metadata: { language_info: { name: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  });
}

async function openText(uri: vscode.Uri, selection?: vscode.Range): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument(uri);
  return await vscode.window.showTextDocument(document, selection && { selection });
}

async function openNotebook(uri: vscode.Uri): Promise<vscode.NotebookEditor> {
  return await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(uri));
}

/** Selects cells as a click and Shift do: with the blue bar. */
async function selectCells(editor: vscode.NotebookEditor, first: number, end: number): Promise<void> {
  editor.selection = new vscode.NotebookRange(first, end);
  await waitFor(
    'the selection',
    () => editor.selections[0]?.start === first && editor.selections[0].end === end,
  );
}

/** Clicks into a code cell. */
async function edit(editor: vscode.NotebookEditor, cell: number): Promise<vscode.TextEditor> {
  await selectCells(editor, cell, cell + 1);
  await vscode.commands.executeCommand('notebook.cell.edit');
  const document = editor.notebook.cellAt(cell).document.uri.toString();
  return await waitFor('the editor of the cell', () => {
    const active = vscode.window.activeTextEditor;
    return active?.document.uri.toString() === document ? active : undefined;
  });
}

function git(folder: string, ...args: string[]): string {
  const all = ['-C', folder, '-c', 'user.name=A', '-c', 'user.email=a@b.example', ...args];
  return execFileSync('git', all, { encoding: 'utf8' });
}

async function sidecarOf(task: Task): Promise<{ source: Record<string, unknown> }> {
  return JSON.parse(await readFile(`${vscode.Uri.parse(task.video?.uri ?? '').fsPath}.json`, 'utf8'));
}

async function generateHere(): Promise<Task[]> {
  return await vscode.commands.executeCommand<Task[]>('seedance.generateFromSelection');
}

describe('which text is taken, and whose folder and settings apply', function () {
  this.timeout(120_000);
  let simulator: Simulator;
  let api: SeedanceApi;
  /** The second folder of the workspace, with settings of its own. */
  let folder: string;

  const uriOf = (name: string): vscode.Uri => vscode.Uri.file(path.join(folder, name));
  const sent = (from: number): string[] =>
    simulator.posts.slice(from).map(({ body }) => JSON.parse(body).prompt);

  before(async () => {
    const extension = vscode.extensions.getExtension<SeedanceApi>('seedance-studio.seedance-studio');
    assert(extension);
    api = await extension.activate();
    const clip = path.join(extension.extensionPath, 'media', 'demo', 'clip.mp4');
    simulator = await startSimulator({ speed: 60, clip });
    await change({
      apiBaseUrl: simulator.url,
      openWhenReady: false,
      confirmCost: false,
      unattendedLimit: 1_000_000,
      maxConcurrentTasks: 20,
    });
    assert.equal(await vscode.commands.executeCommand('seedance.setApiKey', { key: simulator.key }), true);
    folder = await realpath(await mkdtemp(path.join(tmpdir(), 'seedance-second-')));
    await mkdir(path.join(folder, '.vscode'));
    await writeFile(
      path.join(folder, '.vscode', 'settings.json'),
      JSON.stringify({ 'seedance.outputFolder': 'clips', 'seedance.duration': 4 }),
    );
    const { workspaceFolders = [] } = vscode.workspace;
    assert(workspaceFolders.length > 0);
    vscode.workspace.updateWorkspaceFolders(workspaceFolders.length, 0, { uri: vscode.Uri.file(folder) });
    await waitFor('the settings of the folder', () => {
      const settings = vscode.workspace.getConfiguration('seedance', vscode.Uri.file(folder));
      return settings.get('outputFolder') === 'clips';
    });
  });

  afterEach(() => vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor'));
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  after(async () => {
    await vscode.commands.executeCommand('seedance.removeApiKey');
    await change({
      apiBaseUrl: undefined,
      openWhenReady: undefined,
      confirmCost: undefined,
      unattendedLimit: undefined,
      maxConcurrentTasks: undefined,
    });
    const index = vscode.workspace.workspaceFolders?.findIndex(({ uri }) => uri.fsPath === folder) ?? -1;
    const removed = new Promise(resolve => vscode.workspace.onDidChangeWorkspaceFolders(resolve));
    assert(vscode.workspace.updateWorkspaceFolders(index, 1));
    await removed;
    await simulator.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function saved(id: string): Promise<Task> {
    return await waitFor('the saved video', () =>
      api.tasks().find(task => task.id === id && task.state === 'saved'),
    );
  }

  describe('in a notebook', () => {
    let count = 0;
    let uri: vscode.Uri;
    // Of each test their own: the same request within a minute is asked about.
    let markdown: string;
    let code: string;
    let waves: string;

    beforeEach(async () => {
      count += 1;
      uri = uriOf(`film ${count}.ipynb`);
      markdown = `# A drone shot over a desert at noon, take ${count}`;
      code = `prompt = "A lighthouse at dawn, take ${count}"\nshow(prompt)`;
      waves = `Waves, take ${count}.`;
      await writeFile(uri.fsPath, notebookText(['markdown', markdown], ['code', code], ['markdown', waves]));
    });

    it('is that of the selected cell, not of the one that was edited before', async () => {
      const editor = await openNotebook(uri);
      await edit(editor, 1);
      await vscode.commands.executeCommand('notebook.cell.quitEdit');
      await selectCells(editor, 0, 1);
      const active = vscode.window.activeTextEditor?.document;
      assert.equal(active?.getText(), code, 'VS Code’s active editor is that of the other cell');
      const before = simulator.posts.length;
      const tasks = await generateHere();
      assert.deepEqual(sent(before), [markdown]);
      assert.equal(tasks.length, 1);
    });

    it('is that of the selected cell where no cell was ever edited', async () => {
      const editor = await openNotebook(uri);
      await selectCells(editor, 2, 3);
      const before = simulator.posts.length;
      await generateHere();
      assert.deepEqual(sent(before), [waves]);
    });

    it('is what is selected in the cell that is edited', async () => {
      const editor = await openNotebook(uri);
      const cell = await edit(editor, 1);
      const start = code.indexOf('A lighthouse');
      cell.selection = new vscode.Selection(0, start, 0, start + 'A lighthouse at dawn'.length);
      const before = simulator.posts.length;
      const [task] = await generateHere();
      assert.deepEqual(sent(before), ['A lighthouse at dawn']);
      assert.equal(task?.source?.line, 0);
    });

    it('is one for each of several selected cells', async () => {
      const editor = await openNotebook(uri);
      await selectCells(editor, 0, 3);
      const before = simulator.posts.length;
      const tasks = await generateHere();
      assert.deepEqual(sent(before), [markdown, code, waves]);
      assert.equal(tasks.length, 3);
    });

    it('is that of the text editor once that is active', async () => {
      await openNotebook(uri);
      await writeFile(uriOf('beside.md').fsPath, 'A harbour at night.\n');
      await openText(uriOf('beside.md'));
      const before = simulator.posts.length;
      await generateHere();
      assert.deepEqual(sent(before), ['A harbour at night.']);
    });

    it('is saved in the notebook’s folder with its settings, and leads back to the cell', async () => {
      const editor = await openNotebook(uri);
      await selectCells(editor, 2, 3);
      const [made] = await generateHere();
      assert.equal(made?.request.duration, 4);
      const task = await saved(made.id);
      assert.equal(path.dirname(vscode.Uri.parse(task.video?.uri ?? '').fsPath), path.join(folder, 'clips'));
      const { source } = await sidecarOf(task);
      assert.deepEqual(
        [source['uri'], source['cell'], source['line']],
        [`../${path.basename(uri.path).replaceAll(' ', '%20')}`, 2, 0],
      );

      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await waitFor('the notebook to be closed', () => vscode.window.activeNotebookEditor === undefined);
      await vscode.commands.executeCommand('seedance.openSource', task.id);
      const opened = await waitFor('the notebook', () => vscode.window.activeNotebookEditor);
      assert.equal(opened.notebook.uri.toString(), uri.toString());
      assert.deepEqual([opened.selection.start, opened.selection.end], [2, 3]);
    });

    it('is found again in its cell after cells were put before it', async () => {
      const editor = await openNotebook(uri);
      await selectCells(editor, 2, 3);
      const [made] = await generateHere();
      const more = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, 'import a', 'python');
      const edit = new vscode.WorkspaceEdit();
      edit.set(uri, [vscode.NotebookEdit.insertCells(0, [more])]);
      assert(await vscode.workspace.applyEdit(edit));
      await selectCells(editor, 0, 1);
      await vscode.commands.executeCommand('seedance.openSource', made?.id);
      await waitFor('the cell', () => editor.selection.start === 3);
      await editor.notebook.save();
    });
  });

  it('is that of a version in git, with the folder and the settings of its file', async () => {
    await writeFile(uriOf('shots.md').fsPath, 'A lighthouse at noon.\n');
    git(folder, 'init', '-q');
    git(folder, 'add', 'shots.md');
    git(folder, 'commit', '-q', '-m', 'Shots');
    await writeFile(uriOf('shots.md').fsPath, 'Shot 1\n\nA lighthouse at dusk.\n');
    const file = uriOf('shots.md');
    const version = file.with({ scheme: 'git', query: JSON.stringify({ path: file.fsPath, ref: 'HEAD' }) });
    // The extension for git may be off here; a document of this scheme is what matters.
    const provider = await vscode.workspace.openTextDocument(version).then(
      () => undefined,
      () =>
        vscode.workspace.registerTextDocumentContentProvider('git', {
          provideTextDocumentContent: () => git(folder, 'show', 'HEAD:shots.md'),
        }),
    );
    await openText(version, new vscode.Range(0, 0, 0, 20));
    const [made] = await generateHere();
    assert.equal(made?.prompt, 'A lighthouse at noon');
    assert.equal(made.request.duration, 4);
    assert.equal(made.source?.uri, file.toString());
    const task = await saved(made.id);
    assert.equal((await sidecarOf(task)).source['uri'], '../shots.md');
    provider?.dispose();
  });

  it('is untitled, with the folder that it will be saved in', async () => {
    const uri = uriOf('unsaved.md').with({ scheme: 'untitled' });
    const editor = await openText(uri);
    await editor.edit(change => change.insert(new vscode.Position(0, 0), 'A rowing boat.'));
    const [made] = await generateHere();
    assert.deepEqual([made?.prompt, made?.request.duration], ['A rowing boat.', 4]);
    assert.equal(made?.source?.uri, uri.toString());
  });

  it('is typed for the folder where the video will lie', async () => {
    const first = vscode.workspace.workspaceFolders?.[0]?.uri;
    assert(first);
    const settings = vscode.workspace.getConfiguration('seedance', first);
    await settings.update('duration', 4, vscode.ConfigurationTarget.WorkspaceFolder);
    try {
      const task = await vscode.commands.executeCommand<Task>('seedance.generate', {
        prompt: 'Typed.',
        confirm: false,
      });
      assert.equal(task.request.duration, 4);
    } finally {
      await settings.update('duration', undefined, vscode.ConfigurationTarget.WorkspaceFolder);
    }
  });

  describe('that nobody selected', () => {
    it('is no output', async () => {
      const channel = vscode.window.createOutputChannel('Test of texts', 'markdown');
      channel.appendLine('A secret token: abc');
      channel.show(false);
      await vscode.commands.executeCommand('workbench.panel.output.focus');
      const output = await waitFor('the output', () => {
        const active = vscode.window.activeTextEditor;
        return active?.document.getText().includes('token') === true ? active : undefined;
      });
      assert.equal(output.document.uri.scheme, 'output');
      output.selection = new vscode.Selection(0, 0, 0, 0);
      await waitFor('the cursor', () => output.selection.active.line === 0);
      const before = simulator.posts.length;
      assert.deepEqual(await generateHere(), []);
      assert.deepEqual(sent(before), []);
      channel.dispose();
      await vscode.commands.executeCommand('workbench.action.closePanel');
    });

    it('is no environment file and no code, and all of what is selected there', async () => {
      for (const [name, text] of [
        ['.env', 'TOKEN=abc\nDB_URL=x\n'],
        ['server.log', 'A line\n'],
        ['scene.ts', 'const prompt = "A lighthouse";\n'],
        ['data.json', '{ "a": 1 }\n'],
      ] as const) {
        await writeFile(uriOf(name).fsPath, text);
        const editor = await openText(uriOf(name));
        const before = simulator.posts.length;
        assert.deepEqual(await generateHere(), [], name);
        assert.deepEqual(sent(before), [], name);
        editor.selection = new vscode.Selection(0, 0, 0, 5);
        await generateHere();
        assert.deepEqual(sent(before), [text.slice(0, 5).trim()], name);
      }
    });

    it('is a comment, in the languages that VS Code knows', async () => {
      for (const [name, text, line, taken] of [
        ['comments.ts', 'run();\n// A neon city.\n// Rain.\nrun();\n', 2, '// A neon city.\n// Rain.'],
        ['Makefile', 'all:\n\t# A paper plane.\n', 1, '# A paper plane.'],
        ['scene.py', 'def a():\n    """A whale\n\n    sings."""\n', 3, '"""A whale\n\n    sings."""'],
        ['scene.css', '/* A glass\nwhale. */\n', 1, '/* A glass\nwhale. */'],
        ['scene.ini', '; A harbour.\n', 0, '; A harbour.'],
      ] as const) {
        await writeFile(uriOf(name).fsPath, text);
        await openText(uriOf(name), new vscode.Range(line, 2, line, 2));
        const before = simulator.posts.length;
        await generateHere();
        assert.deepEqual(sent(before), [taken], name);
      }
    });

    it('is one paragraph for each of several cursors, each once', async () => {
      await writeFile(uriOf('many.md').fsPath, 'One.\nMore.\n\nTwo.\n\nThree.\n');
      const editor = await openText(uriOf('many.md'));
      editor.selections = [0, 1, 2, 3].map(line => new vscode.Selection(line, 0, line, 0));
      const before = simulator.posts.length;
      await generateHere();
      assert.deepEqual(sent(before), ['One.\nMore.', 'Two.']);
    });
  });

  it('is refused above 1,000 words that nobody selected, and above 200 kB', async () => {
    await writeFile(uriOf('long.md').fsPath, 'word '.repeat(1_001));
    const editor = await openText(uriOf('long.md'));
    const before = simulator.posts.length;
    assert.deepEqual(await generateHere(), []);
    await writeFile(uriOf('large.md').fsPath, 'word\n'.repeat(50_000));
    const large = await openText(uriOf('large.md'));
    large.selection = new vscode.Selection(0, 0, 50_000, 0);
    assert.deepEqual(await generateHere(), []);
    assert.deepEqual(sent(before), []);
    assert.equal(editor.document.lineCount, 1);
  });

  describe('is found again', () => {
    it('where lines were put before it, and is selected', async () => {
      await writeFile(uriOf('story.md').fsPath, 'One.\n\nA gull.\n\nA gull.\n');
      await openText(uriOf('story.md'), new vscode.Range(4, 0, 4, 7));
      const [task] = await generateHere();
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await writeFile(uriOf('story.md').fsPath, 'One.\n\n\n\nA gull.\r\n\r\nA gull.\n');
      await vscode.commands.executeCommand('seedance.openSource', task?.id);
      const editor = await waitFor('the text', () => vscode.window.activeTextEditor);
      assert.equal(editor.document.getText(editor.selection), 'A gull.');
      assert([4, 6].includes(editor.selection.start.line), String(editor.selection.start.line));
    });

    it('in the untitled text it was selected in, and in the file that became of it', async () => {
      const document = await vscode.workspace.openTextDocument({
        content: 'A kite.\n',
        language: 'markdown',
      });
      await vscode.window.showTextDocument(document);
      const [task] = await generateHere();
      assert(task);
      assert.equal(task.source?.uri, document.uri.toString());
      await writeFile(uriOf('story.md').fsPath, 'One.\n');
      await openText(uriOf('story.md'));
      await vscode.commands.executeCommand('seedance.openSource', task.id);
      assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), document.uri.toString());

      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      await writeFile(uriOf('kite.md').fsPath, 'Shot 1\n\nA kite.\n');
      await openText(uriOf('kite.md'));
      await openText(uriOf('story.md'));
      await vscode.commands.executeCommand('seedance.openSource', task.id);
      const editor = await waitFor('the file', () => {
        const active = vscode.window.activeTextEditor;
        return active?.document.uri.toString() === uriOf('kite.md').toString() ? active : undefined;
      });
      assert.equal(editor.selection.start.line, 2);
    });

    it('nowhere once the untitled text is gone, and no new one is opened', async () => {
      const document = await vscode.workspace.openTextDocument({ content: 'A comet.', language: 'markdown' });
      await vscode.window.showTextDocument(document);
      const [task] = await generateHere();
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      await waitFor('the text to be closed', () => vscode.window.activeTextEditor === undefined);
      await vscode.commands.executeCommand('seedance.openSource', task?.id);
      assert.deepEqual(
        vscode.workspace.textDocuments
          .filter(({ uri }) => uri.scheme === 'untitled')
          .map(({ uri }) => uri.toString()),
        [],
      );
      assert.equal(vscode.window.activeTextEditor, undefined);
    });
  });
});
