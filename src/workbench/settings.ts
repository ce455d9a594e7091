import * as vscode from 'vscode';
import type { RequestOptions } from '../evolink/request.ts';
import type { SpendingRules } from './generate/gate.ts';

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

/** {@link requestDefaults} as the user's own settings alone say, without any workspace's. */
export function ownRequestDefaults(): RequestOptions {
  const settings = vscode.workspace.getConfiguration(SECTION, null);
  const own = (name: string): unknown => {
    const found = settings.inspect(name);
    return found?.globalValue ?? found?.defaultValue;
  };
  return {
    model: own('model'),
    duration: own('duration'),
    quality: own('quality'),
    aspectRatio: own('aspectRatio'),
    generateAudio: own('generateAudio'),
    contentFilter: own('contentFilter'),
    webSearch: own('webSearch'),
    callbackUrl: own('callbackUrl') || undefined,
  };
}

/** As they stand in the settings: a workspace may hold anything. */
export interface OutputSettings {
  /** Folder inside the workspace folder. */
  readonly outputFolder: unknown;
  /** Template of the file name. */
  readonly fileName: unknown;
}

/** @param folder the one that the video will lie in */
export function outputSettings(folder: vscode.Uri): OutputSettings {
  const settings = vscode.workspace.getConfiguration(SECTION, folder);
  return { outputFolder: settings.get('outputFolder'), fileName: settings.get('fileName') };
}

/** Settings of scope `application`: no workspace can change them. */
export function spendingRules(): SpendingRules {
  const settings = vscode.workspace.getConfiguration(SECTION);
  return {
    confirmCost: settings.get('confirmCost'),
    costLimit: settings.get('costLimit'),
    gestureLimit: settings.get('gestureLimit'),
    unattendedLimit: settings.get('unattendedLimit'),
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

function text(value: unknown, fallback: string): string {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : fallback;
}
