import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Mounts, whyNoMounts } from '../../support/mounts.ts';
import {
  isDiskFull,
  isReadOnly,
  saveFrame,
  writeNewIn,
  type FramePlace,
} from '../../../src/workbench/player/saveFrame.ts';

describe('saving a frame', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'frame-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const png = Uint8Array.of(1, 2, 3);
  const save = (name: string, at: FramePlace, into = folder): Promise<string> =>
    saveFrame(name, at, writeNewIn(into, png));

  it('names it by video and frame, and never overwrites', async () => {
    await writeFile(join(folder, 'clip-frame-7.png'), 'mine');
    const names = [];
    for (let n = 0; n < 2; n++) names.push(basename(await save('clip.mp4', { frame: 7, seconds: 0.3 })));
    assert.deepEqual(names, ['clip-frame-7-2.png', 'clip-frame-7-3.png']);
    assert.equal(await readFile(join(folder, 'clip-frame-7.png'), 'utf8'), 'mine');
    assert.deepEqual(await readFile(join(folder, 'clip-frame-7-2.png')), Buffer.from(png));
  });

  it('gives different names to frames that are saved at the same time', async () => {
    await Promise.all(Array.from({ length: 8 }, () => save('clip.mp4', { frame: 1, seconds: 0 })));
    assert.equal((await readdir(folder)).length, 8);
  });

  it('names it by time where frames are not counted', async () => {
    const path = await save('a.b.webm', { seconds: 1.2345 });
    assert.equal(basename(path), 'a.b-1235ms.png');
  });

  it('tells why it could not be written', async () => {
    await assert.rejects(save('clip.mp4', { seconds: 0 }, join(folder, 'gone')), /ENOENT/);
  });

  it('leaves no part of a picture where the disk is full', async function () {
    if (whyNoMounts()) this.skip();
    const mounts = new Mounts();
    const small = await mounts.tmpfs(join(folder, 'small'), '64k');
    try {
      const write = writeNewIn(small, new Uint8Array(1 << 20));
      await assert.rejects(saveFrame('clip.mp4', { seconds: 0 }, write), isDiskFull);
      assert.deepEqual(await readdir(small), []);
    } finally {
      mounts.unmountAll();
    }
  });

  it('gives up when every name is taken', async () => {
    await assert.rejects(
      saveFrame('clip.mp4', { seconds: 0 }, async () => undefined),
      /are taken/,
    );
  });

  it('tells a folder that is read-only from other troubles', () => {
    for (const code of ['EACCES', 'EPERM', 'EROFS', 'NoPermissions'])
      assert.ok(isReadOnly(Object.assign(new Error(code), { code })));
    assert.ok(!isReadOnly(Object.assign(new Error('full'), { code: 'ENOSPC' })));
    assert.ok(!isReadOnly('EACCES'));
  });
});
