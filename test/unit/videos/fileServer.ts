import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** How the server answers; each field is one way to be difficult. */
export interface Behaviour {
  body: Buffer;
  etag?: string | undefined;
  lastModified?: string;
  /** Answers `Range`. */
  ranges?: boolean;
  status?: number;
  headers?: Record<string, string>;
  /** Breaks the connection after so many bytes of this answer. */
  cutAfter?: number | undefined;
  /** Falls silent after so many bytes of this answer. */
  stallAfter?: number | undefined;
  /** `length`: Content-Length. `chunked`: none, but a marked end. `close`: the end of the connection is the end. */
  framing?: 'length' | 'chunked' | 'close';
  /** What Content-Length says more than is sent. */
  lengthError?: number;
  gzip?: boolean;
  /** Bytes per piece, and milliseconds between pieces. */
  pace?: { bytes: number; milliseconds: number } | undefined;
}

export interface FileServer {
  readonly origin: string;
  readonly behaviour: Behaviour;
  /** Headers of the requests so far. */
  readonly requests: IncomingHttpHeaders[];
  close(): Promise<void>;
}

/** A web server on loopback that serves one file at every path, the way `behaviour` says at that moment. */
export async function startFileServer(behaviour: Behaviour): Promise<FileServer> {
  const requests: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    requests.push(request.headers);
    response.on('error', () => {});
    void answer(behaviour, request.headers, response);
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    behaviour,
    requests,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(b: Behaviour, asked: IncomingHttpHeaders, response: ServerResponse): Promise<void> {
  const { framing = 'length', status = 200 } = b;
  if (status >= 300) {
    response.writeHead(status, b.headers).end('an error page');
    return;
  }
  let content = b.gzip ? gzipSync(b.body) : b.body;
  const headers: Record<string, string> = { 'content-type': 'video/mp4' };
  if (b.gzip) headers['content-encoding'] = 'gzip';
  if (b.etag !== undefined) headers['etag'] = b.etag;
  if (b.lastModified !== undefined) headers['last-modified'] = b.lastModified;
  const from = Number(/^bytes=(\d+)-$/.exec(asked.range ?? '')?.[1]);
  const unchanged = asked['if-range'] === undefined || asked['if-range'] === (b.etag ?? b.lastModified);
  let code = status;
  if (b.ranges && !Number.isNaN(from) && unchanged) {
    if (from >= content.length) {
      response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
      return;
    }
    code = 206;
    headers['content-range'] = `bytes ${from}-${content.length - 1}/${content.length}`;
    content = content.subarray(from);
  }
  if (framing === 'length') headers['content-length'] = String(content.length + (b.lengthError ?? 0));
  if (framing === 'close') response.useChunkedEncodingByDefault = false;
  headers['connection'] = 'close';
  response.writeHead(code, { ...headers, ...b.headers });
  response.flushHeaders();
  const end = Math.min(b.cutAfter ?? Infinity, b.stallAfter ?? Infinity, content.length);
  const piece = b.pace?.bytes ?? 65_536;
  for (let at = 0; at < end && !response.destroyed; at += piece) {
    if (!response.write(content.subarray(at, Math.min(end, at + piece)))) {
      await drained(response);
    }
    if (b.pace) await new Promise(resolve => setTimeout(resolve, b.pace?.milliseconds));
  }
  if (b.stallAfter !== undefined) return;
  if (b.cutAfter !== undefined || b.lengthError !== undefined) {
    // What was written goes out first.
    setTimeout(() => response.destroy(), 20);
  } else {
    response.end();
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
