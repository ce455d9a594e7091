import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { factsOfName, mediaFacts, type MediaFacts } from '../../../src/workbench/player/mediaFacts.ts';
import { ffmpegVersion, makeMedia } from '../../support/media/ffmpeg.ts';
import { h264, picture, smallClip, sound } from '../../support/media/recipes.ts';
import { repository } from '../../support/paths.ts';

const clip = (name: string): string => join(repository, 'media', 'demo', name);

describe('what a file tells the player', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'facts-'));
  });
  after(() => rm(folder, { recursive: true }));

  const of = async (name: string, content: string | Uint8Array): Promise<MediaFacts> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return await mediaFacts(path);
  };

  it('is whether there is sound, of which kind, and how many frames', async () => {
    const facts = await mediaFacts(clip('clip.mp4'));
    assert.deepEqual(facts, { sound: 'aac', frameRate: 24, frames: 121 });
    assert.equal((await mediaFacts(clip('clip-silent.mp4'))).sound, 'none');
  });

  it('is told by QuickTime and M4V files as well', async () => {
    for (const name of ['clip.mov', 'clip.M4V']) {
      await copyFile(clip('clip.mp4'), join(folder, name));
      assert.equal((await mediaFacts(join(folder, name))).sound, 'aac');
    }
  });

  it('tells sound that is not AAC apart', async function () {
    if (!ffmpegVersion) this.skip();
    const input = [...picture(1), ...sound(2, 48000, 1)];
    for (const codec of ['flac', 'ac3', 'alac']) {
      const file = makeMedia([...input, ...h264, '-strict', '-2', '-c:a', codec]);
      assert.equal((await mediaFacts(file)).sound, 'other', codec);
    }
    for (const codec of ['libopus', 'libvorbis']) {
      const file = makeMedia([...input, '-c:v', 'libvpx', '-deadline', 'realtime', '-c:a', codec], '.webm');
      assert.equal((await mediaFacts(file)).sound, 'other', codec);
    }
    const silent = makeMedia([...picture(1), '-c:v', 'libvpx', '-deadline', 'realtime'], '.webm');
    assert.equal((await mediaFacts(silent)).sound, 'none');
    const fragmented = makeMedia([...smallClip, '-movflags', 'frag_keyframe+empty_moov']);
    assert.equal((await mediaFacts(fragmented)).sound, 'aac');
  });

  it('is nothing where the file is empty, cut, no video, or not there', async () => {
    const bytes = await readFile(clip('clip.mp4'));
    assert.deepEqual(await of('empty.mp4', ''), { sound: 'unknown' });
    assert.deepEqual(await of('cut.mp4', bytes.subarray(0, 900)), { sound: 'unknown' });
    assert.deepEqual(await of('text.mp4', 'A video? No.'.repeat(100)), { sound: 'unknown' });
    assert.deepEqual(await mediaFacts(join(folder, 'gone.mp4')), { sound: 'unknown' });
    assert.deepEqual(await mediaFacts(folder), { sound: 'unknown' });
    assert.deepEqual(factsOfName('clip.WEBM'), { sound: 'none' });
  });
});
