import * as fs from 'node:fs/promises';
import path from 'node:path';
import { DownloadError, diskError } from './error.ts';
import {
  checkAnswer,
  contentLength,
  contentRange,
  type Fetch,
  type FetchResponse,
  isEncoded,
  openLink,
  readBody,
  strongValidator,
} from './fetch.ts';
import { discardPartial, hashFile, holds, isComplete, type PartialNotes, readNotes } from './partial.ts';
import { PartialWriter, type Resumable } from './partialWriter.ts';
import { Watchdog } from './watchdog.ts';
import { MP4_HEAD_BYTES, type ReadAt, readAt, startsLikeMp4 } from './wholeness.ts';

/** 1 GiB, the limit of EvoLink's own client; a 15 s clip has a few MB. */
export const MAX_VIDEO_BYTES = 2 ** 30;

export interface DownloadOptions<Facts> {
  readonly url: string;
  /** Origin of the API that the task belongs to; see `checkResultLink`. */
  readonly apiOrigin: string;
  /** Where the unfinished video lies: `partialPathIn` the final folder, or a parking place. */
  readonly partialPath: string;
  readonly fetch: Fetch;
  /** Reads what the video says about itself (`readFactsFrom` of the room `mp4`). */
  readonly readFacts: (read: ReadAt, size: number) => Promise<Facts>;
  readonly signal?: AbortSignal;
  readonly maxBytes: number;
  /** Without one byte for so long, the download ends as `stalled`. */
  readonly stallSeconds: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Settles after so many milliseconds, or earlier when the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Called for each piece: bytes so far, and of how many where the server said so. */
  readonly onProgress?: (bytes: number, total?: number) => void;
}

export interface Downloaded<Facts> {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Missing when the video is complete but can't be read: it was paid for, so it is kept all the same. */
  readonly facts?: Facts;
}

/**
 * Brings the video behind a link to `partialPath`, complete and synced, but still under that name: `placeWithoutOverwrite`
 * gives it its own. Goes on where an earlier call (of any process) was interrupted, if the server can; a video that is
 * complete already, or has its name already, is not fetched again. One attempt: who calls decides when to try again.
 * Throws DownloadError; when `signal` aborts, its reason.
 */
export async function download<Facts>(options: DownloadOptions<Facts>): Promise<Downloaded<Facts>> {
  const { partialPath, signal } = options;
  signal?.throwIfAborted();
  const notes = await readNotes(partialPath);
  const ready = notes && isComplete(notes) ? await findComplete(partialPath, notes) : undefined;
  if (ready) return describe(options, ready.file, ready.sha256);

  await fs.mkdir(path.dirname(partialPath), { recursive: true }).catch(rethrowDisk);
  const watchdog = new Watchdog(options);
  try {
    const sha256 = await fetchVideo(options, notes, watchdog);
    return await describe(options, partialPath, sha256);
  } catch (error) {
    signal?.throwIfAborted();
    throw watchdog.barked ? new DownloadError('stalled') : error;
  } finally {
    watchdog.dispose();
  }
}

/** The complete video, under the partial's name or its own. What the notes call complete but is not is forgotten. */
async function findComplete(
  partialPath: string,
  notes: PartialNotes,
): Promise<{ file: string; sha256: string } | undefined> {
  const { bytes, target } = notes;
  const sha256 = notes.sha256 ?? (await hashFile(partialPath, bytes))?.hash.digest('hex');
  if (sha256 === undefined) return undefined;
  for (const file of target === undefined ? [partialPath] : [partialPath, target]) {
    if (await holds(file, bytes, sha256)) return { file, sha256 };
  }
  return undefined;
}

