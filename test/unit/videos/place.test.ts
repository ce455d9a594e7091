import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { DownloadError } from '../../../src/videos/error.ts';
import {
  discardPartial,
  partialPathIn,
  type PartialNotes,
  readNotes,
  writeNotes,
} from '../../../src/videos/partial.ts';
import { placeWithoutOverwrite } from '../../../src/videos/place.ts';
import { makeClip } from './clip.ts';
import { NO_LINKS } from './saveVideo.ts';
import { temporaryFolder } from './temporary.ts';

const CLIP = makeClip(50_000);

for (const [where, disk] of [
  ['with links', fs],
  ['without links', NO_LINKS],
] as const) {
  describe(`placeWithoutOverwrite ${where}`, () => {
    const folder = temporaryFolder();

    async function finished(
      id: string,
      clip = CLIP,
      notes: Partial<PartialNotes> = {},
      place = folder(),
    ): Promise<string> {
      const partialPath = partialPathIn(place, id);
      await fs.writeFile(partialPath, clip);
      const sha256 = createHash('sha256').update(clip).digest('hex');
      await writeNotes(partialPath, { bytes: clip.length, total: clip.length, sha256, ...notes });
      return partialPath;
    }

    const place = (partialPath: string, name = 'clip.mp4'): Promise<string> =>
      placeWithoutOverwrite(partialPath, folder(), name, disk);

    async function videos(): Promise<string[]> {
      return (await fs.readdir(folder())).filter(name => !name.startsWith('.')).toSorted();
    }

    it('gives the name and takes the old one away', async () => {
      const partialPath = await finished('a');
      assert.equal(await place(partialPath), path.join(folder(), 'clip.mp4'));
      assert.ok(CLIP.equals(await fs.readFile(path.join(folder(), 'clip.mp4'))));
      await assert.rejects(fs.stat(partialPath));
      await discardPartial(partialPath);
      assert.deepEqual(await fs.readdir(folder()), ['clip.mp4']);
    });

    it('numbers names that are taken, by whatever it is', async () => {
      await fs.writeFile(path.join(folder(), 'clip.mp4'), 'mine');
      await fs.mkdir(path.join(folder(), 'clip (2).mp4'));
      await fs.symlink('nowhere', path.join(folder(), 'clip (3).mp4'));
      await fs.writeFile(path.join(folder(), 'clip (4).mp4.json'), 'a sidecar of mine');
      assert.equal(path.basename(await place(await finished('a'))), 'clip (5).mp4');
      assert.equal(await fs.readFile(path.join(folder(), 'clip.mp4'), 'utf8'), 'mine');
    });

    it('overwrites nothing when many finish at once', async () => {
      const clips = Array.from({ length: 24 }, (_, index) => makeClip(5000, index + 1));
      const partials = await Promise.all(clips.map((clip, index) => finished(`t${index}`, clip)));
      const placed = await Promise.all(partials.map(partial => place(partial)));
      assert.equal(new Set(placed).size, clips.length);
      for (const [index, clip] of clips.entries()) assert.ok(clip.equals(await fs.readFile(placed[index]!)));
    });

    it('returns the name that an earlier call gave before it died', async () => {
      const partialPath = await finished('a');
      const first = await place(partialPath);
      assert.equal(await place(partialPath), first);
      // Died between the two steps.
      await fs.link(first, partialPath);
      assert.equal(await place(partialPath), first);
      assert.deepEqual(await videos(), ['clip.mp4']);
      await assert.rejects(fs.stat(partialPath));
    });

    it('does not take another file under that name for its own', async () => {
      const target = path.join(folder(), 'clip.mp4');
      const partialPath = await finished('a', CLIP, { target });
      await fs.writeFile(target, Buffer.alloc(CLIP.length));
      assert.equal(path.basename(await place(partialPath)), 'clip (2).mp4');
      assert.ok((await fs.readFile(target)).equals(Buffer.alloc(CLIP.length)));
    });

    it('frees a name that it had only reserved', async () => {
      const target = path.join(folder(), 'clip (2).mp4');
      await fs.writeFile(target, '');
      const partialPath = await finished('a', CLIP, { target, reserved: true });
      assert.equal(path.basename(await place(partialPath)), 'clip.mp4');
      assert.deepEqual(await videos(), ['clip.mp4']);
    });

    it("leaves another's empty file alone", async () => {
      const target = path.join(folder(), 'clip.mp4');
      await fs.writeFile(target, '');
      const partialPath = await finished('a', CLIP, { target });
      assert.equal(path.basename(await place(partialPath)), 'clip (2).mp4');
      assert.deepEqual(await videos(), ['clip (2).mp4', 'clip.mp4']);
    });

    it('brings in a parked video from elsewhere, with a missing folder', async () => {
      const parking = path.join(folder(), 'parking');
      await fs.mkdir(parking);
      const partialPath = await finished('a', CLIP, {}, parking);
      const output = path.join(folder(), 'new', 'videos');
      const placed = await placeWithoutOverwrite(partialPath, output, 'clip.mp4', disk);
      assert.ok(CLIP.equals(await fs.readFile(placed)));
      assert.deepEqual(await fs.readdir(output), ['clip.mp4']);
      assert.deepEqual(await fs.readdir(parking), [path.basename(`${partialPath}.json`)]);
    });

    it('replaces a copy that broke off', async () => {
      const parking = path.join(folder(), 'parking');
      await fs.mkdir(parking);
      const partialPath = await finished('a', CLIP, {}, parking);
      await fs.writeFile(path.join(folder(), path.basename(partialPath)), 'half');
      assert.ok(CLIP.equals(await fs.readFile(await place(partialPath))));
      assert.deepEqual(await fs.readdir(folder()), ['clip.mp4', 'parking']);
    });

    it('gives no name to what is not complete', async () => {
      const partialPath = await finished('a');
      const notes = (await readNotes(partialPath))!;
      await writeNotes(partialPath, { ...notes, bytes: notes.bytes - 1 });
      await assert.rejects(place(partialPath), /complete/);
      await fs.rm(`${partialPath}.json`);
      await assert.rejects(place(partialPath), /complete/);
      assert.deepEqual(await videos(), []);
    });

    it('says when the video is gone', async () => {
      const partialPath = await finished('a');
      await fs.rm(partialPath);
      await assert.rejects(
        place(partialPath),
        error => error instanceof DownloadError && error.kind === 'folderMissing',
      );
      assert.deepEqual(await videos(), []);
    });
  });
}
