import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { offerDefault } from '../../src/workbench/player/offerDefault.ts';
import { playerServices } from '../../src/workbench/playerServices.ts';
import { TaskTree } from '../../src/workbench/taskTree.ts';
import { whileWatched } from './support.ts';

/** An object of a class with private members, of which only these are asked for. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it is what the place asks for
function standIn<T>(members: object): T {
  return Object.assign(Object.create(null), members);
}

describe('what listens', () => {
  it('lets go of each demo that has ended, and of the rest with the view', () => {
    const opened = new vscode.EventEmitter<unknown>();
    const switched = new vscode.EventEmitter<void>();
    const stopped: string[] = [];
    const open: object[] = [];
    const session = (name: string) => ({ follower: { onDidDownload: () => () => stopped.push(name) } });
    const { createTreeView } = vscode.window;
    Object.assign(vscode.window, { createTreeView: () => ({ dispose: () => undefined }) });
    const studio = {
      onDidOpen: opened.event,
      onDidSwitch: switched.event,
      onDidChangeTask: new vscode.EventEmitter().event,
      current: { ledger: { inStates: () => [] } },
      isDemo: true,
      open,
    };
    try {
      const tree = new TaskTree(standIn(studio), standIn({}), Date.now);
      for (const name of ['account', 'demo 1', 'demo 2']) {
        const fresh = session(name);
        open.push(fresh);
        opened.fire(fresh);
        opened.fire(fresh); // told twice, listened to once
        if (name === 'demo 1') open.pop();
        switched.fire();
      }
      assert.deepEqual(stopped, ['demo 1']);
      tree.dispose();
      assert.deepEqual(stopped, ['demo 1', 'account', 'demo 2']);
    } finally {
      Object.assign(vscode.window, { createTreeView });
    }
  });

  it('lets go with the player’s services', () => {
    let listeners = 0;
    const onDidChangeTask = () => {
      listeners += 1;
      return { dispose: () => (listeners -= 1) };
    };
    const services = playerServices(standIn({ studio: { onDidChangeTask } }), standIn({}), standIn({}));
    assert.equal(listeners, 1);
    services.dispose();
    assert.equal(listeners, 0);
  });
});

describe('the offer to open videos with sound', () => {
  it('is made also where the setting outputFolder is no text', async () => {
    const settings = vscode.workspace.getConfiguration('seedance');
    await settings.update('outputFolder', 7, vscode.ConfigurationTarget.Global);
    try {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      assert(folder);
      const video = vscode.Uri.joinPath(folder, 'videos', 'a.mp4');
      const state = { get: () => false, update: () => Promise.resolve(), keys: () => [] };
      const { shown } = await whileWatched(() => offerDefault('seedance.player', standIn(state), video));
      assert.match(shown[0]?.text ?? '', /videos in the folder "videos"/);
    } finally {
      await settings.update('outputFolder', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});
