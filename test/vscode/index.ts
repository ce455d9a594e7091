// What VS Code calls when it runs the tests in its extension host: every *.test.ts of this folder, with mocha.
import { appendFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { format } from 'node:util';
import * as vscode from 'vscode';

/** Rejects when a test failed, or when there was none. */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension('seedance-studio.seedance-studio');
  if (!extension) throw new Error('The extension under development was not found.');
  // Not a static import: that becomes require, which gives the class in Node 24 and a namespace in Node 22.
  const { default: Mocha } = await import('mocha');
  Mocha.reporters.Base.consoleLog = keepOutput();
  const mocha = new Mocha({ ui: 'bdd', timeout: 300_000, color: false });
  const folder = path.join(extension.extensionPath, 'test', 'vscode');
  const files = (await readdir(folder, { recursive: true }))
    .map(file => file.split(path.sep).join('/'))
    .filter(file => file.endsWith('.test.ts'))
    .toSorted();
  for (const file of files) {
    mocha.suite.emit('pre-require', globalThis, file, mocha); // defines describe and it
    await import(`./${file.slice(0, -'.test.ts'.length)}.test.ts`); // esbuild bundles all files of this pattern
  }
  await new Promise<void>((resolve, reject) => {
    const runner = mocha.run(failures => {
      if (failures > 0) reject(new Error(`${failures} tests failed in the extension host.`));
      else if (runner.total === 0) reject(new Error('There were no tests in the extension host.'));
      else resolve();
    });
  });
}

/** Writes what mocha and the tests print to a file as well: VS Code mixes the console with much of its own. */
function keepOutput(): typeof console.log {
  const file = process.env['SEEDANCE_TEST_OUTPUT'];
  if (!file) return console.log;
  for (const level of ['log', 'info', 'warn', 'error'] as const) {
    const show = console[level].bind(console);
    const keep = (...args: unknown[]) => {
      appendFileSync(file, `${format(...args)}\n`);
      show(...args);
    };
    Object.defineProperty(console, level, { value: keep }); // VS Code ignores an assignment
  }
  return console.log;
}
