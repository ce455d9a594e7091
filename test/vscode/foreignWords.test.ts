import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { actions, tell } from '../../src/workbench/actions.ts';
import { explainTask } from '../../src/workbench/errorSentences.ts';
import { askModal, pickOne, typeText } from '../../src/workbench/host/ask.ts';
import { hover } from '../../src/workbench/host/hover.ts';
import { notify } from '../../src/workbench/host/notify.ts';
import { Studio } from '../../src/workbench/studio.ts';
import { promptLabel } from '../../src/workbench/taskLabels.ts';
import { TaskTree } from '../../src/workbench/taskTree.ts';
import { taskTooltip } from '../../src/workbench/taskTooltip.ts';
import { openLog } from '../../src/workbench/host/log.ts';
import { HOSTILE, harmIn } from '../support/hostileWords.ts';
import { makeRecord } from '../support/records.ts';
import { whileWatched } from './support.ts';

const find = () => Promise.resolve(undefined);

function assertHarmless(shown: string): void {
  assert.equal(harmIn(shown), undefined, shown);
  assert.match(shown, /See /);
}

describe('foreign words are shown as text', () => {
  it('would do harm as they are', () => {
    assert.equal(harmIn(HOSTILE), 'link');
  });

  for (const severity of ['error', 'warning', 'information'] as const)
    it(`in notifications: ${severity}`, async () => {
      for (const show of [
        () => tell(severity, HOSTILE, actions.showLog()),
        () => notify(severity, HOSTILE, []).then(() => undefined),
      ]) {
        const { shown } = await whileWatched(show);
        assert.deepEqual(
          shown.map(({ kind }) => kind),
          [severity],
        );
        assertHarmless(shown[0]?.text ?? '');
      }
    });

  it('in EvoLink’s words about a task, in each state', async () => {
    for (const state of ['rejected', 'failed', 'waiting', 'generating'] as const) {
      const task = makeRecord({
        state,
        error: { kind: 'badRequest', message: HOSTILE, code: '[a](command:b)' },
      });
      const sentence = explainTask(task)?.message ?? '';
      assert.match(sentence, /EvoLink says: See/);
      const { shown } = await whileWatched(() => tell('error', sentence));
      assertHarmless(shown[0]?.text ?? '');
    }
  });

  it('in modal questions', async () => {
    const { shown } = await whileWatched(() => askModal(HOSTILE, HOSTILE, 'Yes'));
    assert.equal(shown[0]?.modal, true);
    assertHarmless(shown[0]?.text ?? '');
    assertHarmless(String(Object(shown[0]?.all[1]).detail));
  });

  it('in picks', async () => {
    const item = { label: HOSTILE, description: HOSTILE, detail: HOSTILE, value: 1 };
    const { shown } = await whileWatched(() => pickOne([item], { placeHolder: 'Which?' }));
    const [given] = Object(shown[0]?.all[0]);
    for (const part of ['label', 'description', 'detail']) assertHarmless(String(Object(given)[part]));
  });

  it('in input boxes: title, prompt and what is wrong, but not what is to be changed', async () => {
    const { shown } = await whileWatched(() =>
      typeText({ title: HOSTILE, prompt: HOSTILE, value: HOSTILE, validate: () => HOSTILE }),
    );
    const options = Object(shown[0]?.all[0]);
    assertHarmless(String(options.title));
    assertHarmless(String(options.prompt));
    assertHarmless(String(options.validateInput('')));
    assert.equal(options.value, HOSTILE);
  });

  it('in tooltips', () => {
    const task = makeRecord({
      state: 'failed',
      prompt: HOSTILE,
      error: { kind: 'badRequest', message: HOSTILE },
      request: { ...makeRecord().request, model: HOSTILE },
    });
    for (const tooltip of [
      taskTooltip(task, undefined),
      hover({ title: HOSTILE, facts: [HOSTILE], paragraphs: [HOSTILE] }),
    ]) {
      assert.ok(!tooltip.isTrusted && !tooltip.supportHtml && !tooltip.supportThemeIcons);
      assertHarmless(tooltip.value.replaceAll('\\', ''));
      assert.doesNotMatch(tooltip.value, /(?<!\\)[[\]<>&`_~!]/);
    }
  });

  it('in labels of rows', () => {
    assert.equal(harmIn(promptLabel(`a\u202eb\u001b\r\nc\u2066${HOSTILE}`, 7)), undefined);
  });

  it('in the view: rows and the message above them', async () => {
    const storage = await mkdtemp(path.join(tmpdir(), 'seedance-view-'));
    const log = openLog('Seedance Studio, test of the view');
    const { createTreeView } = vscode.window;
    const view = { message: '', badge: undefined, dispose: () => undefined };
    Object.assign(vscode.window, { createTreeView: () => view });
    const studio = new Studio(storage, {
      clients: { forOrigin: () => Promise.resolve(undefined) },
      globalState: { get: () => undefined, keys: () => [], update: () => Promise.resolve() },
      log,
    });
    const tree = new TaskTree(studio, Object.assign(Object.create(null), { find }), Date.now);
    try {
      await studio.account.ledger.add(makeRecord({ id: 'hostile', prompt: HOSTILE, state: 'uncertain' }));
      const item = await tree.resolveTreeItem(tree.getTreeItem('hostile'), 'hostile');
      // A label is plain text to VS Code: only what can’t be seen could do harm there.
      assert.ok(typeof item.label === 'string');
      assert.doesNotMatch(item.label, /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      assert.equal(item.description, 'Outcome unknown');
      assert.ok(item.tooltip instanceof vscode.MarkdownString);
      assertHarmless(item.tooltip.value.replaceAll('\\', ''));
      assert.deepEqual(view.badge, {
        value: 1,
        tooltip: 'It is unknown whether 1 request was taken: it may be paid for.',
      });
      assert.equal(view.message, 'It is unknown whether 1 request was taken: it may be paid for.');
      Object.defineProperty(studio, 'current', {
        get: () => {
          throw new Error(HOSTILE);
        },
      });
      assert.deepEqual(tree.getChildren(), []);
      assertHarmless(view.message);
    } finally {
      Object.assign(vscode.window, { createTreeView });
      Reflect.deleteProperty(studio, 'current');
      tree.dispose();
      await studio.end();
      studio.dispose();
      log.dispose();
      await rm(storage, { recursive: true });
    }
  });
});
