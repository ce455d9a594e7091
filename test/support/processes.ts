import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** A child process with all that it starts itself; it never outlives this process. */
export interface OwnedProcess {
  readonly child: ChildProcess;
  /** Asks it to end, insists after `grace` milliseconds, and resolves when it has ended. */
  stop(grace?: number): Promise<void>;
  /** Ends it at once, as a crash or a power cut would (SIGKILL), and resolves when it has ended. */
  kill(): Promise<void>;
}

const owned = new Set<ChildProcess>();
let guarded = false;

/** Starts a process of its own group with stdout and stderr as pipes. The caller stops it; exit and signals of this process do so too. */
export function startProcess(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): OwnedProcess {
  guardOnce();
  const child = spawn(command, args, {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  owned.add(child);
  const ended = new Promise<void>(resolve => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const signal = async (name: NodeJS.Signals, grace: number) => {
    killGroup(child, name);
    await Promise.race([ended, sleep(grace, undefined, { ref: false })]);
    killGroup(child, 'SIGKILL');
    await ended;
    owned.delete(child);
  };
  return { child, stop: (grace = 3000) => signal('SIGTERM', grace), kill: () => signal('SIGKILL', 0) };
}

/**
 * Runs a command to its end and returns what it printed.
 * @throws Error with the last lines of its output when it ends badly or can't be started
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const started = startProcess(command, args, options);
  const { child } = started;
  let output = '';
  child.stdout?.on('data', chunk => (output += String(chunk)));
  child.stderr?.on('data', chunk => (output += String(chunk)));
  try {
    await once(child, 'close');
    const code = child.exitCode;
    if (code !== 0) {
      throw new Error(`"${[command, ...args].join(' ')}" ended with ${code}:\n${output.slice(-3000)}`);
    }
    return output;
  } finally {
    await started.stop();
  }
}

/** Sends the signal to the whole group: npm, VS Code's server and browsers start children of their own. */
function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    if (child.exitCode === null) spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // the group is gone
  }
}

function guardOnce(): void {
  if (guarded) return;
  guarded = true;
  process.on('exit', () => {
    // Not SIGKILL: a child must be able to end the groups that it has started itself.
    for (const child of owned) killGroup(child, 'SIGTERM');
  });
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => process.exit(code));
  }
}
