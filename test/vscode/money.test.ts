import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { SeedanceApi } from '../../src/extension.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import type { Task } from '../../src/tasks/task.ts';
import { Clients } from '../../src/workbench/accounts.ts';
import { Announcer } from '../../src/workbench/announcer.ts';
import {
  type CommandServices,
  generateFromSelection,
} from '../../src/workbench/commands/generateCommands.ts';
import { Drafts } from '../../src/workbench/generate/drafts.ts';
import { FolderMemory } from '../../src/workbench/generate/folderMemory.ts';
import { generateVideos } from '../../src/workbench/generate/generateVideos.ts';
import type { Gesture, GestureText } from '../../src/workbench/generate/gesture.ts';
import { sendAgain } from '../../src/workbench/generate/sendAgain.ts';
import { playerServices } from '../../src/workbench/playerServices.ts';
import { NotGenerated } from '../../src/workbench/refusal.ts';
import { Studio } from '../../src/workbench/studio.ts';
import { makeRecord } from '../support/records.ts';
import { waitFor } from '../support/waitFor.ts';
import { FakeQuestions } from './fakeQuestion.ts';

type Settings = Record<string, unknown>;

async function change(settings: Settings, target = vscode.ConfigurationTarget.Global): Promise<void> {
  const scope = target === vscode.ConfigurationTarget.Global ? undefined : folder().uri;
  for (const [name, value] of Object.entries(settings))
    await vscode.workspace.getConfiguration('seedance', scope).update(name, value, target);
}

function folder(): vscode.WorkspaceFolder {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  assert(first);
  return first;
}

function text(prompt: string): GestureText {
  return { text: prompt, source: undefined, resource: undefined };
}

