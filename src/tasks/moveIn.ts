import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readFacts } from '../mp4/facts.ts';
import { discardPartial } from '../videos/partial.ts';
import { formatSidecar, sidecarPath } from '../videos/sidecar.ts';
import type { Ledger } from './ledger.ts';
import { ProcessLock } from './lock.ts';
import type { TaskRecord } from './record.ts';
import { nameOf, savedVideo, sidecarFor } from './saver.ts';
import { SaveError } from './saveError.ts';
import { sleep } from './sleep.ts';
import { moveLockOf } from './tidy.ts';

/** `name (99).mp4`: beyond that something else is wrong. */
const MAX_NUMBER = 99;

/** A task's output folder in a workspace that only VS Code can write to. */
export interface OutputFolderWriter {
  /**
   * Writes a new file whole and returns its full uri as text; undefined where the name is taken by something else. Never
   * overwrites and leaves nothing half written under the name (written under another one, then renamed without overwriting).
   * A file with these very bytes counts as written: an earlier call may have died before it told.
   */
  writeNew(name: string, bytes: Uint8Array): Promise<string | undefined>;
}

/**
 * Milliseconds for writing one file. A host whose browser was closed lives on, and VS Code never answers it: it must not keep the
 * window that was opened instead from bringing the video in.
 */
const WRITE_LIMIT = 120_000;

export interface MoveInOptions {
  readonly log: (line: string) => void;
  /** Milliseconds for writing one file; default: {@link WRITE_LIMIT}. */
  readonly writeLimit?: number;
}

/**
 * Brings a parked video into its workspace, by the window that has it open. Undefined where the task is not parked (any
 * more) or another window is at it. Throws {@link SaveError} where the parked file is gone or the writer does not answer, and
 * what the writer throws.
 */
export async function moveIn(
  task: TaskRecord,
  folder: OutputFolderWriter,
  ledger: Ledger,
  { log, writeLimit = WRITE_LIMIT }: MoveInOptions,
): Promise<TaskRecord | undefined> {
  const { parked } = task;
  if (!parked || task.state !== 'downloading') return undefined;
  const lock = new ProcessLock(moveLockOf(parked.path));
  if (!lock.tryAcquire()) return undefined;
  let saved: TaskRecord | undefined;
  try {
    if (ledger.get(task.id)?.state !== 'downloading') return undefined;
    const bytes = await readFile(parked.path).catch((error: unknown) => {
      throw new SaveError('parkedGone', String(error));
    });
    const writeNew: OutputFolderWriter['writeNew'] = (name, content) =>
      inTime(writeLimit, folder.writeNew(name, content));
    const { name, uri } = await writeNumbered({ writeNew }, nameOf(task), bytes);
    const facts = factsOf(bytes);
    const video = savedVideo(uri, { ...parked, ...(facts && { facts }) });
    // The video is what was paid for: where its sidecar can't be written, it is saved all the same.
    await writeNew(sidecarPath(name), Buffer.from(formatSidecar(sidecarFor(task, video)))).catch(
      (error: unknown) => log(`Task ${task.id}: its sidecar could not be written: ${String(error)}`),
    );
    saved = await ledger.apply(task.id, { type: 'saved', video }, current => current.state === 'downloading');
    if (saved) await discardPartial(parked.path);
    return saved;
  } finally {
    // Whoever locks it anew sees in the ledger that there is nothing to do.
    if (saved) lock.releaseAndRemove();
    else lock.release();
  }
}

async function writeNumbered(
  folder: OutputFolderWriter,
  wanted: string,
  bytes: Uint8Array,
): Promise<{ name: string; uri: string }> {
  const { name: stem, ext } = path.parse(wanted);
  for (let number = 1; number <= MAX_NUMBER; number++) {
    const name = number === 1 ? wanted : `${stem} (${number})${ext}`;
    const uri = await folder.writeNew(name, bytes);
    if (uri !== undefined) return { name, uri };
  }
  throw new SaveError('disk', 'EEXIST');
}

async function inTime<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const limit = sleep(milliseconds, done.signal).then(() => {
    throw new SaveError('disk', 'ETIMEDOUT');
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    done.abort();
  }
}

/** It was paid for: a video that can't be read is moved in all the same. */
function factsOf(bytes: Uint8Array) {
  try {
    return readFacts(bytes);
  } catch {
    return undefined;
  }
}
