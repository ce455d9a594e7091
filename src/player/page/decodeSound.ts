import { decodeAudio, type DecodedAudio } from '../../sound/decodeAudio.ts';

/** Bytes that the page reads at most: it holds the whole file for a moment. */
const MAX_BYTES = 200 * 1024 * 1024;

/** Why the page could not decode a file's sound by itself. `message` is for the log. */
export class DecodeError extends Error {
  readonly kind: 'unreadable' | 'tooLarge' | 'undecodable';

  constructor(kind: DecodeError['kind'], cause: unknown) {
    super(`${kind}: ${String(cause)}`);
    this.kind = kind;
  }
}

/**
 * Reads a file and decodes its sound in the page. Undefined when it has none.
 * @throws {DecodeError} (rejection)
 */
export async function decodeSound(url: string, signal: AbortSignal): Promise<DecodedAudio | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await read(url, signal);
  } catch (error) {
    throw error instanceof DecodeError ? error : new DecodeError('unreadable', error);
  }
  try {
    return decodeAudio(bytes);
  } catch (error) {
    throw new DecodeError('undecodable', error);
  }
}

async function read(url: string, signal: AbortSignal): Promise<Uint8Array> {
  // Without a range VS Code's service worker keeps a copy of the whole file for good.
  const response = await fetch(url, { headers: { Range: 'bytes=0-' }, signal });
  if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  // VS Code does not tell the length of what it sends.
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MAX_BYTES) {
      void reader.cancel();
      throw new DecodeError('tooLarge', `more than ${MAX_BYTES} bytes`);
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
