import * as vscode from 'vscode';
import { PLAYER } from './playVideo.ts';

/** Files that the player opens (package.json, `customEditors`). */
const VIDEO = /\.(mp4|m4v|mov|webm)$/i;

/** The video of the active editor, where it is not shown in the player already. */
export function shownVideo(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const isFile = input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText;
  if (!isFile || !VIDEO.test(input.uri.path)) return undefined;
  return input instanceof vscode.TabInputCustom && input.viewType === PLAYER ? undefined : input.uri;
}

/** What the title of an editor gives a command when it was drawn before VS Code knew the editor's file: no more than its group. */
export function isEditorGroup(argument: unknown): boolean {
  return typeof argument === 'object' && argument !== null && 'groupId' in argument;
}
