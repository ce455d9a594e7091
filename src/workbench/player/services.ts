import type * as vscode from 'vscode';
import type { PlayerAction, VideoStory } from '../../player/protocol.ts';
import type { Log } from '../host/log.ts';

/** What the player needs of the rest of the extension. */
export interface PlayerServices {
  /** Undefined for a video that was not made here. */
  describe(uri: vscode.Uri): Promise<VideoStory | undefined>;
  /** Rejects with a sentence for a person when the action did not work. */
  runAction(action: PlayerAction, uri: vscode.Uri): Promise<void>;
  /** The video whose story changed; undefined when any may have. */
  readonly onDidChangeStory: vscode.Event<vscode.Uri | undefined>;
  /** Whether the first frame of this video is to be handed over. */
  wantsThumbnail(uri: vscode.Uri): Promise<boolean>;
  /** Called at most once for each opened editor, with the first frame. Never rejects. */
  saveThumbnail(uri: vscode.Uri, png: Uint8Array): Promise<void>;
  readonly log: Log;
}
