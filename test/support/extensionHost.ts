// Runs a bundled mocha suite inside a real extension host: of desktop VS Code where there is one, else of VS Code's server.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { format } from 'node:util';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { hasDisplay, launchBrowser, testWindowUrl } from './browser.ts';
import { cacheFolder, screenshotsFolder } from './paths.ts';
import { extensionHostLogs } from './serverLogs.ts';
import { type VersionName, VSCodeServer, builds, versionNamed } from './vscodeServer.ts';

export interface ExtensionTests {
  /** Folder of the extension: holds package.json. */
  extensionDevelopmentPath: string;
  /** CommonJS file that exports `run(): Promise<void>`, which rejects when a test fails. */
  extensionTestsPath: string;
  version?: VersionName;
}

/** Milliseconds that the question whether VS Code can be downloaded may cost. */
const downloadProbe = 5000;
/** Milliseconds after which a run is given up. */
const runLimit = 20 * 60_000;

/** What the suite is told through its environment. */
interface SuiteEnvironment extends Record<string, string> {
  /** The file of the workspace that is open in the window; fresh, and removed afterwards. */
  SEEDANCE_TEST_WORKSPACE: string;
  /** The exact `vscode.version` that was asked for; empty when any will do. */
  SEEDANCE_TEST_VSCODE: string;
  /** File to which the suite writes what it prints, apart from all that VS Code prints. */
  SEEDANCE_TEST_OUTPUT: string;
}

/**
 * Runs the suite in its own window with a fresh workspace and fresh settings; media may play without a click.
 * @returns what the suite printed, and whether `run()` resolved
 */
export async function runExtensionTests(tests: ExtensionTests): Promise<{ ok: boolean; output: string }> {
  const version = tests.version ?? versionNamed(process.env['VSCODE_TEST_VERSION']);
  const folder = await mkdtemp(path.join(tmpdir(), 'seedance-tests-'));
  const workspace = path.join(folder, 'tests.code-workspace');
  const outputFile = path.join(folder, 'output.txt');
  await mkdir(path.join(folder, 'workspace'));
  // Beside the folder on the disk there is one that only VS Code can reach, once a test brings what it lies in.
  const folders = [{ path: 'workspace' }, { uri: 'seedance-test:/film' }];
  await writeFile(workspace, JSON.stringify({ folders }));
  await writeFile(outputFile, '');
  try {
    const desktop = await findDesktop(version);
    const env: SuiteEnvironment = {
      SEEDANCE_TEST_WORKSPACE: workspace,
      SEEDANCE_TEST_VSCODE: desktop ? desktop.version : builds[version].vscode,
      SEEDANCE_TEST_OUTPUT: outputFile,
    };
    const ok = desktop
      ? await runInDesktop(desktop.executable, tests, folder, env)
      : await runInServer(tests, version, env);
    return { ok, output: await readFile(outputFile, 'utf8') };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Desktop {
  executable: string;
  /** Exact version; empty when unknown. */
  version: string;
}

/** Desktop VS Code: the one that VSCODE_EXECUTABLE_PATH names, else a download where that works and its window can be shown. */
async function findDesktop(version: VersionName): Promise<Desktop | undefined> {
  const named = process.env['VSCODE_EXECUTABLE_PATH'];
  if (named) {
    console.log(`VS Code: ${named}, named by VSCODE_EXECUTABLE_PATH`);
    return { executable: named, version: version === 'latest' ? '' : builds[version].vscode };
  }
  const server = (why: string) => {
    console.log(`VS Code: server build ${builds[version].vscode}, because ${why}`);
    return undefined;
  };
  if (!hasDisplay()) return server('there is no display for the desktop build');
  try {
    const newest = await newestStable();
    const wanted = version === 'latest' ? newest : builds[version].vscode;
    const executable = await downloadAndUnzipVSCode({
      version: wanted,
      cachePath: path.join(cacheFolder(), 'vscode-desktop'),
      timeout: 15_000,
    });
    const missing = missingLibraries(executable);
    if (missing) return server(`this system lacks a library of the desktop build (${missing})`);
    console.log(`VS Code: desktop build ${wanted}`);
    return { executable, version: wanted };
  } catch (error) {
    return server(`the desktop build can't be downloaded (${String(error)})`);
  }
}

/** Also tells within a short time whether VS Code can be downloaded at all. */
async function newestStable(): Promise<string> {
  const answer = await fetch('https://update.code.visualstudio.com/api/releases/stable', {
    signal: AbortSignal.timeout(downloadProbe),
  });
  const releases: unknown = await answer.json();
  const newest: unknown = Array.isArray(releases) ? releases[0] : undefined;
  if (typeof newest !== 'string') throw new Error('the list of releases was not understood');
  return newest;
}

/** The first shared library that the system can't provide. */
function missingLibraries(executable: string): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const listed = execFileSync('ldd', [executable], { encoding: 'utf8' });
  return /^\s*(\S+) => not found/m.exec(listed)?.[1];
}

async function runInDesktop(
  executable: string,
  tests: ExtensionTests,
  folder: string,
  env: SuiteEnvironment,
): Promise<boolean> {
  try {
    const code = await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: tests.extensionDevelopmentPath,
      extensionTestsPath: tests.extensionTestsPath,
      extensionTestsEnv: env,
      launchArgs: [
        env.SEEDANCE_TEST_WORKSPACE,
        `--user-data-dir=${path.join(folder, 'user')}`,
        '--disable-extensions',
        '--disable-workspace-trust',
        '--skip-welcome',
        '--autoplay-policy=no-user-gesture-required',
      ],
    });
    return code === 0;
  } catch (error) {
    console.log(String(error));
    return false;
  }
}

