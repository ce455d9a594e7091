// VS Code as a server, from the npm package code-server: a complete VS Code whose extension host is real, with a browser as its
// window. Needs nothing but the npm registry, so it serves where desktop VS Code can't be downloaded or shown.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { startup } from './limits.ts';
import { cacheFolder } from './paths.ts';
import { type OwnedProcess, runCommand, startProcess } from './processes.ts';

/** What a test asks for: the newest build that is pinned here, the one that Cursor is built on, or the lowest that is supported. */
export type VersionName = 'latest' | 'cursor' | 'lowest';

interface Build {
  /** Version of the npm package code-server; its 4.N.P holds VS Code 1.N.P. */
  readonly codeServer: string;
  readonly vscode: string;
  /** The Node that VS Code's desktop build of this version has, from the npm package node; undefined: the Node that runs this. */
  readonly node?: string;
  /** Version of the npm package that holds ripgrep, where the build's own package would download it; quick open needs it. */
  readonly ripgrep?: string;
}

export const builds: Record<VersionName, Build> = {
  latest: { codeServer: '4.139.1', vscode: '1.139.1' },
  cursor: { codeServer: '4.105.1', vscode: '1.105.1', node: '22.19.0', ripgrep: '1.18.0' },
  lowest: { codeServer: '4.103.2', vscode: '1.103.2', node: '22.17.0', ripgrep: '1.18.0' },
};

const versionNames = ['latest', 'cursor', 'lowest'] as const satisfies VersionName[];

/** Reads `--vscode 1.103` or VSCODE_TEST_VERSION: empty, or a version by its name or number, with or without the last part. */
export function versionNamed(name: string | undefined): VersionName {
  if (!name) return 'latest';
  const found = versionNames.find(version =>
    [version, builds[version].vscode, minor(version)].includes(name),
  );
  if (found) return found;
  throw new Error(
    `VS Code ${name} is not prepared for the tests: take ${versionNames.map(minor).join(', ')}.`,
  );
}

/** `1.103` of 1.103.2. */
function minor(version: VersionName): string {
  return builds[version].vscode.replace(/\.\d+$/, '');
}

interface InstalledServer {
  readonly node: string;
  readonly main: string;
}

/**
 * Installs the build into the user's cache folder unless it is there already; prints its progress.
 * Whole or not at all: it is installed beside and renamed.
 */
export async function installServer(
  version: VersionName,
  print: (line: string) => void = console.log,
): Promise<InstalledServer> {
  const build = builds[version];
  const folder = path.join(cacheFolder(), `vscode-server-${build.codeServer}`);
  const installed = {
    node: build.node ? path.join(folder, 'runtime', 'node_modules', 'node', 'bin', 'node') : process.execPath,
    main: path.join(folder, serverFolder, 'out', 'server-main.js'),
  };
  if (!build.node && Number(process.versions.node.split('.')[0]) < 24) {
    throw new Error(
      `This VS Code needs Node 24 and Node ${process.versions.node} runs here: start it through npm ("npm test", "npm run demo"), which takes the project's own Node.`,
    );
  }
  if (existsSync(folder)) {
    await replaceNativePackages(folder);
    return installed;
  }
  const started = Date.now();
  const tell = (what: string) =>
    print(`[VS Code ${build.vscode}] ${what} (${((Date.now() - started) / 1000).toFixed(0)} s)`);
  print(`[VS Code ${build.vscode}] is installed once into ${folder}, about 800 MB`);
  await mkdir(cacheFolder(), { recursive: true });
  const parts = await mkdtemp(`${folder}.installing-`);
  const heartbeat = setInterval(() => tell('still installing'), 10_000);
  try {
    await writeFile(path.join(parts, 'package.json'), manifest({}));
    await npmInstall(parts, `code-server@${build.codeServer}`, '--ignore-scripts');
    tell('server is there');
    await npmInstall(path.join(parts, serverFolder), '--omit=dev', '--ignore-scripts');
    tell("the server's own packages are there");
    if (build.node) {
      const runtime = path.join(parts, 'runtime');
      await mkdir(runtime);
      await writeFile(path.join(runtime, 'package.json'), manifest({ node: true }));
      await npmInstall(runtime, `node@${build.node}`);
      tell(`Node ${build.node} is there`);
    }
    if (build.ripgrep) await installRipgrep(parts, build.ripgrep);
    await replaceNativePackages(parts);
    await rename(parts, folder).catch(error => {
      if (!existsSync(folder)) throw error; // else another process was faster
    });
  } finally {
    clearInterval(heartbeat);
    await rm(parts, { recursive: true, force: true });
  }
  return installed;
}

