import { open, rm } from 'node:fs/promises';
import { join, parse } from 'node:path';

/** Names that are tried before giving up. */
const MAX_TRIES = 1000;

/** Where a frame is in its video. */
export interface FramePlace {
  /** Undefined where frames are not counted: then the time is taken. */
  readonly frame?: number | undefined;
  readonly seconds: number;
}

/** Writes a new file under a name, or resolves to undefined when there is one already; else to where the new one is. */
export type WriteNew<T> = (name: string) => Promise<T | undefined>;

/**
 * Writes a frame under a name that is free: `clip-frame-108.png`, else `clip-frame-108-2.png`, ….
 * @throws {Error} (rejection) what `write` throws, or when all names are taken
 */
export async function saveFrame<T>(videoName: string, at: FramePlace, write: WriteNew<T>): Promise<T> {
  const place = at.frame === undefined ? `${Math.round(at.seconds * 1000)}ms` : `frame-${at.frame}`;
  const stem = `${parse(videoName).name}-${place}`;
  for (let number = 1; number <= MAX_TRIES; number++) {
    const written = await write(number === 1 ? `${stem}.png` : `${stem}-${number}.png`);
    if (written !== undefined) return written;
  }
  throw new Error(`${MAX_TRIES} names like ${stem}.png are taken`);
}

/** For a folder on this machine. Resolves to the path of the new file, and leaves no part of one where the disk is full. */
export function writeNewIn(folder: string, png: Uint8Array): WriteNew<string> {
  return async name => {
    const path = join(folder, name);
    const file = await open(path, 'wx').catch(error => {
      if (codeOf(error) === 'EEXIST') return undefined;
      throw error;
    });
    if (!file) return undefined;
    try {
      await file.writeFile(png);
      await file.close();
      return path;
    } catch (error) {
      await file.close().catch(() => {});
      await rm(path, { force: true }).catch(() => {});
      throw error;
    }
  };
}

/** Whether writing failed because nobody may write there, so that another folder may do. */
export function isReadOnly(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS', 'NoPermissions'].includes(codeOf(error) ?? '');
}

export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '');
}

/** Node's or VS Code's name of an error. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
