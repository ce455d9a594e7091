// All checks and tests, in parts: `npm test`, or `node test/run.ts PART… [--vscode 1.103]`. The last line says how many tests passed and failed.
import { glob } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
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

/** What runs as one process; its output is shown when it ends. */
interface Job {
  readonly part: PartName;
  readonly name: string;
  readonly run: () => Promise<Counts>;
}

/** Reads mocha's closing lines: "12 passing (3s)", "1 failing", "2 pending". Undefined when mocha came to no end. */
function mochaCounts(output: string): Counts | undefined {
  const last = (word: string) =>
    [...output.matchAll(new RegExp(`^\\s*(\\d+) ${word}\\b`, 'gm'))].map(([, count]) => Number(count)).at(-1);
  const passed = last('passing');
  return passed === undefined
    ? undefined
    : { passed, failed: last('failing') ?? 0, skipped: last('pending') ?? 0 };
}

/** Runs a command to its end. */
async function run(command: string, args: string[]) {
  const { child } = startProcess(command, args, { cwd: repository });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', chunk => {
      output += String(chunk);
    });
  await once(child, 'close');
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
  process.stdout.write(output);
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

async function check(script: string): Promise<Counts> {
  const { ok, output } = await run(npm, ['run', '--silent', `check:${script}`]);
  process.stdout.write(output);
  return { passed: 0, failed: ok ? 0 : 1, skipped: 0 };
}

async function hostTests(): Promise<Counts> {
  const { ok, output } = await runExtensionTests({
    extensionDevelopmentPath: repository,
    extensionTestsPath: path.join(repository, 'dist', 'test', 'index.cjs'),
  });
  return counted(ok, output);
}

/** End-to-end tests by the process that runs them, named as their files. The tests of one process share windows where they can. */
const lanes = {
  account: ['mainJob', 'windows'],
  harness: ['harness', 'package', 'wrongInput'],
  money: ['foreignWords', 'money'],
  page: ['noAac', 'playerForEveryone', 'playerPage', 'playerReview', 'playerSound'],
  sound: ['playerHeard'],
};

/** @param lane `workbench`: all that no other lane names */
async function e2e(lane: keyof typeof lanes | 'workbench'): Promise<Counts> {
  const files = await filesOf('test/e2e/*.test.ts');
  const named = (names: readonly string[]): string[] =>
    files.filter(file => names.includes(path.basename(file, '.test.ts')));
  const others = named(Object.values(lanes).flat());
  const own = lane === 'workbench' ? files.filter(file => !others.includes(file)) : named(lanes[lane]);
  return mocha(own, '--timeout=900000', '--slow=20000');
}

/** Jobs that run side by side, and no more than so many of them. The longest first. */
interface Round {
  readonly atOnce: number;
  readonly jobs: readonly Job[];
}

/** The sound has a round of its own: what is heard and seen there is measured. */
const rounds: readonly Round[] = [
  {
    // A window keeps one core busy while it starts: more of them only wait for each other.
    atOnce: Math.max(2, availableParallelism()),
    jobs: [
      { part: 'vscode', name: 'vscode', run: hostTests },
      { part: 'e2e', name: 'e2e: account', run: () => e2e('account') },
      { part: 'e2e', name: 'e2e: harness', run: () => e2e('harness') },
      { part: 'e2e', name: 'e2e: money', run: () => e2e('money') },
      { part: 'e2e', name: 'e2e: workbench', run: () => e2e('workbench') },
      { part: 'e2e', name: 'e2e: page', run: () => e2e('page') },
    ],
  },
  { atOnce: 1, jobs: [{ part: 'e2e', name: 'e2e: sound', run: () => e2e('sound') }] },
  {
    atOnce: Number.POSITIVE_INFINITY,
    jobs: [
      { part: 'check', name: 'check: types', run: () => check('types') },
      { part: 'check', name: 'check: lint', run: () => check('lint') },
      { part: 'check', name: 'check: format', run: () => check('format') },
      // More than there are cores: many a test waits for real seconds to pass.
      {
        part: 'unit',
        name: 'unit',
        run: async () =>
          mocha(await filesOf('test/unit/**/*.test.ts'), '--timeout=300000', '--parallel', '--jobs=4'),
      },
    ],
  },
];

/** What has to be installed once: begun at the start, awaited by the parts that need it. */
async function prepare(wanted: readonly PartName[]): Promise<void> {
  if (wanted.every(part => part === 'check')) return;
  // Tests that need ffmpeg are skipped without it.
  await ensureTool('ffmpeg').catch(error => console.log(String(error)));
  if (wanted.includes('vscode') || wanted.includes('e2e')) await ensureTool('chromium');
}

async function timed(name: string, part: () => Promise<Counts>): Promise<Counts> {
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

  const results = [
    await timed('build', async () => {
      const { ok, output } = await run(npm, ['run', '--silent', 'build']);
      process.stdout.write(output);
      return { passed: 0, failed: ok ? 0 : 1, skipped: 0 };
    }),
  ];
  for (const round of results[0]?.failed ? [] : rounds) {
    const jobs = round.jobs.filter(({ part }) => wanted.includes(part));
    const worker = async (): Promise<void> => {
      for (let job = jobs.shift(); job; job = jobs.shift()) {
        const { part, name, run: start } = job;
        results.push(
          await timed(name, async () => {
            if (part !== 'check') await ready;
            return start();
          }),
        );
      }
    };
    await Promise.all(Array.from({ length: Math.min(round.atOnce, jobs.length) }, worker));
  }
  const total = sum(results);
  console.log(`\n${summary(total)}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

await main();
