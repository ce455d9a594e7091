import * as fs from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './error.ts';

/** The part of the disk that tests replace: not every file system has links. */
export interface LinkDisk {
  readonly link: typeof fs.link;
}

/**
 * Gives a finished file another name in its file system, in one step; resolves to false, and changes nothing, when that
 * name is taken. `source` may keep its old name beside the new one.
 *
 * `rename` overwrites and `link` does not, so `link` it is. Where links are missing (FAT, some network drives) the name
 * is taken with an empty file first, which `rename` may then replace: a crash in between leaves it empty, never half
 * written.
 * @param beforeReserving called before the empty file is made, so that the caller knows it again after a crash
 */
export async function giveName(
  source: string,
  target: string,
  disk: LinkDisk,
  beforeReserving: () => Promise<void> = async () => {},
): Promise<boolean> {
  try {
    await disk.link(source, target);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    // Systems have many codes for missing links; whether the folder can be written to at all, the next step tells.
  }
  await beforeReserving();
  if (!(await reserve(target))) return false;
  try {
    await renameOver(source, target);
  } catch (error) {
    await fs.rm(target, { force: true }).catch(() => {});
    throw error;
  }
  return true;
}

/** Takes a name with an empty file; false when it is taken. */
async function reserve(target: string): Promise<boolean> {
  try {
    await (await fs.open(target, 'wx')).close();
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Replaces a file. On Windows a virus scanner may hold a fresh one for a moment. */
export async function renameOver(source: string, target: string): Promise<void> {
  for (const milliseconds of process.platform === 'win32' ? [50, 200, 800] : []) {
    try {
      return await fs.rename(source, target);
    } catch (error) {
      if (!['EPERM', 'EBUSY', 'EACCES'].includes(errorCode(error) ?? '')) throw error;
      await sleep(milliseconds);
    }
  }
  return fs.rename(source, target);
}
