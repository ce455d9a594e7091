import * as fs from 'node:fs/promises';
import path from 'node:path';
import { diskError, DownloadError, errorCode } from './error.ts';
import { giveName, type LinkDisk } from './noOverwrite.ts';
import {
  fileSize,
  hashFile,
  holds,
  isComplete,
  type PartialNotes,
  readNotes,
  writeNotes,
} from './partial.ts';
import { sidecarPath } from './sidecar.ts';

/** `name (9999).mp4`: beyond that something else is wrong. */
const MAX_NUMBER = 9999;

/**
 * Gives a complete video its name, `name (2).mp4` and so on where that or its sidecar's is taken, in one step and without
 * ever overwriting: also when several processes finish at once. Called again after a crash, it returns the name that the
 * video has already. The folder is made when it is missing; that it lies inside the workspace is `resolveOutputFolder`'s
 * to check. A partial file elsewhere (parked) is copied first. The notes stay until `discardPartial`.
 * Throws DownloadError of the disk's kinds.
 * @param name file name with its extension, from `fileName`
 * @returns the path of the video
 */
export async function placeWithoutOverwrite(
  partialPath: string,
  folder: string,
  name: string,
  disk: LinkDisk = fs,
): Promise<string> {
  try {
    const notes = await completeNotes(partialPath);
    const placed = (await findPlaced(notes)) ?? (await nameVideo(partialPath, notes, folder, name, disk));
    // So that the name outlives a power cut. Windows and some network drives can't sync a folder, and need not.
    await sync(path.dirname(placed), 'r').catch(() => {});
    for (const file of [copyPath(partialPath, path.dirname(placed)), partialPath])
      await fs.rm(file, { force: true });
    return placed;
  } catch (error) {
    throw diskError(error);
  }
}

type CompleteNotes = PartialNotes & { readonly sha256: string };

async function completeNotes(partialPath: string): Promise<CompleteNotes> {
  const notes = await readNotes(partialPath);
  if (!notes || !isComplete(notes)) throw new Error('only a complete video gets a name');
  const sha256 = notes.sha256 ?? (await hashFile(partialPath, notes.bytes))?.hash.digest('hex');
  if (sha256 === undefined) throw new DownloadError('folderMissing', { code: 'ENOENT' });
  return { ...notes, sha256 };
}

/** The name that an earlier call gave before it died. One that it only reserved is freed. */
async function findPlaced({ target, bytes, sha256, reserved }: CompleteNotes): Promise<string | undefined> {
  if (target === undefined) return undefined;
  if (await holds(target, bytes, sha256)) return target;
  if (reserved === true && (await fileSize(target)) === 0) await fs.rm(target);
  return undefined;
}

async function nameVideo(
  partialPath: string,
  notes: CompleteNotes,
  folder: string,
  name: string,
  disk: LinkDisk,
): Promise<string> {
  await fs.mkdir(folder, { recursive: true });
  const source = await bringInto(folder, partialPath, notes);
  for (let number = 1; number <= MAX_NUMBER; number++) {
    const target = path.join(folder, numbered(name, number));
    if ((await exists(target)) || (await exists(sidecarPath(target)))) continue;
    // Noted before the name is there: whoever comes after a crash knows whose file that is.
    await writeNotes(partialPath, { ...notes, target, reserved: false });
    const note = (): Promise<void> => writeNotes(partialPath, { ...notes, target, reserved: true });
    if (await giveName(source, target, disk, note)) return target;
  }
  throw new DownloadError('disk', { code: 'EEXIST' });
}

/** Returns the video inside its final folder, still under a hidden name: a name is given within one file system. */
async function bringInto(folder: string, partialPath: string, notes: CompleteNotes): Promise<string> {
  const copy = copyPath(partialPath, folder);
  if (path.resolve(copy) === path.resolve(partialPath)) return partialPath;
  if (await holds(copy, notes.bytes, notes.sha256)) return copy;
  await fs.rm(copy, { force: true });
  try {
    await fs.copyFile(partialPath, copy, fs.constants.COPYFILE_EXCL);
    await sync(copy, 'r+');
  } catch (error) {
    await fs.rm(copy, { force: true }).catch(() => {});
    throw error;
  }
  return copy;
}

function copyPath(partialPath: string, folder: string): string {
  return path.join(folder, path.basename(partialPath));
}

/** `clip.mp4`, `clip (2).mp4`, … */
function numbered(name: string, number: number): string {
  if (number === 1) return name;
  const { name: stem, ext } = path.parse(name);
  return `${stem} (${number})${ext}`;
}

async function exists(file: string): Promise<boolean> {
  try {
    await fs.lstat(file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function sync(file: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await fs.open(file, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
