import { decodeAudio, type DecodedAudio } from '../../sound/decodeAudio.ts';

/** Bytes that the page reads at most: it holds the whole file for a moment. */
const MAX_BYTES = 200 * 1024 * 1024;

/**
 * Reads a file and decodes its sound in the page. Undefined when it has none.
 * @throws {TypeError} (rejection) the file cannot be read
 * @throws {Error} (rejection) its sound cannot be decoded, or it is larger than 200 MB
 */
export async function decodeSound(url: string, signal: AbortSignal): Promise<DecodedAudio | undefined> {
  // Without a range VS Code's service worker keeps a copy of the whole file for good.
  const response = await fetch(url, { headers: { Range: 'bytes=0-' }, signal });
  if (!response.ok) throw new TypeError(`status ${response.status}`);
  if (Number(response.headers.get('Content-Length')) > MAX_BYTES) throw new Error('too large');
  return decodeAudio(new Uint8Array(await response.arrayBuffer()));
}
