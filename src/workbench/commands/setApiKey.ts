import * as v from 'valibot';
import * as vscode from 'vscode';
import { EvoLinkError } from '../../evolink/errors.ts';
import { accountOfSettings, type Account, type Clients } from '../accounts.ts';
import { actions, tell } from '../actions.ts';
import type { ApiKeys } from '../apiKeys.ts';
import { explainError } from '../errorSentences.ts';
import { askModal, typeText } from '../host/ask.ts';
import { whileShowing } from '../host/notify.ts';
import { refuse } from '../refusal.ts';
import type { SendingKey } from '../generate/gesture.ts';

const Argument = v.object({ key: v.string() });

export interface KeyServices {
  readonly keys: ApiKeys;
  readonly clients: Clients;
}

/** The account of the settings; tells what to mend where its address is not acceptable. */
export function accountOrExplain(): Account | undefined {
  const account = accountOfSettings();
  if (!account) {
    void tell('error', addressSentence(), actions.settings('seedance.apiBaseUrl'));
  }
  return account;
}

/** Throws `NotGenerated` where the address of the settings is not acceptable. */
export function checkAccount(): void {
  if (!accountOfSettings()) refuse(addressSentence(), actions.settings('seedance.apiBaseUrl'));
}

function addressSentence(): string {
  return vscode.l10n.t(
    'The address of EvoLink’s API (setting apiBaseUrl) must be https, without user name or query.',
  );
}

/** The origin to send to, once it has a key; undefined where the user gave none. */
export async function originWithKey(services: KeyServices): Promise<string | undefined> {
  const account = accountOrExplain();
  if (!account) return undefined;
  const hasKey = (await services.keys.get(account.origin)) !== undefined;
  return hasKey || (await askForKey(account, services)) ? account.origin : undefined;
}

/** The key to generate with, typed now where there is none. Undefined where the user gave none. */
export async function keyForSending(services: KeyServices): Promise<SendingKey | undefined> {
  const account = accountOrExplain();
  if (!account) return undefined;
  const { origin } = account;
  const isKnown = (await services.keys.get(origin)) !== undefined;
  return isKnown
    ? { origin, isFresh: false, refused: () => Promise.resolve() }
    : await newKeyForSending(services);
}

/**
 * A key that is typed now. It is kept at once, and tried by the caller while the question is open: nothing that asks may open
 * after a wait for the network. Undefined where the user gave none.
 */
export async function newKeyForSending({ keys }: KeyServices): Promise<SendingKey | undefined> {
  const account = accountOrExplain();
  if (!account) return undefined;
  const { origin } = account;
  const key = await typeKey(account);
  if (key === undefined) return undefined;
  await keys.set(origin, key);
  return { origin, isFresh: true, refused: () => keys.remove(origin) };
}

/**
 * `seedance.setApiKey`: keeps a key for the API of the settings after trying it, which is free. Resolves to whether it is
 * kept. The key of an argument may be anybody's, and prompts would go to its account: it replaces no other one unasked.
 */
export async function setApiKey(argument: unknown, services: KeyServices): Promise<boolean> {
  const account = accountOrExplain();
  if (!account) return false;
  const given = v.safeParse(Argument, argument);
  if (given.success && !(await mayReplace(given.output.key.trim(), account, services))) return false;
  const kept = given.success
    ? await keepKey(given.output.key, account, services)
    : await askForKey(account, services);
  if (kept) void tell('information', vscode.l10n.t('The API key is kept in VS Code’s secret storage.'));
  return kept;
}

export async function removeApiKey({ keys }: KeyServices): Promise<void> {
  const account = accountOrExplain();
  if (!account) return;
  await keys.remove(account.origin);
  void tell(
    'information',
    vscode.l10n.t('The API key for {0} was removed.', account.origin),
    actions.setApiKey(),
  );
}

async function mayReplace(key: string, { origin }: Account, { keys }: KeyServices): Promise<boolean> {
  const known = await keys.get(origin);
  if (known === undefined || known === key) return true;
  return await askModal(
    vscode.l10n.t('Replace the API key for {0}?', origin),
    vscode.l10n.t(
      'A keybinding, a task or another extension gives a new one. Prompts and costs will go to the account of the new key.',
    ),
    vscode.l10n.t('Replace'),
  );
}

async function askForKey(account: Account, services: KeyServices): Promise<boolean> {
  const key = await typeKey(account);
  return key === undefined ? false : await keepKey(key, account, services);
}

async function typeKey(account: Account): Promise<string | undefined> {
  const key = await typeText({
    title: vscode.l10n.t('EvoLink API Key'),
    prompt: vscode.l10n.t(
      'For {0}. Kept in VS Code’s secret storage. Keys are made at evolink.ai/dashboard/keys.',
      account.origin,
    ),
    placeHolder: 'sk-…',
    password: true,
    ignoreFocusOut: true,
    validate: text =>
      isKey(text) ? undefined : vscode.l10n.t('Paste a key here: it has no spaces or line breaks.'),
  });
  return key?.trim();
}

async function keepKey(text: string, account: Account, { keys, clients }: KeyServices): Promise<boolean> {
  const key = text.trim();
  if (!isKey(key)) {
    void tell('error', vscode.l10n.t('This is no API key: it is empty or has spaces.'), actions.setApiKey());
    return false;
  }
  const refusal = await tryKey(key, account, clients);
  if (refusal?.kind === 'key') {
    const { message, buttons } = explainError(refusal);
    const before = await keys.get(account.origin);
    const told =
      before === undefined || before === key
        ? message
        : vscode.l10n.t('{0} The key that was kept before stays.', message);
    void tell('error', told, ...buttons);
    return false;
  }
  await keys.set(account.origin, key);
  return true;
}

/** Undefined where the key works; any other trouble than a refusal says nothing about the key. */
async function tryKey(key: string, account: Account, clients: Clients): Promise<EvoLinkError | undefined> {
  try {
    await whileShowing(vscode.l10n.t('Trying the API key'), () =>
      clients.withKey(account.baseUrl, key).credits({ signal: AbortSignal.timeout(10_000) }),
    );
    return undefined;
  } catch (error) {
    if (error instanceof EvoLinkError) return error;
    throw error;
  }
}

/** As header values need it: visible ASCII without spaces. */
function isKey(text: string): boolean {
  return /^[\u0021-\u007e]+$/.test(text.trim());
}
