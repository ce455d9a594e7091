import type { FileHandle } from 'node:fs/promises';

const HEADER_BYTES = 16;
/** More boxes than that at the top is no film but an attack on patience. */
const MAX_BOXES = 100_000;

/** Returns up to `length` bytes from `offset` on; fewer only at the end of the file. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

/** Reads an open file. */
export function readAt(file: FileHandle): ReadAt {
  return async (offset, length) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
}

/** `ftyp` as the first box (ISO/IEC 14496-12 4.3): whether these may be the first bytes of an MP4. */
export function startsLikeMp4(head: Uint8Array): boolean {
  return head.length >= MP4_HEAD_BYTES && typeOf(head) === 'ftyp' && view(head).getUint32(0) >= 8;
}

/** As many bytes as `startsLikeMp4` wants to see. */
export const MP4_HEAD_BYTES = 12;

/**
 * Whether the boxes at the top end where the file ends, with `moov` among them. Asked only when nobody said how long the
 * video should be: a body that was simply cut off looks complete to HTTP then.
 */
export async function isWholeMp4(read: ReadAt, size: number): Promise<boolean> {
  let hasMovie = false;
  let at = 0;
  for (let count = 0; at + 8 <= size && count < MAX_BOXES; count++) {
    const header = await read(at, HEADER_BYTES);
    hasMovie ||= typeOf(header) === 'moov';
    const boxSize = sizeOf(header);
    if (boxSize === 'rest') return hasMovie;
    if (boxSize < 8) break;
    at += boxSize;
  }
  return hasMovie && at <= size;
}

function typeOf(header: Uint8Array): string {
  return Buffer.from(header.subarray(4, 8)).toString('latin1');
}

/** Of the box in bytes. Sizes 0 and 1: ISO/IEC 14496-12 4.2. */
function sizeOf(header: Uint8Array): number | 'rest' {
  const size = view(header).getUint32(0);
  if (size === 0) return 'rest';
  if (size !== 1) return size;
  return header.length < HEADER_BYTES ? Infinity : Number(view(header).getBigUint64(8));
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