const extensionManifest = v.object({ publisher: v.string(), name: v.string(), version: v.string() });

const serverFolder = path.join('node_modules', 'code-server', 'lib', 'vscode');

/** Native packages that would need a compiler, and what takes their place; a window works without them, but complains. */
async function replaceNativePackages(folder: string): Promise<void> {
  const packages = path.join(folder, serverFolder, 'node_modules');
  const logger = await readFile(new URL('./fileLogger.cjs', import.meta.url), 'utf8');
  await replace(path.join(packages, '@vscode', 'spdlog', 'index.js'), logger);
  for (const name of ['@vscode/native-watchdog', 'native-watchdog']) {
    const watchdog = path.join(packages, name, 'index.js'); // one of the two, depending on the version
    if (existsSync(path.dirname(watchdog))) await replace(watchdog, 'exports.start = () => {};\n');
  }
}

/** Leaves a file that is as it should be alone: another run may be reading it. */
async function replace(file: string, text: string): Promise<void> {
  const present = await readFile(file, 'utf8').catch(() => undefined);
  if (present === text) return;
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, text);
  await rename(fresh, file);
}

async function installRipgrep(folder: string, version: string): Promise<void> {
  const source = path.join(folder, 'ripgrep');
  await mkdir(source);
  await writeFile(path.join(source, 'package.json'), manifest({}));
  const name = `@vscode/ripgrep-${process.platform}-${process.arch}`;
  await npmInstall(source, `${name}@${version}`, '--ignore-scripts');
  const target = path.join(folder, serverFolder, 'node_modules', '@vscode', 'ripgrep', 'bin');
  await rename(path.join(source, 'node_modules', name, 'bin'), target);
}

/** @param allowed packages whose install scripts may run */
function manifest(allowed: object): string {
  return JSON.stringify({ private: true, allowScripts: allowed });
}

async function npmInstall(cwd: string, ...args: string[]): Promise<void> {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await runCommand(npm, ['install', '--no-audit', '--no-fund', '--loglevel=error', ...args], { cwd });
}

/** Settings that keep the window quiet and empty: what a test looks for is then the only thing that moves. */
const quietSettings = {
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'chat.disableAIFeatures': true,
  'security.workspace.trust.enabled': false,
  'extensions.ignoreRecommendations': true,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'telemetry.telemetryLevel': 'off',
  'window.confirmBeforeClose': 'never',
  'editor.accessibilitySupport': 'off',
  'git.enabled': false,
};

/** Themes, languages of the files that tests open, and the preview beside which the player is seen. */
const shownBuiltins = ['theme-defaults', 'theme-seti', 'markdown-basics', 'json', 'media-preview'];

export interface ServerOptions {
  version?: VersionName;
  /** Holds settings, storage and logs. Made fresh, and removed at the end, when not given. */
  dataDir?: string;
  /** Added to the settings that keep the window quiet, and win over them. */
  userSettings?: Record<string, unknown>;
  /** Folder of an extension that is there as if a person had installed it. */
  extension?: string;
  /** Folders of more extensions. */
  moreExtensions?: readonly string[];
  /** Packages (.vsix) that are installed by the server's command line, as a person does it. */
  packages?: readonly string[];
  /**
   * Lets a window load an extension under development and report a test run, by codeAutomationLog and codeAutomationExit.
   * VS Code then shows no notifications: not for end-to-end tests.
   */
  reportsTests?: boolean;
  /**
   * True: of the extensions that come with VS Code only those that these tests see. A window starts in two thirds of the time.
   */
  fewBuiltins?: boolean;
  /** Added to the environment of the server and of its extension hosts. */
  env?: Record<string, string>;
}

/** A running VS Code server on loopback. Whoever starts it stops it; the end of this process stops it too. */
export class VSCodeServer {
  readonly vscodeVersion: string;
  readonly dataDir: string;
  #install: InstalledServer;
  #env: NodeJS.ProcessEnv;
  #ownsDataDir: boolean;
  #reportsTests: boolean;
  #builtins: string | undefined;
  #port = 0;
  #process: OwnedProcess | undefined;
  #output = '';

  private constructor(install: InstalledServer, version: string, dataDir: string, options: ServerOptions) {
    this.#install = install;
    this.vscodeVersion = version;
    this.dataDir = dataDir;
    this.#ownsDataDir = options.dataDir === undefined;
    this.#reportsTests = options.reportsTests ?? false;
    this.#env = { ...withoutVSCode(process.env), ...options.env };
  }