/** Returns the SHA-256 of the complete, synced video at `partialPath`. */
async function fetchVideo<Facts>(
  options: DownloadOptions<Facts>,
  notes: PartialNotes | undefined,
  watchdog: Watchdog,
): Promise<string> {
  const { partialPath } = options;
  const resumed = await resumable(partialPath, notes);
  let response = await ask(options, watchdog.signal, resumed?.notes);
  const goesOn = resumed !== undefined && continues(response, resumed.notes);
  // A range that doesn't fit any more (416, or a part of something else): from the start then.
  if (resumed && !goesOn && (response.status === 206 || response.status === 416)) {
    response = await ask(options, watchdog.signal, undefined);
  }
  checkAnswer(response, options.now());
  if (!goesOn && response.status === 206) throw new DownloadError('http', { httpStatus: 206 });

  const total = totalBytes(response, goesOn);
  if (total !== undefined && total > options.maxBytes) throw new DownloadError('tooLarge');
  const validator = isEncoded(response) ? undefined : strongValidator(response);
  const writer = new PartialWriter(partialPath, goesOn ? resumed : undefined, {
    ...(total !== undefined && { total }),
    ...(validator !== undefined && { validator }),
  });
  try {
    for await (const chunk of fromHead(readBody(response), goesOn)) {
      watchdog.touch();
      if (writer.bytes + chunk.length > options.maxBytes) throw new DownloadError('tooLarge');
      await writer.write(chunk);
      options.onProgress?.(writer.bytes, total);
    }
    const vouched = total !== undefined || isEncoded(response);
    return await writer.finish(vouched);
  } catch (error) {
    await writer.interrupt();
    if (error instanceof DownloadError && error.kind === 'tooLarge') await discardPartial(partialPath);
    throw error;
  }
}

/** Length of the whole video, where the server says so. */
function totalBytes(response: FetchResponse, goesOn: boolean): number | undefined {
  if (goesOn) return contentRange(response)?.total;
  return isEncoded(response) ? undefined : contentLength(response);
}

function ask<Facts>(
  options: DownloadOptions<Facts>,
  signal: AbortSignal,
  notes: PartialNotes | undefined,
): Promise<FetchResponse> {
  const { url, apiOrigin, fetch } = options;
  const headers: Record<string, string> = notes?.validator
    ? { Range: `bytes=${notes.bytes}-`, 'If-Range': notes.validator }
    : {};
  return openLink({ url, apiOrigin, fetch, headers, signal });
}

/** The part that is there, if the server can be asked for the rest of just that video. */
async function resumable(
  partialPath: string,
  notes: PartialNotes | undefined,
): Promise<Resumable | undefined> {
  if (!notes || notes.validator === undefined || notes.bytes === 0 || isComplete(notes)) return undefined;
  const hashed = await hashFile(partialPath, notes.bytes);
  return hashed && { notes, hash: hashed.hash };
}

/** Whether the answer is the rest of the video that the notes tell of. */
function continues(response: FetchResponse, notes: PartialNotes): boolean {
  if (response.status !== 206 || isEncoded(response)) return false;
  const range = contentRange(response);
  if (range?.start !== notes.bytes || range.end + 1 !== range.total) return false;
  if (notes.total !== undefined && notes.total !== range.total) return false;
  const length = contentLength(response);
  if (length !== undefined && length !== range.total - range.start) return false;
  const etag = response.headers.get('etag');
  return etag === null || !notes.validator?.startsWith('"') || etag === notes.validator;
}

/** Passes chunks on once the first bytes are those of an MP4, so that nothing else reaches the disk. */
async function* fromHead(body: AsyncIterable<Uint8Array>, known: boolean): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = known ? undefined : new Uint8Array();
  for await (const chunk of body) {
    if (!head) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < MP4_HEAD_BYTES) continue;
    if (!startsLikeMp4(head)) throw new DownloadError('notVideo');
    yield head;
    head = undefined;
  }
  if (head) throw new DownloadError(head.length === 0 ? 'truncated' : 'notVideo');
}

async function describe<Facts>(
  { readFacts }: DownloadOptions<Facts>,
  file: string,
  sha256: string,
): Promise<Downloaded<Facts>> {
  const handle = await fs.open(file).catch(rethrowDisk);
  try {
    const bytes = (await handle.stat()).size;
    const facts = await readFacts(readAt(handle), bytes).catch(() => undefined);
    return { bytes, sha256, ...(facts !== undefined && { facts }) };
  } finally {
    await handle.close();
  }
}

function rethrowDisk(error: unknown): never {
  throw diskError(error);
}
