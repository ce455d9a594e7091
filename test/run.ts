// All checks and tests, in parts: `npm test`, or `node test/run.ts PART… [--vscode 1.103]`. The last line says how many tests passed and failed.
import { glob } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { once } from 'node:events';
import { runExtensionTests } from './support/extensionHost.ts';
import { repository } from './support/paths.ts';
import { startProcess } from './support/processes.ts';
import { ensureTool } from './support/systemTools.ts';
import { installServer, versionNamed } from './support/vscodeServer.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const partNames = ['check', 'unit', 'vscode', 'e2e'] as const;
type PartName = (typeof partNames)[number];

/** Reads mocha's closing lines: "12 passing (3s)", "1 failing", "2 pending". Undefined when mocha came to no end. */
function mochaCounts(output: string): Counts | undefined {
  const last = (word: string) =>
    [...output.matchAll(new RegExp(`^\\s*(\\d+) ${word}\\b`, 'gm'))].map(([, count]) => Number(count)).at(-1);
  const passed = last('passing');
  return passed === undefined
    ? undefined
    : { passed, failed: last('failing') ?? 0, skipped: last('pending') ?? 0 };
}

/** Runs a command; its output is shown as it comes, or all at once at the end when several run at a time. */
async function run(command: string, args: string[], show: 'live' | 'atEnd' = 'live') {
  const { child } = startProcess(command, args, { cwd: repository });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', chunk => {
      output += String(chunk);
      if (show === 'live') process.stdout.write(String(chunk));
    });
  }
  await once(child, 'close');
  if (show === 'atEnd') process.stdout.write(output);
  return { ok: child.exitCode === 0, output };
}

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

async function filesOf(pattern: string): Promise<string[]> {
  const files: string[] = [];
  for await (const file of glob(pattern, { cwd: repository })) files.push(file);
  return files;
}

async function mocha(files: readonly string[], ...args: string[]): Promise<Counts> {
  if (files.length === 0) return noTests('there is no test file');
  const bin = path.join(repository, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const common = ['--disable-warning=ExperimentalWarning', bin, '--no-config', '--no-package', '--no-color'];
  const { ok, output } = await run(process.execPath, [...common, ...args, ...files.toSorted()]);
  return counted(ok, output);
}

/** Takes mocha's word, and no bad end for a good one: a crash, or no test at all, is a failure. */
function counted(ok: boolean, output: string): Counts {
  const counts = mochaCounts(output);
  if (!counts) return noTests('mocha came to no end');
  if (counts.passed + counts.failed === 0) return noTests('no test was run');
  return ok || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

function noTests(why: string): Counts {
  console.log(`Failed: ${why}.`);
  return { passed: 0, failed: 1, skipped: 0 };
}

const parts: Record<PartName, () => Promise<Counts>> = {
  async check() {
    const scripts = ['check:types', 'check:lint', 'check:format'];
    const results = await Promise.all(scripts.map(script => run(npm, ['run', '--silent', script], 'atEnd')));
    return { passed: 0, failed: results.filter(result => !result.ok).length, skipped: 0 };
  },
  // More than there are cores: many a test waits for real seconds to pass.
  unit: async () =>
    mocha(await filesOf('test/unit/**/*.test.ts'), '--timeout=60000', '--parallel', '--jobs=4'),
  async vscode() {
    const { ok, output } = await runExtensionTests({
      extensionDevelopmentPath: repository,
      extensionTestsPath: path.join(repository, 'dist', 'test', 'index.cjs'),
    });
    return counted(ok, output);
  },
  e2e: async () => mocha(await filesOf('test/e2e/*.test.ts'), '--timeout=120000', '--slow=20000'),
};

/** What has to be installed once: begun at the start, awaited by the parts that need it. */
async function prepare(wanted: readonly PartName[]): Promise<void> {
  if (wanted.every(part => part === 'check')) return;
  // Tests that need ffmpeg are skipped without it.
  await ensureTool('ffmpeg').catch(error => console.log(String(error)));
  if (wanted.includes('vscode') || wanted.includes('e2e')) await ensureTool('chromium');
}

async function timed(name: string, part: () => Promise<Counts>): Promise<Counts> {
  console.log(`\n=== ${name}`);
  const started = performance.now();
  const counts = await part().catch(error => noTests(String(error)));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const result = counts.passed + counts.failed > 0 ? summary(counts) : 'passed';
  console.log(`=== ${name}: ${result} (${seconds} s)`);
  return counts;
}

function sum(all: readonly Counts[]): Counts {
  const add = (key: keyof Counts): number => all.reduce((total, counts) => total + counts[key], 0);
  return { passed: add('passed'), failed: add('failed'), skipped: add('skipped') };
}

function summary({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { vscode: { type: 'string' } },
    allowPositionals: true,
  });
  const unknown = positionals.find(name => !partNames.some(part => part === name));
  if (unknown) throw new Error(`There is no part "${unknown}": take ${partNames.join(', ')}.`);
  const wanted = partNames.filter(part => positionals.length === 0 || positionals.includes(part));
  if (values.vscode) process.env['VSCODE_TEST_VERSION'] = values.vscode;
  const version = versionNamed(process.env['VSCODE_TEST_VERSION']);

  const tools = prepare(wanted);
  const server = wanted.includes('e2e') ? installServer(version) : Promise.resolve();
  const ready = Promise.all([tools, server]);
  ready.catch(() => {}); // heard by the parts that need it

  const results: Counts[] = [];
  const built = await timed('build', async () => {
    const { ok } = await run(npm, ['run', '--silent', 'build']);
    return { passed: 0, failed: ok ? 0 : 1, skipped: 0 };
  });
  results.push(built);
  for (const part of built.failed > 0 ? [] : wanted) {
    results.push(
      await timed(part, async () => {
        if (part !== 'check') await ready;
        return parts[part]();
      }),
    );
  }
  const total = sum(results);
  console.log(`\n${summary(total)}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

await main();
