// One VS Code server, and one browser of each kind, for the windows of all tests of this process that can share them. A start of both
// costs as much as ten tests, and the second window of a browser has its code compiled already.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserName, type OpenBrowser, keepSecrets, launchBrowser } from '../../support/browser.ts';
import { repository } from '../../support/paths.ts';
import { VSCodeServer } from '../../support/vscodeServer.ts';
import { Workbench } from '../../support/workbench.ts';
import { TAP_WEB_AUDIO } from '../playerEar.ts';

const userSettings = {
  'seedance.openWhenReady': false,
  'seedance.confirmCost': false,
  '[markdown]': { 'editor.wordWrap': 'off' },
};

interface Shared {
  readonly server: VSCodeServer;
  /** A folder that the extension `attic` shows as one that is not on this machine. */
  readonly attic: string;
  readonly browsers: Map<BrowserName, Promise<OpenBrowser>>;
}

let shared: Promise<Shared> | undefined;

async function start(): Promise<Shared> {
  const attic = await mkdtemp(path.join(tmpdir(), 'seedance-attic-'));
  const server = await VSCodeServer.start({
    extension: repository,
    moreExtensions: [path.join(import.meta.dirname, 'attic')],
    env: { SEEDANCE_TEST_ATTIC: attic },
    userSettings,
    fewBuiltins: true,
  });
  return { server, attic, browsers: new Map() };
}

async function launch(browser: BrowserName, { server }: Shared): Promise<OpenBrowser> {
  const open = await launchBrowser({ browser, autoplay: true });
  await keepSecrets(open, server.authority);
  await open.context.addInitScript(TAP_WEB_AUDIO);
  return open;
}

/** Lets every MP4 of a workspace open in the player. @param more settings of that workspace */
export async function preferPlayer(workspace: string, more: Record<string, unknown> = {}): Promise<void> {
  const settings = { 'workbench.editorAssociations': { '*.mp4': 'seedance.player' }, ...more };
  await mkdir(path.join(workspace, '.vscode'), { recursive: true });
  await writeFile(path.join(workspace, '.vscode', 'settings.json'), JSON.stringify(settings));
}

/** The folder of the extension `attic`. */
export async function sharedAttic(): Promise<string> {
  shared ??= start();
  return (await shared).attic;
}

/** Opens a window on a folder; its `close` closes that window alone. Media may be heard in it without a click. */
export async function openSharedWindow(
  workspace: string,
  browser: BrowserName = 'chromium',
): Promise<Workbench> {
  shared ??= start();
  const { server, browsers } = await shared;
  const launched = browsers.get(browser) ?? launch(browser, await shared);
  browsers.set(browser, launched);
  const workbench = new Workbench(server, await launched, { workspace }, true);
  await workbench.openWindow();
  return workbench;
}

// Of the whole run: this file is loaded with the tests.
after(async () => {
  if (!shared) return;
  const { server, browsers, attic } = await shared;
  for (const browser of browsers.values()) await (await browser).close();
  await server.stop();
  await rm(attic, { recursive: true, force: true });
});
