import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';

/**
 * What is known about a partial file, kept beside it as JSON, so that a process that was killed at any instant can go on:
 * from the last bytes that are surely on disk, and, once the file is complete, from the name that it was about to get.
 */
const NotesSchema = v.object({
  /** How much of the file is on disk, synced. What lies behind may be anything after a power cut. */
  bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** Length of the whole video. The file is complete when `bytes` is as much. */
  total: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  /** For `If-Range`: a strong ETag, or a date that can stand for one. */
  validator: v.optional(v.string()),
  /** Of the complete file, lower-case hexadecimal. */
  sha256: v.optional(v.string()),
  /** The path that the complete file was about to get, or has. */
  target: v.optional(v.string()),
  /** `target` was reserved by an empty file, since the file system has no links. */
  reserved: v.optional(v.boolean()),
});
export type PartialNotes = v.InferOutput<typeof NotesSchema>;

/**
 * Where the unfinished video of a task lies: in its final folder, so that it can be named without copying, and out of
 * sight.
 * @param id the task's local id; other characters than letters, digits, `_` and `-` are replaced
 */
export function partialPathIn(folder: string, id: string): string {
  return path.join(folder, `.seedance-${id.replace(/[^\w-]/g, '_').slice(0, 80)}.partial`);
}

/** Whether all bytes of the video are in the file. */
export function isComplete(notes: PartialNotes): boolean {
  return notes.total !== undefined && notes.bytes === notes.total;
}

/** What is known about a partial file; undefined when nothing is, or nothing that makes sense. */
export async function readNotes(partialPath: string): Promise<PartialNotes | undefined> {
  try {
    const parsed = v.safeParse(NotesSchema, JSON.parse(await fs.readFile(notesPath(partialPath), 'utf8')));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces what is known, in one step. */
export async function writeNotes(partialPath: string, notes: PartialNotes): Promise<void> {
  const file = notesPath(partialPath);
  await fs.writeFile(`${file}.new`, JSON.stringify(notes));
  await fs.rename(`${file}.new`, file);
}

/**
 * Removes the unfinished video and what is known about it. To be called once the ledger says that the video is saved (or
 * not wanted any more): until then the notes keep a restart from saving it twice.
 */
export async function discardPartial(partialPath: string): Promise<void> {
  const notes = notesPath(partialPath);
  for (const file of [partialPath, `${notes}.new`, notes]) await fs.rm(file, { force: true });
}

/** Size and SHA-256 of the first `length` bytes of a file; undefined when there is no such file or it is shorter. */
export async function hashFile(
  file: string,
  length: number,
): Promise<{ bytes: number; hash: ReturnType<typeof createHash> } | undefined> {
  const size = await fileSize(file);
  if (size === undefined || size < length) return undefined;
  const hash = createHash('sha256');
  if (length > 0) {
    const handle = await fs.open(file);
    for await (const chunk of handle.createReadStream({ end: length - 1 })) hash.update(chunk);
  }
  return { bytes: size, hash };
}

/** Whether this file holds exactly that video. */
export async function holds(file: string, bytes: number, sha256: string): Promise<boolean> {
  if ((await fileSize(file)) !== bytes) return false;
  return (await hashFile(file, bytes))?.hash.digest('hex') === sha256;
}

/** Bytes of a plain file; undefined when there is none. */
export async function fileSize(file: string): Promise<number | undefined> {
  const stats = await fs.lstat(file).catch(() => undefined);
  return stats?.isFile() ? stats.size : undefined;
}

function notesPath(partialPath: string): string {
  return `${partialPath}.json`;
}
