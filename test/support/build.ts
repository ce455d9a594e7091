import path from 'node:path';
import { repository } from './paths.ts';
import { runCommand } from './processes.ts';

/** Bundles the extension and the tests for its host. Rejects with esbuild's output where that fails. */
export async function build(): Promise<void> {
  await runCommand(process.execPath, [path.join(repository, 'esbuild.mjs')], { cwd: repository });
}
