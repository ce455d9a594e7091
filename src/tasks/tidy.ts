import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { resolveOutputFolder } from '../videos/folder.ts';
import { discardPartial, partialPathIn } from '../videos/partial.ts';
import type { TaskRecord } from './record.ts';

/**
 * Drops what was kept for going on with a task's download, in its folder and in the parking folder (a path): to be called
 * when the ledger knows its video, or the task was removed. What can't be reached is left where it is. Never throws.
 */
export async function discardFiles(task: TaskRecord, parkingFolder?: string): Promise<void> {
  const { workspaceFolder, outputFolder } = task.target;
  const folder = workspaceFolder.startsWith('file:')
    ? await resolveOutputFolder(fileURLToPath(workspaceFolder), outputFolder)
    : undefined;
  const partials = [
    ...(folder?.kind === 'folder' ? [partialPathIn(folder.path, task.id)] : []),
    ...(parkingFolder === undefined ? [] : [partialPathIn(parkingFolder, task.id)]),
  ];
  for (const partial of partials) await discardPartial(partial).catch(() => {});
  const parked = partials.at(-1);
  if (parkingFolder !== undefined && parked !== undefined)
    await rm(moveLockOf(parked), { force: true }).catch(() => {});
}

/** The file by which one window at a time brings in a parked video. */
export function moveLockOf(parkedPath: string): string {
  return `${parkedPath}.lock`;
}