/** Does what the desktop build does with the same two paths: opens a window, runs the suite, says how it ended. */
async function runInServer(
  tests: ExtensionTests,
  version: VersionName,
  env: SuiteEnvironment,
): Promise<boolean> {
  const server = await VSCodeServer.start({ version, env, reportsTests: true });
  const follow = followFile(env.SEEDANCE_TEST_OUTPUT);
  const windowLog: string[] = [];
  try {
    const browser = await launchBrowser({ autoplay: true });
    const page = browser.context.pages()[0] ?? (await browser.context.newPage());
    let limit: NodeJS.Timeout | undefined;
    try {
      const ended = Promise.withResolvers<boolean>();
      await page.exposeFunction('codeAutomationLog', (_level: string, args: unknown[]) => {
        windowLog.push(format(...args));
      });
      await page.exposeFunction('codeAutomationExit', (code: number) => ended.resolve(code === 0));
      page.once('crash', () => ended.reject(new Error('The window crashed.')));
      limit = setTimeout(
        () => ended.reject(new Error(`The tests did not end within ${runLimit / 60_000} min.`)),
        runLimit,
      );
      const { extensionDevelopmentPath, extensionTestsPath } = tests;
      const { authority } = server;
      const url = testWindowUrl(
        authority,
        env.SEEDANCE_TEST_WORKSPACE,
        extensionDevelopmentPath,
        extensionTestsPath,
      );
      await page.goto(url, { waitUntil: 'commit' });
      const ok = await ended.promise;
      if (!ok) await leaveTraces(windowLog, server);
      return ok;
    } catch (error) {
      await page.screenshot({ path: path.join(screenshotsFolder, 'failed-vscode.png') }).catch(() => {});
      await leaveTraces(windowLog, server);
      throw error;
    } finally {
      clearTimeout(limit);
      await browser.close();
    }
  } finally {
    await follow.end();
    await server.stop();
  }
}

async function leaveTraces(windowLog: readonly string[], server: VSCodeServer): Promise<void> {
  const file = path.join(screenshotsFolder, 'failed-vscode.log');
  await mkdir(screenshotsFolder, { recursive: true });
  const parts = [
    '--- window',
    ...windowLog,
    '--- server',
    server.outputTail,
    await extensionHostLogs(server),
  ];
  await writeFile(file, parts.join('\n'));
  console.log(`Logs of the window, the server and the extension host: ${file}`);
}

/** Shows a growing file until `end`, the rest included. */
function followFile(file: string): { end(): Promise<void> } {
  let shown = 0;
  const show = async () => {
    const bytes = await readFile(file);
    process.stdout.write(bytes.subarray(shown));
    shown = bytes.length;
  };
  let last = Promise.resolve();
  const timer = setInterval(() => {
    last = last.then(show);
  }, 200);
  return {
    end: async () => {
      clearInterval(timer);
      await last.then(show);
    },
  };
}
