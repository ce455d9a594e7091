import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import type { SeedanceApi } from '../../src/extension.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import type { Task } from '../../src/tasks/task.ts';
import { type Shown, whileWatched } from './support.ts';

const extension = vscode.extensions.getExtension<SeedanceApi>('seedance-studio.seedance-studio');

const CREDITS = 1e6;
const OTHER_CREDITS = 100;

function setting(name: string, value: unknown): Thenable<void> {
  const { Global } = vscode.ConfigurationTarget;
  return vscode.workspace.getConfiguration('seedance').update(name, value, Global);
}

const agree = ({ all, modal }: Shown): unknown => (modal ? all.at(-1) : undefined);

/** Whatever opens meanwhile is left by Escape. */
async function run(command: string, ...args: unknown[]): Promise<unknown> {
  const escape = setInterval(
    () => void vscode.commands.executeCommand('workbench.action.closeQuickOpen'),
    200,
  );
  try {
    return await vscode.commands.executeCommand(command, ...args);
  } finally {
    clearInterval(escape);
  }
}

async function credits(): Promise<unknown> {
  return (await whileWatched(() => run('seedance.showCredits'))).result;
}

describe('commands, with what VS Code hands them', function () {
  this.timeout(60_000);
  let simulator: Simulator;
  let api: SeedanceApi;

  before(async () => {
    assert(extension);
    api = await extension.activate();
    const clip = path.join(extension.extensionPath, 'media', 'demo', 'clip.mp4');
    simulator = await startSimulator({ speed: 200, clip, credits: CREDITS });
    await setting('apiBaseUrl', simulator.url);
    await setting('openWhenReady', false);
    await vscode.commands.executeCommand('seedance.setApiKey', { key: simulator.key });
  });

  after(async () => {
    for (const { id } of api.tasks()) {
      await whileWatched(() => run('seedance.stopFollowing', id));
      await whileWatched(() => run('seedance.removeTask', id), agree);
    }
    assert.deepEqual(api.tasks(), []);
    await vscode.commands.executeCommand('seedance.removeApiKey');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await setting('apiBaseUrl', undefined);
    await setting('openWhenReady', undefined);
    await simulator.close();
  });

  /** A row: a task made elsewhere and taken over, so that nothing is paid for. */
  async function makeRow(): Promise<string> {
    return (await adoptNew()).result;
  }

  async function adoptNew(): Promise<{ result: string; shown: Shown[] }> {
    const answer = await fetch(`${simulator.url}/v1/videos/generations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${simulator.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'seedance-2.0-text-to-video', prompt: 'A lighthouse.' }),
    });
    const remoteId: unknown = Object(await answer.json()).id;
    const { result: task, shown } = await whileWatched(async () =>
      vscode.commands.executeCommand<Task | undefined>('seedance.adoptTask', { remoteId }),
    );
    assert(task, JSON.stringify(shown.map(({ kind, text }) => [kind, text])));
    return { result: task.id, shown };
  }

  const commands: readonly string[] = extension?.packageJSON.contributes.commands.map(
    ({ command }: { command: string }) => command,
  );
  /** These change what the others need. */
  const last = [
    'seedance.removeTask',
    'seedance.clearFinished',
    'seedance.removeApiKey',
    'seedance.stopDemo',
  ];
  const order = [...commands.filter(command => !last.includes(command)), ...last];

  for (const [when, argumentsFor] of [
    ['nothing', () => []],
    ['the focused row', (id: string) => [id, [id]]],
    ['a row of a context menu', (id: string) => [id, undefined]],
    ['a row that is gone', () => ['gone', ['gone']]],
  ] as const)
    it(`pay nothing, keep the key, and tell of nothing unexpected: ${when}`, async () => {
      let id = await makeRow();
      // No view hands `seedance.generate` anything: its argument is an object.
      const handed = order.filter(name => name !== 'seedance.generate' || argumentsFor('').length === 0);
      for (const command of handed) {
        if (!api.tasks().some(task => task.id === id)) id = await makeRow();
        const before = simulator.posts.length;
        const { shown } = await whileWatched(() => run(command, ...argumentsFor(id)));
        for (const { text } of shown) assert.doesNotMatch(text, /unexpected|needs an object/, command);
        assert(shown.filter(({ kind }) => kind === 'error').length <= 1, command);
        assert.equal(simulator.posts.length, before, command);
        if (command === 'seedance.startDemo') await run('seedance.stopDemo');
        if (command !== 'seedance.removeApiKey') continue;
        assert.equal(await run('seedance.setApiKey', { key: simulator.key }), true);
      }
    }).timeout(180_000);

  it('ask for the prompt from the view’s title, whatever row has the focus', async () => {
    for (const row of [undefined, 'a-row']) {
      const { shown } = await whileWatched(() => run('seedance.generateVideo', row, row && [row]));
      assert.deepEqual(
        shown.map(({ kind, text }) => [kind, text]),
        [['input', 'Generate Video']],
      );
    }
  });

  it('take no row for a key', async () => {
    const { result, shown } = await whileWatched(() => run('seedance.setApiKey', 'a-row', ['a-row']));
    assert.equal(result, false);
    assert.deepEqual(
      shown.map(({ kind }) => kind),
      ['input'],
    );
  });

  it('tell an error once, and don’t reject; the exported function does, with the same sentence', async () => {
    const command = await whileWatched(() => run('seedance.generate', { prompt: ' ' }));
    assert.equal(command.result, undefined);
    const sentence = 'The prompt is empty: there is nothing to make a video of.';
    assert.deepEqual(
      command.shown.map(({ kind, text }) => [kind, text]),
      [['error', sentence]],
    );
    const exported = await whileWatched(() =>
      assert.rejects(api.generate({ prompt: ' ' }), { message: sentence }),
    );
    assert.equal(exported.shown.length, 1);
  });

  it('do no harm when pressed twice while rows change', async () => {
    const id = await makeRow();
    const before = simulator.posts.length;
    const { shown } = await whileWatched(
      () =>
        Promise.all(
          ['removeTask', 'removeTask', 'clearFinished', 'clearFinished', 'downloadAgain', 'showTask'].map(
            name => run(`seedance.${name}`, id),
          ),
        ),
      agree,
    );
    for (const { text } of shown) assert.doesNotMatch(text, /unexpected/);
    assert.equal(simulator.posts.length, before);
  });

  describe('of the key', () => {
    const other = 'sk-other';

    beforeEach(() => simulator.addAccount(other, OTHER_CREDITS));

    it('replace none by an argument without leave', async () => {
      const { result, shown } = await whileWatched(() => run('seedance.setApiKey', { key: other }));
      assert.equal(result, false);
      assert.deepEqual(
        shown.map(({ text, modal }) => [text, modal]),
        [[`Replace the API key for ${simulator.url}?`.replace('://', ':\u2060//'), true]],
      );
      assert.notEqual(await credits(), OTHER_CREDITS);
    });

    it('replace it where a person agrees', async () => {
      const { result } = await whileWatched(() => run('seedance.setApiKey', { key: other }), agree);
      assert.equal(result, true);
      assert.equal(await credits(), OTHER_CREDITS);
      await whileWatched(() => run('seedance.setApiKey', { key: simulator.key }), agree);
      assert.notEqual(await credits(), OTHER_CREDITS);
    });

    it('ask nothing for the same one', async () => {
      const { result, shown } = await whileWatched(() => run('seedance.setApiKey', { key: simulator.key }));
      assert.equal(result, true);
      assert.deepEqual(
        shown.map(({ kind }) => kind),
        ['information'],
      );
    });

    it('say that the old one stays where the new one is refused', async () => {
      const { result, shown } = await whileWatched(
        () => run('seedance.setApiKey', { key: 'sk-wrong' }),
        agree,
      );
      assert.equal(result, false);
      assert.match(
        shown.at(-1)?.text ?? '',
        /^EvoLink does not accept this API key\..*The key that was kept before stays\.$/,
      );
      assert.notEqual(await credits(), OTHER_CREDITS);
    });
  });

  it('take a task over although a setting is not valid, and say so', async () => {
    await setting('duration', 99);
    try {
      const { result, shown } = await adoptNew();
      assert.equal(api.tasks().find(({ id }) => id === result)?.request.duration, 5);
      assert.match(
        shown[0]?.text ?? '',
        /^The task is taken over;.*“duration” must be a whole number from 4 to 15\.$/,
      );
    } finally {
      await setting('duration', undefined);
    }
  });
});
