// Entry of a worker thread: makes one playback copy, says what became of it, and ends.
import { open, readFile, rename, stat } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Mp4Error } from '../mp4/error.ts';
import type { ConvertRequest, ConvertResult } from './convert.ts';
import { SoundError } from './error.ts';
import { makePlaybackCopy } from './playbackCopy.ts';

/** Bytes of a source; it is held in memory once. */
const MAX_SOURCE = 1 << 30;
/** Small parts are joined to blocks of this many bytes, since every write costs a system call. */
const BLOCK = 1 << 20;

async function convert({ source, target, unfinished }: ConvertRequest): Promise<ConvertResult> {
  const { size } = await stat(source);
  if (size > MAX_SOURCE) throw new Mp4Error('tooLarge', `${size} bytes`);
  const copy = makePlaybackCopy(await readFile(source));
  if (!copy) return { kind: 'nothingToDo' };
  const file = await open(unfinished, 'wx');
  try {
    await file.writeFile(blocks(copy.parts));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, target);
  const { bytes, seconds, frames, badFrames, sbr } = copy;
  return { kind: 'made', bytes, seconds, frames, badFrames, sbr };
}

/** The same bytes in fewer pieces. */
function* blocks(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for (const part of parts) {
    waiting.push(part);
    size += part.length;
    if (size < BLOCK) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(waiting);
}

function describe(error: unknown): ConvertResult {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof Mp4Error) return { kind: 'failed', by: 'mp4', reason: error.kind, detail };
  if (error instanceof SoundError) return { kind: 'failed', by: 'sound', reason: error.kind, detail };
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code) return { kind: 'failed', by: 'disk', reason: code, detail };
  return { kind: 'failed', by: 'worker', reason: error instanceof Error ? error.name : 'unknown', detail };
}

const request: ConvertRequest = workerData;
void convert(request)
  .catch(describe)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  .then(result => parentPort?.postMessage(result));
