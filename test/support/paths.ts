import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json: also the extension's development path. */
export const repository = path.resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** Where screenshots of end-to-end tests and of the demo go. */
export const screenshotsFolder = path.join(repository, 'out', 'screenshots');

/** What is installed once per user for the tests: VS Code builds, a browser without AAC. */
export function cacheFolder(): string {
  return path.join(process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'seedance-studio');
}
