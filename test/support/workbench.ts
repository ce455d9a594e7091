// VS Code as a person has it before the eyes: its window, from opening to closing.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { type BrowserOptions, type OpenBrowser, keepSecrets, launchBrowser, windowUrl } from './browser.ts';
import { Hands } from './hands.ts';
import { reaction, startup } from './limits.ts';
import { repository, screenshotsFolder } from './paths.ts';
import { activations, extensionHostLogs } from './serverLogs.ts';
import { type ServerOptions, VSCodeServer } from './vscodeServer.ts';
import { type Nothing, waitFor } from './waitFor.ts';

export interface WorkbenchOptions extends ServerOptions, BrowserOptions {
  /** Absolute path of the folder that is open in the window; '' for a window without one. */
  workspace: string;
}

/** Starts a server and a browser and opens the window. The extension is there from the repository, unless from a package. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const server = await VSCodeServer.start({
    ...(options.packages ? {} : { extension: repository }),
    ...options,
  });
  try {
    const browser = await launchBrowser(options);
    try {
      await keepSecrets(browser, server.authority);
      const workbench = new Workbench(server, browser, options);
      await workbench.openWindow();
      return workbench;
    } catch (error) {
      await browser.close();
      throw error;
    }
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** When an action fails there is a screenshot in out/screenshots and the error ends with the extension host's log. */
export class Workbench extends Hands {
  readonly server: VSCodeServer;
  #browser: OpenBrowser;
  #options: WorkbenchOptions;
  #isSecond: boolean;
  #page: Page | undefined;
  #problems: string[] = [];

  constructor(server: VSCodeServer, browser: OpenBrowser, options: WorkbenchOptions, isSecond = false) {
    super();
    this.#isSecond = isSecond;
    this.server = server;
    this.#browser = browser;
    this.#options = options;
  }

  get page(): Page {
    if (!this.#page) throw new Error('The window is closed.');
    return this.#page;
  }

  // ---- the window

  /** Opens the window (again, after `closeWindow`) and waits until it can be used. */
  async openWindow(): Promise<void> {
    const { context } = this.#browser;
    const page = context.pages().find(page => page.url() === 'about:blank') ?? (await context.newPage());
    this.#page = page;
    page.on('dialog', dialog => void dialog.accept().catch(() => {}));
    page.on('console', message => {
      if (message.type() === 'error') this.#problems.push(message.text());
    });
    await this.step('open the window', () =>
      this.#untilReady(() =>
        page.goto(windowUrl(this.server.authority, this.#options.workspace), { waitUntil: 'commit' }),
      ),
    );
  }

  /** Opens one more window, with an extension host of its own, on the same server. Its `close` closes that window alone. */
  async secondWindow(workspace = this.#options.workspace): Promise<Workbench> {
    const second = new Workbench(this.server, this.#browser, { ...this.#options, workspace }, true);
    await second.openWindow();
    return second;
  }

  /** Closes the window and keeps the server, as when a laptop is closed: the extension host lives on for a while. */
  async closeWindow(): Promise<void> {
    const { context } = this.#browser;
    const blank = await context.newPage(); // a browser without a page would end
    await this.page.close();
    this.#page = undefined;
    await blank.bringToFront();
  }

  /** Reloads the window: the extension host ends and a new one starts. */
  async reload(): Promise<void> {
    await this.step('reload the window', () =>
      this.#untilReady(() => this.page.reload({ waitUntil: 'commit' })),
    );
  }

  /** Stops the server with all extension hosts, starts it with the same data on the same port, and reloads the window. */
  async restartServer(how: { crash?: boolean } = {}): Promise<void> {
    await this.server.restart(how);
    await this.reload();
  }

  /** Ends the browser and starts it with the same profile: secrets, window state and open editors survive. */
  async restartBrowser(): Promise<void> {
    const { profileDir } = this.#browser;
    await this.#browser.close({ keepProfile: true });
    const fresh = await launchBrowser({ ...this.#options, profileDir });
    this.#browser = {
      ...fresh,
      close: ({ keepProfile = this.#options.profileDir !== undefined } = {}) => fresh.close({ keepProfile }),
    };
    await keepSecrets(this.#browser, this.server.authority);
    await this.openWindow();
  }

  /** Ends browser and server. Safe to call twice. */
  async close(): Promise<void> {
    const page = this.#page;
    this.#page = undefined;
    if (this.#isSecond) {
      if (this.#browser.context.pages().length === 1) await this.#browser.context.newPage();
      return page?.close();
    }
    await this.#browser.close();
    await this.server.stop();
  }

  /** Resolves when a person has closed the window. */
  async closedByPerson(): Promise<void> {
    await this.page.waitForEvent('close', { timeout: 0 });
  }

  // ---- what is left for people to look at

  /** Takes a picture of the window. @returns its path, out/screenshots/NAME.png */
  async screenshot(name: string): Promise<string> {
    await mkdir(screenshotsFolder, { recursive: true });
    const file = path.join(screenshotsFolder, `${fileName(name)}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }
  /** Waits for a condition of the caller's own with the same care when it fails. @param limit milliseconds */
  async waitFor<T>(
    what: string,
    probe: () => T | Nothing | Promise<T | Nothing>,
    limit = reaction,
  ): Promise<T> {
    return this.step(`wait for ${what}`, () => waitFor(what, probe, limit));
  }

  /** The error with the place of a screenshot and the logs added, once. */
  async explain(what: string, error: unknown): Promise<Error> {
    if (error instanceof WorkbenchError) return error;
    const screenshot = await this.screenshot(`failed-${what}`).catch(reason => `none (${String(reason)})`);
    const log = path.join(screenshotsFolder, `${fileName(`failed-${what}`)}.log`);
    const problems = this.#problems.join('\n');
    const logs = await extensionHostLogs(this.server);
    await writeFile(log, `${logs}\n--- errors in the window\n${problems}\n`);
    const complaints = logs.split('\n').filter(line => /\[error\]/.test(line));
    const message = error instanceof Error ? error.message : String(error);
    return new WorkbenchError(
      [
        `Could not ${what}: ${message}`,
        `Screenshot: ${screenshot}`,
        `Logs of the extension host and the window: ${log}`,
        ...complaints.slice(-10).map(line => line.slice(0, 300)),
      ].join('\n'),
      { cause: error },
    );
  }

  protected async step<T>(what: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      throw await this.explain(what, error);
    }
  }

  /** Loads the window and waits until a person can use it and the extension in it. */
  async #untilReady(load: () => Promise<unknown>): Promise<void> {
    const before = await activations(this.server, EXTENSION);
    await load();
    const workbench = this.page.locator('.monaco-workbench .part.statusbar');
    await workbench.waitFor({ timeout: startup });
    // The remote indicator gets its command when the window is connected to the server.
    await this.page
      .locator(
        // An empty window has its side bar closed.
        this.#options.workspace === ''
          ? '.part.activitybar .action-item'
          : '.explorer-folders-view .monaco-list, .part.sidebar .pane',
      )
      .first()
      .waitFor({ timeout: startup });
    if (this.#options.extension !== undefined) return;
    // Before that a video would open as text, though the extension's icon is there already.
    const isActive = async () => (await activations(this.server, EXTENSION)) > before;
    await waitFor('the extension to be activated', isActive, startup);
  }
}

/** The extension that is tested. */
const EXTENSION = 'seedance-studio.seedance-studio';

class WorkbenchError extends Error {}

function fileName(name: string): string {
  return name.replaceAll(/[^\w.-]+/g, '-').slice(0, 100);
}
