import { createHash } from 'node:crypto';
import type { Answer, ReceivedRequest } from './answer.ts';

export interface ResultFile {
  readonly bytes: Uint8Array;
  /** When it was made, in milliseconds since 1970. */
  readonly modifiedAt: number;
  /** Whether parts of it can be asked for. EvoLink doesn't say that they can. */
  readonly ranges: boolean;
}

/** Answers GET and HEAD for a result link (RFC 9110, sections 13 and 14: one range, `If-Range`, `If-None-Match`). */
export function serve(request: ReceivedRequest, file: ResultFile): Answer {
  const etag = `"${createHash('sha256').update(file.bytes).digest('hex').slice(0, 32)}"`;
  const modified = new Date(file.modifiedAt).toUTCString();
  const headers = {
    'content-type': 'video/mp4',
    'accept-ranges': file.ranges ? 'bytes' : 'none',
    etag,
    'last-modified': modified,
  };
  if (request.headers['if-none-match'] === etag) return { status: 304, headers, body: new Uint8Array() };

  const ifRange = request.headers['if-range'];
  const wanted =
    request.method === 'GET' &&
    file.ranges &&
    (ifRange === undefined || ifRange === etag || ifRange === modified);
  const range = wanted ? parseRange(request.headers['range'], file.bytes.length) : undefined;
  if (range === 'unsatisfiable') {
    return {
      status: 416,
      headers: { ...headers, 'content-range': `bytes */${file.bytes.length}` },
      body: new Uint8Array(),
    };
  }
  if (!range) return { status: 200, headers, body: file.bytes };
  const [first, last] = range;
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${first}-${last}/${file.bytes.length}` },
    body: file.bytes.subarray(first, last + 1),
  };
}

/** First and last byte of a single range; undefined where the header is absent or to be ignored (several ranges, other units). */
function parseRange(
  header: string | undefined,
  size: number,
): readonly [number, number] | 'unsatisfiable' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < first) return undefined;
  return last >= first ? [first, last] : 'unsatisfiable';
}
