import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findAacTrack } from '../../../src/mp4/aacTrack.ts';
import { readMovie } from '../../../src/mp4/movie.ts';
import { factsOfName, mediaFacts, type MediaFacts } from '../../../src/workbench/player/mediaFacts.ts';
import { ffmpegVersion, makeMedia, makeMediaBytes } from '../../support/media/ffmpeg.ts';
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
    const maps = ['-map', '0', '-map', '1', '-map', '1', ...h264, '-c:a:0', 'ac3', '-c:a:1', 'aac'];
    assert.equal(
      (await mediaFacts(makeMedia([...input, ...maps]))).sound,
      'other',
      'browsers play the first',
    );
    const fragmented = makeMedia([...smallClip, '-movflags', 'frag_keyframe+empty_moov']);
    assert.equal((await mediaFacts(fragmented)).sound, 'aac');
  });

  it('is what is in it, whichever name it has', async function () {
    assert.equal((await of('clip.webm', await readFile(clip('clip.mp4')))).sound, 'aac');
    if (!ffmpegVersion) this.skip();
    const input = [...picture(1), ...sound(2, 48000, 1)];
    const webm = ['-c:v', 'libvpx', '-deadline', 'realtime', '-c:a', 'libvorbis', '-f', 'webm'];
    assert.equal((await mediaFacts(makeMedia([...input, ...webm], '.mp4'))).sound, 'other');
  });

  it('tells MP3 from AAC, which share a sample entry', async function () {
    if (!ffmpegVersion) this.skip();
    const mp3 = makeMediaBytes([...picture(1), ...sound(2, 48000, 1), ...h264, '-c:a', 'libmp3lame']);
    const [, stream] = readMovie(mp3).tracks;
    const esds = stream?.sampleEntry?.children(28).find(({ type }) => type === 'esds');
    assert.ok(esds);
    const indication = esds.body + 4 + 5 + 3 + 5;
    assert.equal(mp3[indication], 0x6b);
    assert.equal((await of('mp3.mp4', mp3)).sound, 'other');
    mp3[indication] = 0x69;
    assert.equal((await of('mp2.mp4', mp3)).sound, 'other');

    const aac = makeMediaBytes(smallClip);
    const config = Buffer.from(aac).indexOf(Buffer.from([0x05, 0x80, 0x80, 0x80, 0x05, 0x11, 0x90]));
    assert.ok(config > 0);
    aac.set([0xf8, 0x46, 0x60], config + 5); // audio object type 34: Layer-3
    assert.equal((await of('layer3.mp4', aac)).sound, 'other');
    assert.equal(findAacTrack(readMovie(aac)), undefined);
    aac.set([0x09, 0x90], config + 5); // 1: AAC Main
    assert.equal((await of('main.mp4', aac)).sound, 'aac');
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
