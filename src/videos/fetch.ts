import { Readable, type Transform, pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { DownloadError, errorCode } from './error.ts';
import { checkResultLink } from './links.ts';

/** As much of node-fetch as a download needs. The key is never handed to it: result links need none. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

export interface FetchInit {
  readonly headers: Record<string, string>;
  readonly redirect: 'manual';
  /** node-fetch would decode with leniency: a cut gzip body would pass for a whole one. */
  readonly compress: false;
  readonly signal: AbortSignal;
}

export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array | string> | null;
}

/** EvoLink's own client follows as many. */
const MAX_REDIRECTS = 6;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const GONE: ReadonlySet<number> = new Set([401, 403, 404, 410]);

export interface LinkRequest {
  readonly url: string;
  readonly apiOrigin: string;
  readonly fetch: Fetch;
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
}

/** Asks for the link and whatever it redirects to, each allowed by the rule of links. Throws DownloadError. */
export async function openLink(request: LinkRequest): Promise<FetchResponse> {
  let link = request.url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const verdict = checkResultLink(link, request.apiOrigin);
    if (!verdict.allowed) throw new DownloadError('linkRefused', { code: verdict.reason });
    const { url } = verdict;
    // Lets go of a redirect's own body, which nobody reads.
    const leave = new AbortController();
    const response = await fetchOnce(request, url, AbortSignal.any([request.signal, leave.signal]));
    if (!REDIRECTS.has(response.status)) return response;
    leave.abort();
    const location = response.headers.get('location');
    if (location === null) throw new DownloadError('http', { httpStatus: response.status });
    link = URL.parse(location, url.href)?.href ?? location;
  }
  throw new DownloadError('linkRefused', { code: 'redirects' });
}

async function fetchOnce(request: LinkRequest, url: URL, signal: AbortSignal): Promise<FetchResponse> {
  try {
    return await request.fetch(url.href, {
      headers: { ...request.headers, Accept: '*/*', 'Accept-Encoding': 'identity' },
      redirect: 'manual',
      compress: false,
      signal,
    });
  } catch (error) {
    throw systemError('network', error);
  }
}

/** Throws DownloadError unless the answer carries a video, as far as status and type say. `now` in milliseconds since 1970. */
export function checkAnswer(response: FetchResponse, now: number): void {
  const { status, headers } = response;
  if (GONE.has(status)) throw new DownloadError('linkExpired', { httpStatus: status });
  if (status !== 200 && status !== 206) {
    const retryAfterSeconds = readRetryAfter(headers.get('retry-after'), now);
    throw new DownloadError('http', {
      httpStatus: status,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  }
  const type = (headers.get('content-type') ?? '').trim().toLowerCase();
  if (/^(text\/|multipart\/|application\/(json|xml|xhtml))/.test(type)) throw new DownloadError('notVideo');
}

/** `Retry-After` of RFC 9110 10.2.3: seconds or a date. */
function readRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}

/** Whether the body comes in another coding than the video's own bytes, though `identity` was asked for. */
export function isEncoded(response: FetchResponse): boolean {
  return contentEncoding(response) !== 'identity';
}

/** Bytes of the body as sent, where the server says so. */
export function contentLength(response: FetchResponse): number | undefined {
  const value = response.headers.get('content-length');
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** `Content-Range` of RFC 9110 14.4, when it names all three numbers, in bytes. */
export function contentRange(
  response: FetchResponse,
): { start: number; end: number; total: number } | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(response.headers.get('content-range') ?? '');
  return match ? { start: Number(match[1]), end: Number(match[2]), total: Number(match[3]) } : undefined;
}

/**
 * What `If-Range` may hold later on (RFC 9110 13.1.5): a strong ETag, else a date of change that lies so far before the
 * answer's own date that the file can't have changed twice in that second (8.8.2.2).
 */
export function strongValidator(response: FetchResponse): string | undefined {
  const etag = response.headers.get('etag');
  if (etag !== null && /^"[\x21\x23-\x7e]*"$/.test(etag)) return etag;
  const changed = response.headers.get('last-modified');
  const answered = response.headers.get('date');
  if (etag !== null || changed === null || answered === null) return undefined;
  return Date.parse(answered) - Date.parse(changed) >= 1000 ? changed : undefined;
}

/** The video's bytes, decoded where the server encoded them. Throws DownloadError when they break off. */
export async function* readBody(response: FetchResponse): AsyncGenerator<Uint8Array> {
  const decoder = isEncoded(response) ? decoderFor(contentEncoding(response)) : undefined;
  const raw = rawBody(response);
  // Errors of either come out of the decoder.
  const body = decoder ? pipeline(Readable.from(raw), decoder, () => {}) : raw;
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) yield chunk;
  } catch (error) {
    throw systemError('truncated', error);
  }
}

async function* rawBody(response: FetchResponse): AsyncGenerator<Uint8Array> {
  for await (const chunk of response.body ?? []) {
    yield typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk;
  }
}

function contentEncoding(response: FetchResponse): string {
  return response.headers.get('content-encoding')?.trim().toLowerCase() || 'identity';
}

function decoderFor(encoding: string): Transform {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new DownloadError('notVideo', { code: 'encoding' });
  }
}

/** The error's own text is left out: it holds the link. */
function systemError(kind: 'network' | 'truncated', error: unknown): DownloadError {
  if (error instanceof DownloadError) return error;
  const code = errorCode(error);
  return new DownloadError(kind, code === undefined ? {} : { code });
}
