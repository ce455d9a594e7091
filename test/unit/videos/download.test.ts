import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import nodeFetch from 'node-fetch';
import { download, type DownloadOptions } from '../../../src/videos/download.ts';
import { DownloadError } from '../../../src/videos/error.ts';
import type { Fetch } from '../../../src/videos/fetch.ts';
import { partialPathIn, readNotes, writeNotes } from '../../../src/videos/partial.ts';
import { placeWithoutOverwrite } from '../../../src/videos/place.ts';
import { box, makeClip, sha256 } from './clip.ts';
import { type Behaviour, type FileServer, startFileServer } from './fileServer.ts';
import { temporaryFolder } from './temporary.ts';

const CLIP = makeClip(3_000_000);
const MEBIBYTE = 1 << 20;

const neverAnswers: Fetch = (_url, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')));
  });

const endsEarly: Fetch = async (url, init) => {
  const { status, headers } = await nodeFetch(url, init);
  return { status, headers, body: Readable.from([CLIP.subarray(0, -1)]) };
};

describe('download', () => {
  const folder = temporaryFolder();
  let server: FileServer;
  let partialPath: string;

  beforeEach(async () => {
    server = await startFileServer({ body: CLIP, etag: '"one"', ranges: true });
    partialPath = partialPathIn(folder(), 'task');
  });
  afterEach(() => server.close());

  function options(
    change: Partial<DownloadOptions<{ size: number }>> = {},
  ): DownloadOptions<{ size: number }> {
    return {
      url: `${server.origin}/clip.mp4`,
      apiOrigin: server.origin,
      partialPath,
      fetch: nodeFetch,
      readFacts: async (_read, size) => ({ size }),
      maxBytes: 10_000_000,
      stallSeconds: 5,
      now: Date.now,
      sleep: (milliseconds, signal) => wait(milliseconds, undefined, { signal }),
      ...change,
    };
  }

  function behave(behaviour: Partial<Behaviour>): void {
    Object.assign(server.behaviour, behaviour);
  }

  async function failure(change: Partial<DownloadOptions<{ size: number }>> = {}): Promise<DownloadError> {
    const error: unknown = await download(options(change)).then(
      () => assert.fail('it should have failed'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof DownloadError, String(error));
    assert.ok(!error.message.includes(server.origin), 'the link stays out of errors');
    return error;
  }

  async function succeed(body = CLIP): Promise<void> {
    const done = await download(options());
    assert.deepEqual(done, { bytes: body.length, sha256: sha256(body), facts: { size: body.length } });
    assert.ok(body.equals(await fs.readFile(partialPath)));
  }

  describe('from a good server', () => {
    it('brings the video, its length and hash', async () => {
      const progress: [number, number | undefined][] = [];
      await download(options({ onProgress: (bytes, total) => progress.push([bytes, total]) }));
      await succeed();
      assert.deepEqual(progress.at(-1), [CLIP.length, CLIP.length]);
      assert.ok(progress.every(([bytes], index) => bytes > (progress[index - 1]?.[0] ?? 0)));
      assert.equal(server.requests.length, 1, 'what is complete is not fetched again');
    });

    it('asks for the plain bytes, without credentials', async () => {
      await succeed();
      const asked = server.requests[0]!;
      assert.equal(asked['accept-encoding'], 'identity');
      assert.equal(asked.authorization, undefined);
      assert.equal(asked.range, undefined);
    });

    it('makes the folder', async () => {
      partialPath = path.join(folder(), 'a', 'b', 'x.partial');
      await succeed();
    });

    it('takes a body without length', async () => {
      behave({ framing: 'chunked' });
      await succeed();
    });

    it('takes a body that ends with its connection, when its boxes are whole', async () => {
      behave({ framing: 'close' });
      await succeed();
    });

    it('decodes what is encoded against its wish', async () => {
      behave({ gzip: true });
      await succeed();
    });

    it('keeps a video that it can not read', async () => {
      const done = await download(options({ readFacts: () => Promise.reject(new Error('malformed')) }));
      assert.deepEqual(done, { bytes: CLIP.length, sha256: sha256(CLIP) });
    });

    it('hands the facts reader the file', async () => {
      let head: Uint8Array | undefined;
      await download(
        options({
          readFacts: async (read, size) => {
            head = await read(size - 4, 100);
            return { size };
          },
        }),
      );
      assert.deepEqual(Buffer.from(head!), CLIP.subarray(-4));
    });
  });

  describe('after an interruption', () => {
    it('goes on where a connection broke', async () => {
      behave({ cutAfter: 2_000_000 });
      const error = await failure();
      assert.equal(error.kind, 'truncated');
      assert.equal(error.retryable, true);
      const { bytes } = (await readNotes(partialPath))!;
      assert.ok(bytes > MEBIBYTE && bytes <= 2_000_000);
      behave({ cutAfter: undefined });
      await succeed();
      assert.equal(server.requests[1]?.range, `bytes=${bytes}-`);
      assert.equal(server.requests[1]?.['if-range'], '"one"');
    });

    it('goes on again and again', async () => {
      behave({ cutAfter: 700_000 });
      for (let attempt = 0; attempt < 4; attempt++) await failure();
      await succeed();
      assert.equal(server.requests.length, 5);
    });

    it('starts over when the video has changed', async () => {
      behave({ cutAfter: 2_000_000 });
      await failure();
      const other = makeClip(2_500_000, 7);
      behave({ cutAfter: undefined, body: other, etag: '"two"' });
      await succeed(other);
    });

    it('starts over where the server has no ranges', async () => {
      behave({ cutAfter: 2_000_000, ranges: false });
      await failure();
      behave({ cutAfter: undefined });
      await succeed();
    });

    it('starts over when the server can not say that it is the same video', async () => {
      for (const etag of [undefined, 'W/"weak"']) {
        behave({ cutAfter: 2_000_000, etag });
        await failure();
        behave({ cutAfter: undefined });
        await succeed();
        assert.equal(server.requests.at(-1)?.range, undefined);
        await fs.rm(`${partialPath}.json`);
      }
    });

    it('goes by the date of change where there is no ETag', async () => {
      behave({ cutAfter: 2_000_000, etag: undefined, lastModified: 'Mon, 05 Oct 2026 10:00:00 GMT' });
      await failure();
      behave({ cutAfter: undefined });
      await succeed();
      assert.equal(server.requests[1]?.['if-range'], 'Mon, 05 Oct 2026 10:00:00 GMT');
    });

    it('starts over when the part does not fit', async () => {
      const unfit = [
        () => 'bytes 5-9/10',
        (start: number) => `bytes ${start}-3000000/3000001`,
        (start: number) => `bytes ${start}-2500000/3000000`,
        (start: number) => `bytes ${start - 1}-2999999/3000000`,
        () => 'nonsense',
      ];
      for (const rangeFrom of unfit) {
        behave({ cutAfter: 2_000_000, headers: {} });
        await failure();
        const range = rangeFrom((await readNotes(partialPath))!.bytes);
        behave({ cutAfter: undefined });
        let asked = 0;
        const lying: Fetch = async (url, init) => {
          if (asked++ === 0) behave({ headers: { 'content-range': range } });
          else behave({ headers: {} });
          return nodeFetch(url, init);
        };
        const done = await download(options({ fetch: lying }));
        assert.equal(done.sha256, sha256(CLIP), range);
        await fs.rm(`${partialPath}.json`);
      }
    });

    it('starts over when the part is of another version', async () => {
      behave({ cutAfter: 2_000_000 });
      await failure();
      const other = makeClip(3_000_000, 9);
      behave({ cutAfter: undefined, body: other });
      let first = true;
      const ignoresIfRange: Fetch = (url, init) => {
        behave({ headers: first ? { etag: '"two"' } : {} });
        first = false;
        return nodeFetch(url, init);
      };
      const done = await download(options({ fetch: ignoresIfRange }));
      assert.equal(done.sha256, sha256(other));
    });

    it('starts over when the video has become shorter than the part (416)', async () => {
      behave({ cutAfter: 2_000_000 });
      await failure();
      const other = makeClip(1_000_000);
      behave({ cutAfter: undefined, body: other });
      await succeed(other);
    });

    it('trusts only what was synced: the rest may be zeros after a power cut', async () => {
      behave({ cutAfter: 2_000_000 });
      await failure();
      const notes = (await readNotes(partialPath))!;
      await writeNotes(partialPath, { ...notes, bytes: MEBIBYTE });
      const file = await fs.open(partialPath, 'r+');
      await file.write(Buffer.alloc(2_000_000 - MEBIBYTE), 0, undefined, MEBIBYTE);
      await file.truncate(5_000_000);
      await file.close();
      behave({ cutAfter: undefined });
      await succeed();
      assert.equal(server.requests[1]?.range, `bytes=${MEBIBYTE}-`);
    });

    it('starts over when the notes are damaged, missing, or tell of more than there is', async () => {
      for (const damage of [
        '',
        '{',
        '{"bytes":-1}',
        '[]',
        'null',
        '{"bytes":2900000,"validator":"\\"one\\""}',
      ]) {
        behave({ cutAfter: 2_000_000 });
        await failure();
        await fs.writeFile(`${partialPath}.json`, damage);
        behave({ cutAfter: undefined });
        await succeed();
        assert.equal(server.requests.at(-1)?.range, undefined, damage);
        await fs.rm(`${partialPath}.json`);
      }
    });

    it('does not believe notes that call a damaged file complete', async () => {
      await succeed();
      await fs.writeFile(partialPath, Buffer.alloc(CLIP.length));
      await succeed();
      assert.equal(server.requests.length, 2);
    });

    it('never writes into a finished video that has the partial as its second name', async () => {
      await succeed();
      const video = await placeWithoutOverwrite(partialPath, folder(), 'clip.mp4');
      // A process killed between the two steps of naming, whose notes were lost.
      await fs.link(video, partialPath);
      await fs.rm(`${partialPath}.json`);
      const other = makeClip(1_000_000, 5);
      behave({ body: other });
      await succeed(other);
      assert.ok(CLIP.equals(await fs.readFile(video)));
    });

    it('keeps the part when a sign-in page answers instead', async () => {
      behave({ cutAfter: 2_000_000 });
      await failure();
      const page = Buffer.from('<!doctype html><title>Sign in</title>');
      behave({ cutAfter: undefined, body: page, ranges: false });
      assert.equal((await failure()).kind, 'notVideo');
      behave({ body: CLIP, ranges: true });
      await succeed();
      assert.match(server.requests.at(-1)?.range ?? '', /^bytes=\d{6,7}-$/);
    });
  });

  describe('from a bad server', () => {
    it('tells web pages and other files from videos', async () => {
      const cases: Partial<Behaviour>[] = [
        { headers: { 'content-type': 'text/html; charset=utf-8' } },
        { headers: { 'content-type': 'application/json' } },
        { body: Buffer.from('<html>Sign in to the network</html>') },
        { body: Buffer.from('short') },
        { body: box('moov', Buffer.alloc(100)) },
      ];
      for (const behaviour of cases) {
        behave({ body: CLIP, headers: {}, ...behaviour });
        const error = await failure();
        assert.equal(error.kind, 'notVideo', JSON.stringify(behaviour.headers));
        assert.equal(error.retryable, true, 'a network that asks for a sign-in will let it through later');
        await assert.rejects(fs.stat(partialPath), 'nothing reaches the disk');
      }
    });

    it('notices a body shorter than announced', async () => {
      behave({ lengthError: 10 });
      assert.equal((await failure()).kind, 'truncated');
    });

    it('counts for itself, should the connection not notice', async () => {
      assert.equal((await failure({ fetch: endsEarly })).kind, 'truncated');
    });

    it('notices an empty body', async () => {
      behave({ body: Buffer.alloc(0) });
      assert.equal((await failure()).kind, 'truncated');
    });

    it('notices a cut body of each framing', async () => {
      for (const framing of ['length', 'chunked', 'close'] as const) {
        behave({ framing, cutAfter: 1_500_000 });
        const error = await failure();
        assert.equal(error.kind, 'truncated', framing);
        assert.equal(error.retryable, true);
        await fs.rm(`${partialPath}.json`);
      }
    });

    it('notices a cut encoded body', async () => {
      behave({ gzip: true, framing: 'close', cutAfter: 1_500_000 });
      assert.equal((await failure()).kind, 'truncated');
    });

    it('gives up on a server that falls silent, and goes on later', async () => {
      behave({ stallAfter: 2_000_000 });
      const error = await failure({ stallSeconds: 0.2 });
      assert.equal(error.kind, 'stalled');
      assert.equal(error.retryable, true);
      behave({ stallAfter: undefined });
      await succeed();
      assert.match(server.requests[1]?.range ?? '', /^bytes=\d{6,7}-$/);
    });

    it('gives up on a server that never answers', async () => {
      assert.equal((await failure({ stallSeconds: 0.05, fetch: neverAnswers })).kind, 'stalled');
    });

    it('is patient with a slow one', async () => {
      behave({ body: makeClip(20_000), pace: { bytes: 2000, milliseconds: 60 } });
      const done = await download(options({ stallSeconds: 0.3 }));
      assert.equal(done.bytes, 20_000);
    });

    it('refuses too large a video, announced or not', async () => {
      for (const framing of ['length', 'chunked'] as const) {
        behave({ framing });
        const error = await failure({ maxBytes: CLIP.length - 1 });
        assert.equal(error.kind, 'tooLarge');
        assert.equal(error.retryable, false);
        await assert.rejects(fs.stat(partialPath), 'it does not stay on the disk');
      }
      const done = await download(options({ maxBytes: CLIP.length }));
      assert.equal(done.bytes, CLIP.length);
    });

    it('says what a status means', async () => {
      const meanings: [number, string, boolean][] = [
        [401, 'linkExpired', false],
        [403, 'linkExpired', false],
        [404, 'linkExpired', false],
        [410, 'linkExpired', false],
        [400, 'http', false],
        [408, 'http', true],
        [429, 'http', true],
        [500, 'http', true],
        [502, 'http', true],
        [304, 'http', false],
      ];
      for (const [status, kind, retryable] of meanings) {
        behave({ status });
        const error = await failure();
        assert.deepEqual([error.kind, error.retryable, error.httpStatus], [kind, retryable, status]);
      }
    });

    it('passes on when to come back', async () => {
      behave({ status: 503, headers: { 'retry-after': '120' } });
      assert.equal((await failure()).retryAfterSeconds, 120);
      const now = Date.parse('2026-10-05T10:00:00Z');
      behave({ headers: { 'retry-after': 'Mon, 05 Oct 2026 10:01:30 GMT' } });
      assert.equal((await failure({ now: () => now })).retryAfterSeconds, 90);
    });

    it('names the system’s code when there is no connection', async () => {
      await server.close();
      const error = await failure();
      assert.deepEqual([error.kind, error.code, error.retryable], ['network', 'ECONNREFUSED', true]);
    });
  });

  describe('redirects', () => {
    it('follows those within the rule', async () => {
      let hops = 0;
      const redirecting: Fetch = (url, init) => {
        behave(
          hops++ < 3 ? { status: 302, headers: { location: `/hop${hops}` } } : { status: 200, headers: {} },
        );
        return nodeFetch(url, init);
      };
      const done = await download(options({ fetch: redirecting }));
      assert.equal(done.sha256, sha256(CLIP));
      assert.equal(hops, 4);
    });

    it('checks each by its URL', async () => {
      for (const location of [
        'http://169.254.169.254/latest/meta-data',
        'https://127.0.0.1/x',
        'https://localhost/x',
        'http://example.com/x.mp4',
        'https://user@files.evolink.ai/x',
        'file:///etc/passwd',
        '//10.0.0.1/x',
        'https://',
      ]) {
        behave({ status: 307, headers: { location } });
        const before = server.requests.length;
        const error = await failure();
        assert.deepEqual([error.kind, error.retryable], ['linkRefused', false], location);
        assert.equal(server.requests.length, before + 1);
      }
    });

    it('ends a circle', async () => {
      behave({ status: 301, headers: { location: '/again' } });
      const error = await failure();
      assert.deepEqual([error.kind, error.code], ['linkRefused', 'redirects']);
      assert.equal(server.requests.length, 7);
    });

    it('does not fetch a forbidden link at all', async () => {
      assert.equal((await failure({ url: 'http://files.evolink.ai/x' })).code, 'notHttps');
      assert.equal(server.requests.length, 0);
    });
  });

  describe('when it is told to stop', () => {
    it('throws the reason and keeps the part', async () => {
      const controller = new AbortController();
      const reason = new Error('another window follows now');
      behave({ pace: { bytes: 100_000, milliseconds: 5 } });
      const running = download(
        options({
          signal: controller.signal,
          onProgress: bytes => {
            if (bytes > 500_000) controller.abort(reason);
          },
        }),
      );
      await assert.rejects(running, error => error === reason);
      behave({ pace: undefined });
      await succeed();
      assert.match(server.requests[1]?.range ?? '', /^bytes=[1-9]/);
    });

    it('does not begin', async () => {
      await assert.rejects(download(options({ signal: AbortSignal.abort() })), { name: 'AbortError' });
      assert.equal(server.requests.length, 0);
    });
  });
});
