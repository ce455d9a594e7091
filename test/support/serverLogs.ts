// What the extension hosts of a VS Code server have logged.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { VSCodeServer } from './vscodeServer.ts';

type Server = Pick<VSCodeServer, 'dataDir'>;

/** The last lines of every log of the extension hosts: their own, and the output channels of extensions that are not built in. */
export async function extensionHostLogs(server: Server, lines = 500): Promise<string> {
  const logs = await readLogs(server);
  return logs
    .map(({ file, text }) => `--- ${file}\n${text.trimEnd().split('\n').slice(-lines).join('\n')}`)
    .join('\n');
}

/** How often an extension was activated, in all windows since the server's data folder was made. @param id `publisher.name` */
export async function activations(server: Server, id: string): Promise<number> {
  const line = `_doActivateExtension ${id},`;
  const logs = await readLogs(server);
  return logs.reduce((count, { text }) => count + text.split(line).length - 1, 0);
}

async function readLogs({ dataDir }: Server): Promise<{ file: string; text: string }[]> {
  const folder = path.join(dataDir, 'data', 'logs');
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const wanted = files.filter(
    file => /exthost/.test(file) && file.endsWith('.log') && !/[\\/]vscode\./.test(file),
  );
  return await Promise.all(
    wanted.map(async file => ({ file, text: await readFile(path.join(folder, file), 'utf8') })),
  );
}
