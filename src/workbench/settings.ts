import * as vscode from 'vscode';
import type { RequestOptions } from '../evolink/request.ts';

const SECTION = 'seedance';

/**
 * What a request has that the caller did not say. Checked by the request's own rules, since a workspace may hold anything.
 * @param folder the one that the video will lie in
 */
export function requestDefaults(folder: vscode.Uri | undefined): RequestOptions {
  const settings = vscode.workspace.getConfiguration(SECTION, folder ?? null);
  return {
    model: settings.get('model'),
    duration: settings.get('duration'),
    quality: settings.get('quality'),
    aspectRatio: settings.get('aspectRatio'),
    generateAudio: settings.get('generateAudio'),
    contentFilter: settings.get('contentFilter'),
    webSearch: settings.get('webSearch'),
    callbackUrl: settings.get<string>('callbackUrl') || undefined,
  };
}

export interface OutputSettings {
  /** Folder inside the workspace folder. */
  readonly outputFolder: string;
  /** Template of the file name. */
  readonly fileName: string;
}

/** @param folder the one that the video will lie in */
export function outputSettings(folder: vscode.Uri): OutputSettings {
  const settings = vscode.workspace.getConfiguration(SECTION, folder);
  return {
    outputFolder: text(settings.get('outputFolder'), 'videos'),
    fileName: text(settings.get('fileName'), '{date}-{slug}-{id}'),
  };
}

export interface SpendingSettings {
  /** Ask with the price before each request. */
  readonly confirmCost: boolean;
  /** Credits that one task may cost at most; undefined: no limit. */
  readonly costLimit: number | undefined;
}

/** Settings of scope `application`: no workspace can change them. */
export function spendingSettings(): SpendingSettings {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const limit = settings.get<unknown>('costLimit');
  return {
    confirmCost: settings.get<unknown>('confirmCost') !== false,
    costLimit: typeof limit === 'number' && limit > 0 ? limit : undefined,
  };
}

export function apiBaseUrl(): string {
  return text(vscode.workspace.getConfiguration(SECTION).get('apiBaseUrl'), 'https://api.evolink.ai');
}

export function maxConcurrentTasks(): number {
  const value = vscode.workspace.getConfiguration(SECTION).get<unknown>('maxConcurrentTasks');
  return typeof value === 'number' && value >= 1 ? Math.floor(value) : 3;
}

export function opensWhenReady(): boolean {
  return vscode.workspace.getConfiguration(SECTION).get<unknown>('openWhenReady') !== false;
}

export async function openSettings(query: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', query);
}

function text(value: unknown, fallback: string): string {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : fallback;
}
