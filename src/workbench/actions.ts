import * as vscode from 'vscode';
import { notify, type Severity } from './host/notify.ts';

/** What a button below a message does: a command with its arguments. */
export interface Action {
  readonly title: string;
  readonly command: string;
  readonly arguments?: readonly unknown[];
}

/** Addresses of EvoLink's console (reference, `securitySchemes`; EvoLink's own client for the credits). */
const KEYS_PAGE = 'https://evolink.ai/dashboard/keys';
const CREDITS_PAGE = 'https://evolink.ai/dashboard/credits';
const DASHBOARD = 'https://evolink.ai/dashboard';

export const actions = {
  setApiKey: (): Action => ({ title: vscode.l10n.t('Set API Key'), command: 'seedance.setApiKey' }),
  getApiKey: (): Action => openPage(vscode.l10n.t('Get an API Key'), KEYS_PAGE),
  topUp: (): Action => openPage(vscode.l10n.t('Open EvoLink Credits'), CREDITS_PAGE),
  settings: (query: string): Action => ({
    title: vscode.l10n.t('Open Settings'),
    command: 'workbench.action.openSettings',
    arguments: [query],
  }),
  showLog: (): Action => ({ title: vscode.l10n.t('Show Log'), command: 'seedance.showLog' }),
  showTasks: (): Action => ({ title: vscode.l10n.t('Show Tasks'), command: 'seedance.tasks.focus' }),
  editPrompt: (id: string): Action => onTask(vscode.l10n.t('Edit Prompt'), 'seedance.editAndGenerate', id),
  generateAgain: (id: string): Action =>
    onTask(vscode.l10n.t('Generate Again'), 'seedance.generateAgain', id),
  send: (id: string): Action => onTask(vscode.l10n.t('Send'), 'seedance.sendAgain', id),
  sendAll: (ids: readonly string[]): Action => ({
    title: vscode.l10n.t('Send {0}', ids.length),
    command: 'seedance.sendAgain',
    arguments: [ids],
  }),
  sendAgain: (id: string): Action => onTask(vscode.l10n.t('Send Again…'), 'seedance.sendAgain', id),
  checkOutcome: (id: string): Action => onTask(vscode.l10n.t('Check'), 'seedance.checkOutcome', id),
  openEvoLink: (): Action => openPage(vscode.l10n.t('Open EvoLink'), DASHBOARD),
  copyPrompt: (id: string): Action => onTask(vscode.l10n.t('Copy Prompt'), 'seedance.copyPrompt', id),
  remove: (id: string): Action => onTask(vscode.l10n.t('Remove'), 'seedance.removeTask', id),
  downloadAgain: (id: string): Action =>
    onTask(vscode.l10n.t('Download Again'), 'seedance.downloadAgain', id),
  saveElsewhere: (id: string): Action =>
    onTask(vscode.l10n.t('Save Elsewhere…'), 'seedance.saveElsewhere', id),
  typePrompt: (): Action => ({ title: vscode.l10n.t('Type a Prompt'), command: 'seedance.generateVideo' }),
  tryAgain: (command: string, ...args: readonly unknown[]): Action => ({
    title: vscode.l10n.t('Try Again'),
    command,
    arguments: args,
  }),
  refresh: (): Action => ({ title: vscode.l10n.t('Try Now'), command: 'seedance.refresh' }),
  openFolder: (): Action => ({ title: vscode.l10n.t('Open Folder'), command: 'vscode.openFolder' }),
};

function openPage(title: string, address: string): Action {
  return { title, command: 'vscode.open', arguments: [vscode.Uri.parse(address)] };
}

function onTask(title: string, command: string, id: string): Action {
  return { title, command, arguments: [id] };
}

/** One sentence with its buttons; resolves when the chosen one has done its work. */
export async function tell(severity: Severity, message: string, ...buttons: Action[]): Promise<void> {
  const chosen = await notify(severity, message, buttons);
  if (chosen) await vscode.commands.executeCommand(chosen.command, ...(chosen.arguments ?? []));
}