describe('what is paid for, and who is asked', function () {
  this.timeout(60_000);
  let storage: string;
  let studio: Studio;
  let simulator: Simulator;
  let services: CommandServices;
  let questions: FakeQuestions;
  let log: vscode.LogOutputChannel;
  let clip: string;
  const keys = { get: () => Promise.resolve(simulator.key) };
  const revealed: string[] = [];
  const settings = new Set<string>();
  const memory = new Map<string, unknown>();
  const state: vscode.Memento = {
    get: (key: string, fallback?: unknown) => memory.get(key) ?? fallback,
    keys: () => [...memory.keys()],
    update: (key, value) => (memory.set(key, value), Promise.resolve()),
  } as vscode.Memento;

  before(async () => {
    const extension = vscode.extensions.getExtension<SeedanceApi>('seedance-studio.seedance-studio');
    clip = path.join(extension?.extensionPath ?? '', 'media', 'demo', 'clip.mp4');
    simulator = await startSimulator({ speed: 60, clip, credits: 1_000_000 });
    log = vscode.window.createOutputChannel('Seedance Studio, test of money', { log: true });
    await vscode.workspace
      .getConfiguration('seedance')
      .update('apiBaseUrl', simulator.url, vscode.ConfigurationTarget.Global);
  });
  after(async () => {
    await vscode.workspace
      .getConfiguration('seedance')
      .update('apiBaseUrl', undefined, vscode.ConfigurationTarget.Global);
    await simulator.close();
    log.dispose();
  });
  beforeEach(async () => {
    storage = await mkdtemp(path.join(tmpdir(), 'seedance-storage-'));
    studio = new Studio(storage, { clients: new Clients(keys, '0', log), globalState: state, log });
    const key = { origin: simulator.url, isFresh: false, refused: () => Promise.resolve() };
    services = {
      studio,
      key: () => Promise.resolve(key),
      newKey: () => Promise.resolve(key),
      checkAccount: () => {},
      folders: new FolderMemory(state),
      drafts: new Drafts(state),
      showText: () => Promise.resolve(),
      hideTexts: () => Promise.resolve(),
      reveal: id => (revealed.push(id), Promise.resolve()),
    };
    questions = new FakeQuestions();
  });
  afterEach(async () => {
    questions.restore();
    await change(Object.fromEntries([...settings].map(name => [name, undefined])));
    settings.clear();
    await studio.end();
    studio.dispose();
    await rm(storage, { recursive: true });
  });

  async function set(values: Settings): Promise<void> {
    for (const name of Object.keys(values)) settings.add(name);
    await change(values);
  }

  function generate(
    caller: Gesture['caller'],
    prompts: readonly string[],
    options: Gesture['options'] = {},
  ): Promise<readonly Task[]> {
    return generateVideos({ caller, texts: prompts.map(text), options }, services);
  }

  const posts = (): number => simulator.posts.length;

  /** The question is open on a row that pays nothing: Enter pays nothing. */
  async function declinedByEnter(asked: Promise<readonly Task[]>): Promise<string> {
    const before = posts();
    const question = await questions.next(0);
    const [active] = question.activeItems;
    assert(active && !/^(Generate|Send)/.test(active.label), active?.label);
    question.accept(active.label);
    assert.deepEqual(
      (await asked).filter(({ id }) => !revealed.includes(id)),
      [],
    );
    assert.equal(posts(), before);
    return question.text;
  }

  it('asks for a call, though it says that it need not be', async () => {
    const said = await declinedByEnter(
      generate('call', ['A castle.'], { confirm: false, quality: '4k', duration: 15 }),
    );
    assert.match(said, /1 video · about 1,032\.75 credits \(\$15\.19\)/);
  });

  it('asks for a call, with its text, though the user confirms no cost', async () => {
    await set({ confirmCost: false });
    assert.match(await declinedByEnter(generate('call', ['A castle.'])), /A castle\./);
  });

  it('lets calls go unasked up to the limit, over 24 hours, and asks for more', async () => {
    await set({ unattendedLimit: 140 });
    for (const prompt of ['One.', 'Two.'])
      assert.equal((await generate('call', [prompt], { confirm: false })).length, 1);
    assert.equal(questions.all.length, 0);
    await declinedByEnter(generate('call', ['Three.'], { confirm: false }));
  });

  it('lets only as much go unasked as the limit says, when calls come at the same instant', async () => {
    await set({ unattendedLimit: 70 });
    const before = posts();
    const both = ['One.', 'Two.'].map(prompt => generate('call', [prompt], { confirm: false }));
    const question = await questions.next(0);
    question.accept('Don’t Generate');
    const tasks = (await Promise.all(both)).flat();
    assert.deepEqual([tasks.length, posts() - before], [1, 1]);
  });

  it('asks once for several texts, and records all that were left in before the first leaves', async () => {
    await set({ maxConcurrentTasks: 1 });
    const prompts = ['First.', 'Second.', 'Third.', 'Fourth.', 'Fifth.'];
    const before = posts();
    let recordedAtFirst = 0;
    const stop = studio.account.ledger.onDidChange(({ task }) => {
      if (task?.state === 'submitting' && recordedAtFirst === 0)
        recordedAtFirst = studio.account.ledger.all().length;
    });
    const asked = generate('selection', prompts);
    const question = await questions.next(0);
    assert.match(question.text, /^5 videos · about 337\.5 credits \(\$4\.96\)/);
    for (const prompt of prompts) assert.match(question.row(prompt).detail ?? '', /1 word · \d character/);
    question.press('Second.', 'Leave Out');
    assert.match(question.text, /^4 videos · about 270 credits/);
    question.press('Third.', 'Leave Out');
    question.press('Third.', 'Put Back');
    question.accept('Generate 4 Videos');
    const tasks = await asked;
    stop();
    assert.deepEqual(
      tasks.map(({ prompt }) => prompt),
      prompts.filter(prompt => prompt !== 'Second.'),
    );
    assert.equal(recordedAtFirst, 4);
    assert.deepEqual([questions.all.length, posts() - before], [1, 4]);
  });

  it('opens on Generate only for text that was selected', async () => {
    const asked = generate('selection', ['A fox.']);
    const question = await questions.next(0);
    assert.equal(question.activeItems[0]?.label, 'Generate Video');
    question.hide();
    assert.deepEqual(await asked, []);
    for (const caller of ['person', 'call', 'sidecar'] as const) {
      const other = generate(caller, ['A fox.']);
      const asking = await questions.next();
      assert.equal(asking.activeItems[0]?.label, 'Don’t Generate', caller);
      asking.hide();
      await other;
    }
  });

  it('names what a workspace makes dearer, and asks, though the user confirms no cost', async () => {
    await set({ confirmCost: false });
    await change({ quality: '4k' }, vscode.ConfigurationTarget.WorkspaceFolder);
    try {
      const said = await declinedByEnter(generate('selection', ['A fox.']));
      assert.match(said, /This workspace sets quality: 344\.25 credits, not 67\.5 as with your settings\./);
    } finally {
      await change({ quality: undefined }, vscode.ConfigurationTarget.WorkspaceFolder);
    }
    assert.equal((await generate('selection', ['A fox.'])).length, 1);
  });

  it('shows a callback that is not the user’s setting', async () => {
    await set({ unattendedLimit: 1000 });
    const said = await declinedByEnter(
      generate('call', ['A fox.'], { confirm: false, callbackUrl: 'https://example.com/hook' }),
    );
    assert.match(said, /EvoLink will call https:\S*example\.com\/hook, which is not your setting\./);
  });

  it('forgives with `again` what was there, never what was recorded since', async () => {
    await set({ unattendedLimit: 1000 });
    const [first] = await generate('call', ['Twice.'], { confirm: false });
    const before = posts();
    const press = generate('call', ['Twice.'], { again: true });
    const question = await questions.next(0);
    const otherPress = generate('call', ['Twice.'], { again: true });
    const other = await questions.next(1);
    question.accept('Generate Video');
    const [second] = await press;
    assert.notEqual(second?.id, first?.id);
    other.accept('Generate Video');
    const back = await questions.next(2);
    assert.match(back.activeItems[0]?.label ?? '', /^Show the One (Under Way|Just Made)$/);
    back.accept(/^Show the One/);
    assert.deepEqual(
      (await otherPress).map(({ id }) => id),
      [second?.id],
    );
    assert.equal(posts(), before + 1);
    assert.equal(revealed.at(-1), second?.id);
  });

  it('gives a call the duplicate, and with `wait` when that has ended', async () => {
    await set({ unattendedLimit: 1000 });
    const [first] = await generate('call', ['Once.'], { confirm: false });
    const [same] = await generate('call', ['Once.'], { confirm: false });
    assert.equal(same?.id, first?.id);
    const [ended] = await generate('call', ['Once.'], { confirm: false, wait: true });
    assert.deepEqual([ended?.id, ended?.state], [first?.id, 'saved']);
  });

  it('leaves out of several what is under way, and what stands there twice', async () => {
    await set({ unattendedLimit: 1000 });
    await generate('call', ['Known.'], { confirm: false });
    const asked = generate('selection', ['Known.', 'New.', 'New.']);
    const question = await questions.next(0);
    assert.match(question.text, /^1 video · about 67\.5 credits/);
    question.accept('Generate Video');
    assert.deepEqual(
      (await asked).map(({ prompt }) => prompt),
      ['New.'],
    );
  });

  it('asks where a text was selected twice, though the user confirms no cost, and leaves the second out', async () => {
    await set({ confirmCost: false });
    const before = posts();
    const asked = generate('selection', ['Again.', 'Again.', 'Again.']);
    const question = await questions.next(0);
    assert.match(question.text, /^1 video · about 67\.5 credits/);
    question.accept('Generate Video');
    assert.equal((await asked).length, 1);
    assert.equal(posts(), before + 1);
  });

  it('asks whoever hands an argument to the command for selected text, menus aside', async () => {
    await set({ confirmCost: false });
    const document = await vscode.workspace.openTextDocument({ content: 'A harbour.', language: 'markdown' });
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(0, 0, 0, 10) });
    for (const [number, argument] of [{}, null, 'text'].entries()) {
      const before = posts();
      const asked = generateFromSelection(argument, services);
      (await questions.next(number)).accept('Don’t Generate');
      assert.deepEqual([await asked, posts()], [[], before]);
    }
    assert.equal((await generateFromSelection(document.uri, services)).length, 1);
    assert.equal(questions.all.length, 3);
  });

  it('refuses whoever asks where a limit is passed, or is no number', async () => {
    const before = posts();
    await set({ confirmCost: false, unattendedLimit: 1000 });
    const callers = ['selection', 'person', 'call', 'sidecar'] as const;
    for (const [limits, said] of [
      [{ costLimit: 50 }, /more than your limit of 50 for one video \(setting costLimit\)/],
      [{ costLimit: '1' }, /The limit “"1"” \(setting costLimit\) is no number of 0 or more/],
      [{ costLimit: -1 }, /\(setting costLimit\) is no number/],
      [{ gestureLimit: 100 }, /more than your limit of 100 for one go \(setting gestureLimit\)/],
      [{ gestureLimit: [] }, /\(setting gestureLimit\) is no number/],
    ] as const) {
      await set(limits);
      for (const caller of callers)
        await assert.rejects(generate(caller, ['One.', 'Two.'], { confirm: false }), said);
      await change({ costLimit: undefined, gestureLimit: undefined });
    }
    assert.deepEqual([questions.all.length, posts()], [0, before]);
  });

  it('keeps the limits when a request is sent that waits in the list, and asks', async () => {
    await set({ unattendedLimit: 1000 });
    const { ledger, queue } = studio.account;
    const [made] = await generate('call', ['Later.'], { confirm: false });
    assert(made);
    const record = ledger.get(made.id);
    assert(record);
    const waiting = { ...record, id: 'waits', state: 'waiting' as const };
    await ledger.add(waiting);
    const before = posts();
    await set({ costLimit: 1 });
    await assert.rejects(sendAgain(studio.account, [waiting], services), NotGenerated);
    await set({ costLimit: undefined });
    const sending = sendAgain(studio.account, [waiting], services);
    const question = await questions.next(0);
    assert.match(question.activeItems[0]?.label ?? '', /^Show the One (Under Way|Just Made)$/);
    question.accept('Send');
    assert.equal(await sending, 1);
    assert.equal(posts(), before + 1);
    assert(queue);
  });

  it('sends nothing from the list whose very same was recorded while the question was open', async () => {
    const { ledger } = studio.account;
    const [waiting, since] = ['waits', 'since'].map(id => ({
      ...makeRecord({ prompt: 'Both.', origin: simulator.url }),
      id,
      owner: 'another window',
    }));
    assert(waiting && since);
    await ledger.add(waiting);
    const before = posts();
    const sending = sendAgain(studio.account, [waiting], services);
    const question = await questions.next(0);
    await ledger.add(since);
    question.accept('Send');
    assert.deepEqual([await sending, posts()], [0, before]);
    assert.equal(ledger.get('waits')?.state, 'waiting');
  });

  it('takes null for the setting', async () => {
    await set({ unattendedLimit: 1000, quality: '480p' });
    await generate('call', ['Nothing said.'], { confirm: false, quality: null });
    assert.equal(JSON.parse(String(simulator.posts.at(-1)?.body)).quality, '480p');
  });

  it('refuses before it asks what can’t be sent or saved', async () => {
    const before = posts();
    await assert.rejects(generate('selection', ['x'.repeat(200_001)]), /larger than 200 kB/);
    for (const [setting, value, said] of [
      ['fileName', '{prompt}-{ID}', /has an unknown placeholder \{prompt\}\. These are known: .*\{slug\}/],
      ['fileName', 'a/b', /has a slash/],
      ['fileName', 5, /The setting fileName must be text/],
      ['outputFolder', [], /The setting outputFolder must be text/],
      ['outputFolder', '../out', /lies outside of the workspace folder/],
      ['duration', 3, /“duration” must be a whole number from 4 to 15/],
    ] as const) {
      await set({ [setting]: value });
      await assert.rejects(generate('selection', ['A fox.']), said, String(value));
      await change({ [setting]: undefined });
    }
    assert.deepEqual([questions.all.length, posts()], [0, before]);
  });

  it('shows of a sidecar what is sent, always asks, and sends that', async () => {
    await set({ confirmCost: false, unattendedLimit: 10_000 });
    const video = vscode.Uri.joinPath(folder().uri, 'cat.mp4');
    const sidecar = {
      version: 1,
      prompt: 'A kitten sleeps.',
      state: 'saved',
      video: { uri: 'cat.mp4', bytes: 7, sha256: '0'.repeat(64) },
      request: {
        model: 'seedance-2.0-text-to-video',
        prompt: 'Something quite different.',
        duration: 15,
        quality: '1080p',
        aspect_ratio: '16:9',
        generate_audio: true,
        content_filter: false,
      },
    };
    await writeFile(video.fsPath, 'a video');
    await writeFile(`${video.fsPath}.json`, JSON.stringify(sidecar));
    const thumbnails: never = undefined as never;
    const player = playerServices(services, thumbnails, log);
    assert.equal((await player.describe(video))?.prompt, 'Something quite different.');
    const before = posts();
    const done = player.runAction('generateAgain', video);
    const question = await questions.next(0);
    assert.match(question.text, /556\.875 credits|556\.88 credits/);
    assert.match(question.text, /Something quite different\./);
    assert.match(question.text, /15 s · 1080p .*without content filter/);
    assert.match(question.text, /The file sets duration, quality, content filter: /);
    assert.equal(question.activeItems[0]?.label, 'Don’t Generate');
    question.accept('Generate Video');
    await done;
    assert.equal(posts(), before + 1);
    const sent = JSON.parse(String(simulator.posts.at(-1)?.body));
    assert.deepEqual(sent, sidecar.request);
  });

  it('shows the balance as soon as it is known, and never waits for it', async () => {
    const asked = generate('selection', ['A fox.']);
    const question = await questions.next(0);
    await waitFor('the balance', () => /credits \(\$[\d.]+\) left in the account/.test(question.text));
    question.hide();
    await asked;
  });

  it('prints how long it takes from the command to the request with 10 tasks in the list, and with 10,000', async () => {
    await set({ unattendedLimit: 1_000_000, maxConcurrentTasks: 20 });
    const times = new Map<number, number[]>();
    const studios = new Map<number, Studio>();
    for (const size of [10, 10_000]) {
      const list = await mkdtemp(path.join(storage, 'list-'));
      const other = new Studio(list, { clients: new Clients(keys, '0', log), globalState: state, log });
      await other.account.ledger.addAll(
        Array.from({ length: size }, (_, i) => makeRecord({ state: 'saved', prompt: `Take ${i}.` })),
      );
      studios.set(size, other);
      times.set(size, []);
    }
    for (let i = 0; i < 15; i++) {
      for (const [size, other] of studios) {
        const before = posts();
        const started = performance.now();
        const gesture = {
          caller: 'call',
          texts: [text(`Number ${i}.`)],
          options: { confirm: false },
        } as const;
        const done = generateVideos(gesture, { ...services, studio: other });
        while (posts() === before) await new Promise(resolve => setImmediate(resolve));
        times.get(size)?.push(performance.now() - started);
        await done;
      }
    }
    for (const other of studios.values()) {
      await other.end();
      other.dispose();
    }
    const median = (size: number): number => times.get(size)?.toSorted((a, b) => a - b)[7] ?? Number.NaN;
    console.log(
      `    from the command to the POST: ${median(10).toFixed(1)} ms with 10 tasks, ${median(10_000).toFixed(1)} ms with 10,000: ${(median(10_000) / median(10)).toFixed(2)} times (medians of 15), aim: at most 1.2 times`,
    );
  });

  it('tells once what keeps several back, and sends all of them with one button and one question', async () => {
    await set({ maxConcurrentTasks: 1 });
    const poor = await startSimulator({ speed: 600, clip, credits: 100 });
    const told: { message: string; buttons: { title: string; arguments?: unknown[] }[] }[] = [];
    const original = vscode.window.showWarningMessage;
    const { showErrorMessage } = vscode.window;
    const note = (message: string, ...buttons: { title: string }[]): Promise<undefined> => {
      told.push({ message, buttons });
      return Promise.resolve(undefined);
    };
    Object.assign(vscode.window, { showWarningMessage: note, showErrorMessage: note });
    const other = new Studio(await mkdtemp(path.join(storage, 'poor-')), {
      clients: new Clients({ get: () => Promise.resolve(poor.key) }, '0', log),
      globalState: state,
      log,
    });
    const announcer = new Announcer(other);
    const key = { origin: poor.url, isFresh: false, refused: () => Promise.resolve() };
    const own = { ...services, studio: other, key: () => Promise.resolve(key) };
    try {
      const texts = ['One.', 'Two.', 'Three.', 'Four.', 'Five.'].map(text);
      const asked = generateVideos({ caller: 'selection', texts, options: {} }, own);
      (await questions.next(0)).accept('Generate 5 Videos');
      const tasks = await asked;
      assert.deepEqual(
        tasks.slice(1).map(({ state, error, charged }) => [state, error?.kind, charged]),
        ['rejected', 'waiting', 'waiting', 'waiting'].map(state => [state, 'balance', 'no']),
      );
      assert.deepEqual(
        told.map(({ buttons }) => buttons.map(({ title }) => title)),
        [['Open EvoLink Credits', 'Send 3']],
      );
      assert.equal(poor.posts.length, 2);
      const waiting = other.account.ledger.inStates(['waiting']);
      assert.deepEqual(new Set(told[0]?.buttons[1]?.arguments?.flat()), new Set(waiting.map(({ id }) => id)));
      const sending = sendAgain(other.account, waiting, own);
      const question = await questions.next(1);
      assert.match(question.text, /^3 videos · about 202\.5 credits/);
      assert.match(question.text, /32\.5 credits .*: not enough|Asking EvoLink/);
      question.accept('Send 3 Requests');
      await sending;
      assert(poor.posts.length > 2);
    } finally {
      Object.assign(vscode.window, { showWarningMessage: original, showErrorMessage });
      announcer.dispose();
      await other.end();
      other.dispose();
      await poor.close();
    }
  });

  it('is not led astray by icons in a prompt', async () => {
    const asked = generate('selection', ['$(trash) is what the sign says.']);
    const question = await questions.next(0);
    assert(
      question.items.every(({ label }) => !label.includes('$(')),
      question.text,
    );
    question.hide();
    await asked;
  });
});

describe('the demo', function () {
  this.timeout(60_000);

  it('asks like the account, and its credits never end', async () => {
    const questions = new FakeQuestions();
    await vscode.commands.executeCommand('seedance.startDemo');
    try {
      for (const prompt of ['A castle.', 'Another castle.']) {
        const number = questions.all.length;
        const options = { prompt, quality: '4k', duration: 15 };
        const asked = vscode.commands.executeCommand<Task>('seedance.generate', options);
        const question = await questions.next(number);
        assert.match(question.text, /^Demo: 1 video · about 1,032\.75 credits/);
        assert.match(question.text, /every video is a sample, and nothing is charged/);
        question.accept('Generate Video');
        const task = await asked;
        assert(['queued', 'generating'].includes(task.state), `${task.state} ${task.error?.kind}`);
      }
    } finally {
      questions.restore();
      await vscode.commands.executeCommand('seedance.stopDemo');
    }
  });
});
