import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { saveFrame } from '../../../src/workbench/player/saveFrame.ts';

describe('saving a frame', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'frame-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const png = Uint8Array.of(1, 2, 3);

  it('names it by video and frame, and never overwrites', async () => {
    await writeFile(join(folder, 'clip-frame-7.png'), 'mine');
    const names = [];
    for (let n = 0; n < 2; n++)
      names.push(basename(await saveFrame(folder, 'clip.mp4', png, { frame: 7, seconds: 0.3 })));
    assert.deepEqual(names, ['clip-frame-7-2.png', 'clip-frame-7-3.png']);
    assert.equal(await readFile(join(folder, 'clip-frame-7.png'), 'utf8'), 'mine');
    assert.deepEqual(await readFile(join(folder, 'clip-frame-7-2.png')), Buffer.from(png));
  });

  it('gives different names to frames that are saved at the same time', async () => {
    await Promise.all(
      Array.from({ length: 8 }, () => saveFrame(folder, 'clip.mp4', png, { frame: 1, seconds: 0 })),
    );
    assert.equal((await readdir(folder)).length, 8);
  });

  it('names it by time where frames are not counted', async () => {
    const path = await saveFrame(folder, 'a.b.webm', png, { seconds: 1.2345 });
    assert.equal(basename(path), 'a.b-1235ms.png');
  });

  it('tells why it could not be written', async () => {
    await assert.rejects(saveFrame(join(folder, 'gone'), 'clip.mp4', png, { seconds: 0 }), /ENOENT/);
  });
});
