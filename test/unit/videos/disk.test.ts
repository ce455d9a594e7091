import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { DownloadError } from '../../../src/videos/error.ts';
import { discardPartial, partialPathIn } from '../../../src/videos/partial.ts';
import { readSidecar } from '../../../src/videos/sidecar.ts';
import { Mounts, whyNoMounts } from '../../support/mounts.ts';
import { makeClip } from './clip.ts';
import { type FileServer, startFileServer } from './fileServer.ts';
import { type SaveOrder, saveVideo } from './saveVideo.ts';
import { temporaryFolder } from './temporary.ts';

const CLIP = makeClip(3_000_000);

/** Real faults of a real disk: small and read-only file systems, mounted for the test. Only root may, on Linux. */
describe('saving on a disk with faults', () => {
  const mounts = new Mounts();
  // Declared first: it runs before the folder itself is removed.
  afterEach(() => mounts.unmountAll());
  const folder = temporaryFolder();
  let server: FileServer;

  before(function () {
    const reason = whyNoMounts();
    if (reason === undefined) return;
    console.log(`      skipped: ${reason}`);
    this.skip();
  });
  beforeEach(async () => {
    server = await startFileServer({ body: CLIP, etag: '"one"', ranges: true });
  });
  afterEach(async () => {
    await server.close();
  });
  const mountTmpfs = (name: string, size: string): Promise<string> =>
    mounts.tmpfs(path.join(folder(), name), size);

  function orderFor(place: string, parking = place): SaveOrder {
    const url = `${server.origin}/clip.mp4`;
    return {
      url,
      apiOrigin: server.origin,
      partialPath: partialPathIn(parking, 'task'),
      folder: place,
      name: 'clip.mp4',
    };
  }

  it('says that the disk is full, and goes on when it is not any more', async () => {
    const place = await mountTmpfs('small', '2m');
    const error = await failure(orderFor(place));
    assert.deepEqual([error.kind, error.code, error.retryable], ['diskFull', 'ENOSPC', true]);
    assert.deepEqual(await videosIn(place), []);
    mounts.remount(place, 'size=8m');
    const video = await saveVideo(orderFor(place));
    assert.ok(CLIP.equals(await fs.readFile(video)));
    assert.match(server.requests[1]?.range ?? '', /^bytes=[1-9]/, 'it goes on from what had found room');
  });

  it('says that the disk is full when a parked video is brought in, and keeps it parked', async () => {
    const place = await mountTmpfs('small', '2m');
    const order = orderFor(place, folder());
    assert.equal((await failure(order)).kind, 'diskFull');
    assert.deepEqual(await fs.readdir(place), [], 'no piece is left');
    mounts.remount(place, 'size=8m');
    const video = await saveVideo(order);
    assert.equal(server.requests.length, 1, 'it is not fetched again');
    assert.ok(CLIP.equals(await fs.readFile(video)));
    assert.ok(await readSidecar(video));
    await discardPartial(order.partialPath);
    assert.deepEqual(await fs.readdir(folder()), ['small']);
  });

  it('says that the disk is full when not even the notes fit', async () => {
    const place = await mountTmpfs('tiny', '64k');
    await fs.writeFile(path.join(place, 'filler'), Buffer.alloc(56 * 1024));
    assert.equal((await failure(orderFor(place))).kind, 'diskFull');
    assert.deepEqual(await videosIn(place), ['filler']);
  });

  it('says that the folder is read-only, before and after the download', async () => {
    const place = await mountTmpfs('fixed', '8m');
    mounts.remount(place, 'ro');
    for (const order of [orderFor(place), orderFor(place, folder())]) {
      const error = await failure(order);
      assert.deepEqual([error.kind, error.code, error.retryable], ['notWritable', 'EROFS', false]);
    }
    mounts.remount(place, 'rw');
    const video = await saveVideo(orderFor(place, folder()));
    assert.ok(CLIP.equals(await fs.readFile(video)));
    assert.equal(server.requests.length, 2, 'parked meanwhile');
  });

  it('says that the folder belongs to somebody else', async () => {
    const place = path.join(folder(), 'theirs');
    await fs.mkdir(place, { mode: 0o555 });
    await fs.chmod(folder(), 0o755);
    const parking = path.join(folder(), 'parking');
    await fs.mkdir(parking, { mode: 0o777 });
    await fs.chmod(parking, 0o777);
    const error = await asNobody(() => failure(orderFor(place)));
    assert.deepEqual([error.kind, error.code], ['notWritable', 'EACCES']);
    const late = await asNobody(() => failure(orderFor(place, parking)));
    assert.deepEqual([late.kind, late.code], ['notWritable', 'EACCES']);
    assert.deepEqual(await fs.readdir(place), []);
  });

  it('says that the folder is a file', async () => {
    await fs.writeFile(path.join(folder(), 'file'), '');
    const error = await failure(orderFor(path.join(folder(), 'file', 'videos')));
    assert.deepEqual([error.kind, error.code], ['folderMissing', 'ENOTDIR']);
  });
});

async function failure(order: SaveOrder): Promise<DownloadError> {
  const error: unknown = await saveVideo(order).then(
    () => assert.fail('it should have failed'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DownloadError, String(error));
  return error;
}

async function videosIn(place: string): Promise<string[]> {
  return (await fs.readdir(place)).filter(name => !name.startsWith('.'));
}

/** Root may write anywhere: runs as a user who may not. */
async function asNobody<T>(run: () => Promise<T>): Promise<T> {
  process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
}
