import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ThumbnailFiles } from '../../../src/workbench/thumbnailFiles.ts';

/** What a PNG begins and ends with; its middle is nobody's business here. */
function png(width: number, height: number, middle = 100): Buffer {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    size,
    Buffer.alloc(middle),
    Buffer.from('0000000049454e44ae426082', 'hex'),
  ]);
}

describe('thumbnails', () => {
  let root: string;
  let folder: string;
  let files: ThumbnailFiles;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'thumbnails-'));
    folder = join(root, 'thumbnails');
    files = new ThumbnailFiles(folder);
  });
  afterEach(() => rm(root, { recursive: true }));

  it('are kept once for each task, and go with it', async () => {
    assert.equal(await files.find('abc'), undefined);
    assert.equal(await files.keep('abc', png(320, 180)), true);
    assert.equal(await files.keep('abc', png(180, 320)), false);
    const path = await files.find('abc');
    assert.equal(path, join(folder, 'abc.png'));
    assert.deepEqual(await readFile(path), png(320, 180));
    await files.remove('abc');
    await files.remove('abc');
    assert.deepEqual(await readdir(folder), []);
  });

  it('are small PNGs and nothing else', async () => {
    const damaged = png(10, 10);
    damaged[0] = 0;
    const wrong = {
      damaged,
      cut: png(10, 10).subarray(0, -1),
      short: Buffer.from('89504e470d0a1a0a', 'hex'),
      wide: png(321, 10),
      empty: png(0, 10),
      large: png(320, 320, 1 << 19),
      page: Buffer.from('<svg onload="alert(1)"/>'.padEnd(200)),
    };
    for (const [name, bytes] of Object.entries(wrong)) assert.equal(await files.keep(name, bytes), false);
    await assert.rejects(readdir(folder), /ENOENT/);
  });

  it('are never written outside of their folder', async () => {
    for (const id of ['../abc', 'a/b', '', '..', 'a.b', 'x'.repeat(65)]) {
      assert.equal(await files.keep(id, png(1, 1)), false);
      assert.equal(await files.find(id), undefined);
    }
    await writeFile(join(root, 'mine.png'), 'mine');
    await files.remove('../mine');
    files.removeNow(['../mine']);
    assert.deepEqual(await readdir(root), ['mine.png']);
  });

  it('are one when two windows keep them at the same time', async () => {
    await Promise.all([files.keep('abc', png(1, 1)), new ThumbnailFiles(folder).keep('abc', png(2, 2))]);
    assert.deepEqual(await readdir(folder), ['abc.png']);
  });

  it('of unknown tasks are deleted when they are a day old', async () => {
    for (const id of ['known', 'old', 'young']) await files.keep(id, png(1, 1));
    await writeFile(join(folder, 'half.part'), '');
    const longAgo = new Date(Date.now() - 25 * 3600_000);
    for (const name of ['known.png', 'old.png', 'half.part'])
      await utimes(join(folder, name), longAgo, longAgo);
    await files.clean(new Set(['known']), Date.now());
    assert.deepEqual((await readdir(folder)).toSorted(), ['known.png', 'young.png']);
    files.removeNow(['known', 'young']);
    assert.deepEqual(await readdir(folder), []);
  });

  it('are not missed where there are none', async () => {
    await files.clean(new Set(), Date.now());
    files.removeNow(['abc']);
  });
});