  /** Installs the build where needed, starts it on a free port and resolves when it listens. */
  static async start(options: ServerOptions = {}): Promise<VSCodeServer> {
    const version = options.version ?? versionNamed(process.env['VSCODE_TEST_VERSION']);
    const install = await installServer(version);
    const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'seedance-vscode-')));
    const server = new VSCodeServer(install, builds[version].vscode, dataDir, options);
    await server.writeSettings(options.userSettings ?? {});
    const extensions = [...(options.extension ? [options.extension] : []), ...(options.moreExtensions ?? [])];
    if (extensions.length > 0) await server.#installExtensions(extensions);
    for (const file of options.packages ?? []) await server.#installPackage(file);
    if (options.fewBuiltins) await server.#linkBuiltins();
    await server.#listen();
    return server;
  }

  /** `127.0.0.1:port`: the origin of the window, and the authority of `vscode-remote:` uris. */
  get authority(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Writes the user's settings; a running window takes them over by itself. */
  async writeSettings(userSettings: Record<string, unknown>): Promise<void> {
    const folder = path.join(this.dataDir, 'data', 'User');
    await mkdir(folder, { recursive: true });
    await writeFile(
      path.join(folder, 'settings.json'),
      JSON.stringify({ ...quietSettings, ...userSettings }, undefined, 2),
    );
  }

  /** Enters the folders into the list of installed extensions, from which VS Code loads them in place. */
  async #installExtensions(folders: readonly string[]): Promise<void> {
    const entries = await Promise.all(
      folders.map(async folder => {
        const manifest: unknown = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
        const { publisher, name, version } = v.parse(extensionManifest, manifest);
        const location = { $mid: 1, path: folder, scheme: 'file' };
        return { identifier: { id: `${publisher}.${name}` }, version, location, metadata: {} };
      }),
    );
    const list = path.join(this.dataDir, 'extensions', 'extensions.json');
    await mkdir(path.dirname(list), { recursive: true });
    await writeFile(list, JSON.stringify(entries));
  }

  async #installPackage(file: string): Promise<void> {
    const { node, main } = this.#install;
    const args = [
      `--server-data-dir=${this.dataDir}`,
      '--accept-server-license-terms',
      `--install-extension=${file}`,
    ];
    await runCommand(node, [main, ...args], { env: this.#env });
  }

  async #linkBuiltins(): Promise<void> {
    const source = path.join(path.dirname(this.#install.main), '..', 'extensions');
    this.#builtins = path.join(this.dataDir, 'builtins');
    await mkdir(this.#builtins, { recursive: true });
    for (const name of shownBuiltins)
      await symlink(path.join(source, name), path.join(this.#builtins, name), 'junction');
  }

  /** Starts it again with the same data on the same port; with `crash` it gets no chance to say goodbye. */
  async restart({ crash = false } = {}): Promise<void> {
    await (crash ? this.#process?.kill() : this.#process?.stop());
    await this.#listen();
  }

  /** Ends the server and all its extension hosts; removes the data folder if it was made for this server. */
  async stop(): Promise<void> {
    await this.#process?.stop();
    this.#process = undefined;
    if (this.#ownsDataDir) await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  /** The last lines that the server itself printed. */
  get outputTail(): string {
    return this.#output.slice(-4000);
  }

  async #listen(): Promise<void> {
    const args = [
      this.#install.main,
      '--host=127.0.0.1',
      `--port=${this.#port}`,
      '--without-connection-token',
      '--accept-server-license-terms',
      `--server-data-dir=${this.dataDir}`,
      '--telemetry-level=off',
      ...(this.#builtins ? [`--builtin-extensions-dir=${this.#builtins}`] : []),
      ...(this.#reportsTests ? ['--enable-smoke-test-driver'] : []),
      '--enable-remote-auto-shutdown', // should this process die unheard
    ];
    this.#process = startProcess(this.#install.node, args, { env: this.#env });
    const { child } = this.#process;
    this.#port = await new Promise<number>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`VS Code's server ${why}.\n${this.outputTail}`));
      const limit = setTimeout(() => fail(`did not listen within ${startup / 1000} s`), startup);
      const hear = (chunk: unknown) => {
        this.#output = (this.#output + String(chunk)).slice(-100_000);
        const port = /Extension host agent listening on (\d+)/.exec(this.#output)?.[1];
        if (!port) return;
        clearTimeout(limit);
        resolve(Number(port));
      };
      this.#output = '';
      child.stdout?.on('data', hear);
      child.stderr?.on('data', hear);
      child.once('error', error => fail(`could not be started (${error.message})`));
      child.once('exit', code => fail(`ended with ${code} before it listened`));
    }).catch(async error => {
      await this.#process?.kill();
      throw error;
    });
  }
}

/** Inside VS Code's own terminal the environment would make the server believe that it belongs to that window. */
function withoutVSCode(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$)/.test(name)),
  );
}
