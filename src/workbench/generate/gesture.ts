import type * as vscode from 'vscode';
import type { RequestOptions } from '../../evolink/request.ts';
import type { TaskSource } from '../../tasks/task.ts';
import type { Session } from '../session.ts';
import type { Studio } from '../studio.ts';
import type { FolderMemory } from './folderMemory.ts';
import type { Caller } from './gate.ts';

/** What a caller may say; everything else comes from the settings. Absent and null mean the setting. */
export interface GenerateOptions extends RequestOptions {
  readonly prompt: string;
  /** False: unasked, as far as `unattendedLimit` lets it; the other limits hold all the same. */
  readonly confirm?: boolean;
  /** True: the same request as one that is under way when the command begins is meant. */
  readonly again?: boolean;
  /** True: resolve when the task has ended, not when EvoLink has taken it. */
  readonly wait?: boolean;
}

/** A text to make a video of. */
export interface GestureText {
  /** As it was selected, typed or handed over. */
  readonly text: string;
  readonly source: TaskSource | undefined;
  /** Whose folder and settings apply; undefined: none's. */
  readonly resource: vscode.Uri | undefined;
}

/** One act of a person or program that asks for videos: there is one question for all of it. */
export interface Gesture {
  readonly caller: Caller;
  readonly texts: readonly GestureText[];
  readonly options: Omit<GenerateOptions, 'prompt'>;
  /** Is called when its tasks are on the disk. */
  readonly onRecorded?: () => void;
}

/** What the way from a text to a sent task needs of the rest of the workbench. */
export interface GenerateServices {
  readonly studio: Studio;
  /** The key to send with, typed now where there is none; undefined where the user gave none. */
  readonly key: (session: Session) => Promise<SendingKey | undefined>;
  /** A key that is typed now, in place of one that EvoLink refused. */
  readonly newKey: (session: Session) => Promise<SendingKey | undefined>;
  /** Tells what is wrong with the settings about EvoLink's address. Throws `NotGenerated`. */
  readonly checkAccount: () => void;
  readonly folders: FolderMemory;
  /** Shows a text that is about to be sent, read-only. */
  readonly showText: (text: string, name: string) => Promise<void>;
  /** Closes what `showText` opened. */
  readonly hideTexts: () => Promise<void>;
  /** Shows a task in the view. */
  readonly reveal: (id: string) => Promise<void>;
}

export interface SendingKey {
  /** Of the API. */
  readonly origin: string;
  /** Whether it was typed just now, and EvoLink was not asked about it. */
  readonly isFresh: boolean;
  /** Forgets a fresh key: EvoLink refused it. */
  readonly refused: () => Promise<void>;
}
