// The browser that is the window of VS Code's server, driven by Playwright.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { reaction, startup } from './limits.ts';
import { noAacChromium } from './noAacChromium.ts';
import { ensureTool } from './systemTools.ts';

/** `noAac` can't decode AAC, like desktop VS Code. */
export type BrowserName = 'chromium' | 'noAac';

export interface BrowserOptions {
  browser?: BrowserName;
  /** Keeps secrets, window state and restored editors from one start to the next. Made fresh and removed at the end when not given. */
  profileDir?: string;
  /** Display language of VS Code, for example `ko`: of extensions, the workbench itself stays English. */
  language?: string;
  headless?: boolean;
  /** Pixels. */
  viewport?: { width: number; height: number };
  /** Lets media start with sound without a click, as tests inside the extension host need it. */
  autoplay?: boolean;
}

export interface OpenBrowser {
  readonly context: BrowserContext;
  readonly profileDir: string;
  /** Closes all windows; removes the profile if it was made for this start, unless it shall be used once more. */
  close(how?: { keepProfile?: boolean }): Promise<void>;
}

/** This browser can't be made here, which is no failure: tests skip with the message. */
export class BrowserUnavailable extends Error {
  readonly kind = 'browserUnavailable';
}

/** True where a window can be shown to a person. */
export function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
}

/**
 * Starts the browser.
 * @throws ToolMissing when no Chromium, Chrome or Edge is installed or installable; BrowserUnavailable for `noAac`
 */
export async function launchBrowser(options: BrowserOptions = {}): Promise<OpenBrowser> {
  const executablePath = await executable(options.browser ?? 'chromium');
  const profileDir = options.profileDir ?? (await mkdtemp(path.join(tmpdir(), 'seedance-browser-')));
  await mkdir(profileDir, { recursive: true });
  const viewport = options.viewport ?? { width: 1280, height: 800 };
  const context = await chromium.launchPersistentContext(profileDir, {
    executablePath,
    headless: options.headless ?? true,
    viewport,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(process.platform === 'linux' ? ['--no-sandbox'] : []),
      ...(options.autoplay ? ['--autoplay-policy=no-user-gesture-required'] : []),
    ],
  });
  context.setDefaultTimeout(reaction);
  context.setDefaultNavigationTimeout(startup);
  if (options.language) await pinLanguage(context, options.language);
  return {
    context,
    profileDir,
    close: async ({ keepProfile = options.profileDir !== undefined } = {}) => {
      await context.close();
      if (!keepProfile) await rm(profileDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function executable(browser: BrowserName): Promise<string> {
  if (browser === 'chromium') return ensureTool('chromium');
  const made = await noAacChromium();
  if ('skipped' in made) throw new BrowserUnavailable(made.skipped);
  return made.executablePath;
}

/** VS Code's own localised builds set this variable before the workbench loads; the server's build sets it to English. */
async function pinLanguage(context: BrowserContext, language: string): Promise<void> {
  await context.addInitScript(pinned => {
    Object.defineProperty(globalThis, '_VSCODE_NLS_LANGUAGE', { get: () => pinned, set: () => {} });
  }, language);
}

/**
 * Lets VS Code encrypt and keep secrets, which its server build else holds in memory: the window asks the path named by this cookie
 * for its half of the key. The half lives beside the profile that holds the other one.
 */
export async function keepSecrets({ context, profileDir }: OpenBrowser, authority: string): Promise<void> {
  const path_ = '/mint-key';
  const file = path.join(profileDir, 'secret-key');
  const key = await readFile(file).catch(async () => {
    const fresh = randomBytes(32);
    await writeFile(file, fresh);
    return fresh;
  });
  await context.addCookies([{ name: 'vscode-secret-key-path', value: path_, url: `http://${authority}` }]);
  await context.route(`http://${authority}${path_}`, route => route.fulfill({ body: key }));
}

/** The address of a window on a folder; of an empty window for ''. */
export function windowUrl(authority: string, folder: string): string {
  const what = folder === '' ? 'ew=true' : `folder=${encodeURIComponent(folder)}`;
  return `http://${authority}/?${what}&payload=${encodeURIComponent('[["skipWelcome","true"]]')}`;
}

/**
 * The address of a window on a workspace that runs tests with an extension under development.
 * @param workspace path of a .code-workspace file
 * @param tests file that exports `run()`: it is run in the extension host when the window has started
 */
export function testWindowUrl(
  authority: string,
  workspace: string,
  extension: string,
  tests: string,
): string {
  const remote = (file: string) => `vscode-remote://${authority}${file}`;
  const payload = [
    ['extensionDevelopmentPath', remote(extension)],
    ['extensionTestsPath', remote(tests)],
    ['skipWelcome', 'true'],
  ];
  return `http://${authority}/?workspace=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}
