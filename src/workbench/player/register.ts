import * as vscode from 'vscode';
import { PlayerEditor } from './editor.ts';
import { followRenames } from './followRenames.ts';
import { offerDefault } from './offerDefault.ts';
import { KeptPreferences } from './preferences.ts';
import type { PlayerServices } from './services.ts';
import { SoundHost } from './soundHost.ts';

export type { PlayerServices } from './services.ts';

export const PLAYER_VIEW_TYPE = 'seedance.player';

export interface Player extends vscode.Disposable {
  /** Prepares the sound of a video that was just saved, where players are known to need it. Never rejects. */
  prewarm(uri: vscode.Uri): Promise<void>;
}

/** The read-only editor that plays a video with sound. VS Code restores it after a reload by itself. */
export function registerPlayer(context: vscode.ExtensionContext, services: PlayerServices): Player {
  const sound = new SoundHost(context, services.log);
  const parts = { context, services, sound, preferences: new KeptPreferences(context.globalState) };
  const editors = new Set<PlayerEditor>();
  /** Names of the pages that go on in an editor of this address, which VS Code may make later. */
  const successions = new Map<string, string[]>();
  const registration = vscode.window.registerCustomEditorProvider(
    PLAYER_VIEW_TYPE,
    {
      openCustomDocument: uri => ({ uri, dispose: () => undefined }),
      resolveCustomEditor: (document, panel) => {
        const continues = successions.get(document.uri.toString())?.shift();
        const editor = new PlayerEditor(parts, document.uri, panel, continues);
        editors.add(editor);
        panel.onDidDispose(() => {
          editors.delete(editor);
          editor.dispose();
        });
        editor.open();
        void offerDefault(PLAYER_VIEW_TYPE, context.workspaceState, document.uri);
      },
    },
    { supportsMultipleEditorsPerDocument: true },
  );
  const renames = followRenames(PLAYER_VIEW_TYPE, editors, (page, to) => {
    const address = to.toString();
    successions.set(address, [...(successions.get(address) ?? []), page]);
  });
  return {
    prewarm: uri => sound.prewarm(uri),
    dispose: () => {
      registration.dispose();
      renames.dispose();
      for (const editor of editors) editor.dispose();
      sound.dispose();
    },
  };
}
