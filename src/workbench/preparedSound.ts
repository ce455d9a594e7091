import * as vscode from 'vscode';
import { belongsHere } from './announcer.ts';
import type { Player } from './player/register.ts';
import type { Studio } from './studio.ts';

/**
 * Has the sound of each video prepared when it was saved, so that it is ready when it is played; in the one window that the
 * task belongs to, since all share what is prepared.
 */
export function prepareSavedSound(studio: Studio, player: Player): vscode.Disposable {
  return studio.onDidChangeTask(({ task, session }) => {
    if (task?.state === 'saved' && task.video && belongsHere(task, session))
      void player.prewarm(vscode.Uri.parse(task.video.uri));
  });
}
