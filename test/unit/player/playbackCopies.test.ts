import assert from 'node:assert/strict';
import disk, { mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CopyError, PlaybackCopies, type Convert } from '../../../src/workbench/player/playbackCopies.ts';
import { repository } from '../../support/paths.ts';

const failsAs = (kind: CopyError['kind']) => (error: unknown) =>
  error instanceof CopyError && error.kind === kind;

describe('playback copies', () => {
  let folder: string;
  let video: string;
  let made: string[];
  let copies: PlaybackCopies;
  let convert: Convert;

  beforeEach(async () => {
    const root = await mkdtemp(join(tmpdir(), 'copies-'));
    folder = join(root, 'playback');
    video = join(root, 'clip.mp4');
    await writeFile(video, 'a video');
    made = [];
    convert = async (source, target) => {
      made.push(source);
      await new Promise(resolve => {
        setTimeout(resolve, 5);
      });
      await writeFile(target, `copy of ${await readFile(source, 'utf8')}`);
      return { kind: 'made', bytes: 1, seconds: 1, frames: 1, badFrames: 0, sbr: false };
    };
    copies = new PlaybackCopies({
      folder,
      convert: (source, target, signal) => convert(source, target, signal),
      now: Date.now,
    });
  });
  afterEach(async () => {
    copies.dispose();
    await rm(join(folder, '..'), { recursive: true });
  });

  it('makes a copy once, however many ask and how often', async () => {
    const [first, second] = await Promise.all([copies.get(video), copies.get(video)]);
    assert.equal(first, second);
    assert.equal(await copies.get(video), first);
    assert.equal(await readFile(first, 'utf8'), 'copy of a video');
    assert.equal(made.length, 1);
    assert.equal(await readFile(video, 'utf8'), 'a video');
  });

  it('makes a new one when the video was replaced', async () => {
    const first = await copies.get(video);
    await writeFile(video, 'another');
    await utimes(video, new Date(1), new Date(1));
    const second = await copies.get(video);
    assert.notEqual(first, second);
    assert.equal(await readFile(second, 'utf8'), 'copy of another');
  });

  it('is its own copy when there is nothing to convert', async () => {
    convert = async () => ({ kind: 'nothingToDo' });
    assert.equal(await copies.get(video), video);
    assert.deepEqual(await readdir(folder), []);
  });

  it('starts no conversion where the file says that there is no AAC', async () => {
    const silent = join(repository, 'media', 'demo', 'clip-silent.mp4');
    assert.equal(await copies.get(silent), silent);
    assert.deepEqual(made, []);
  });

  it('keeps no copy of a video that changed while it was converted', async () => {
    const works = convert;
    convert = async (source, target, signal) => {
      const result = await works(source, target, signal);
      await writeFile(source, 'replaced meanwhile');
      return result;
    };
    await assert.rejects(copies.get(video), failsAs('changed'));
    assert.deepEqual(await readdir(folder), []);
    convert = async (source, target, signal) => {
      const result = await works(source, target, signal);
      await rm(source);
      return result;
    };
    await assert.rejects(copies.get(video), failsAs('changed'));
    assert.deepEqual(await readdir(folder), []);
  });

  it('says in its own words that the disk does not do what it should', async () => {
    await assert.rejects(copies.get(join(folder, 'missing.mp4')), failsAs('disk'));
    await writeFile(folder, 'a file where the folder should be');
    await assert.rejects(copies.get(video), failsAs('disk'));
  });

  it('hands a new copy over though an old one cannot be deleted', async () => {
    const old = await copies.get(video);
    await utimes(old, new Date(1), new Date(1));
    await writeFile(video, 'another');
    const original = disk.rm;
    disk.rm = () => Promise.reject(new Error('EBUSY: another window plays it'));
    syncBuiltinESMExports();
    try {
      assert.equal(await readFile(await copies.get(video), 'utf8'), 'copy of another');
      await copies.clean();
    } finally {
      disk.rm = original;
      syncBuiltinESMExports();
    }
    assert.equal((await readdir(folder)).length, 2);
    await copies.clean();
    assert.equal((await readdir(folder)).length, 1);
  });

  it('says why there is no copy, and tries anew', async () => {
    const works = convert;
    const failure = { kind: 'failed', by: 'mp4', reason: 'fragmented', detail: 'moof' } as const;
    const cases = [
      [failure, 'undecodable'],
      [{ ...failure, reason: 'tooLarge' }, 'tooLarge'],
      [{ ...failure, by: 'disk', reason: 'ENOSPC' }, 'disk'],
      [{ kind: 'timedOut' }, 'timedOut'],
    ] as const;
    for (const [result, kind] of cases) {
      convert = async () => result;
      await assert.rejects(copies.get(video), failsAs(kind));
    }
    convert = works;
    assert.equal(await readFile(await copies.get(video), 'utf8'), 'copy of a video');
  });

  it('takes the copy of another window that was faster and lets nobody replace it', async () => {
    convert = async (_source, target) => {
      await writeFile(target, 'theirs');
      return { kind: 'failed', by: 'disk', reason: 'EPERM', detail: 'rename' };
    };
    assert.equal(await readFile(await copies.get(video), 'utf8'), 'theirs');
  });

  it('converts two at a time', async () => {
    let running = 0;
    let most = 0;
    const works = convert;
    convert = async (...args) => {
      most = Math.max(most, ++running);
      const result = await works(...args);
      running--;
      return result;
    };
    const videos = await Promise.all(
      [1, 2, 3, 4, 5].map(async number => {
        const path = join(folder, '..', `${number}.mp4`);
        await writeFile(path, `${number}`);
        return path;
      }),
    );
    const paths = await Promise.all(videos.map(path => copies.get(path)));
    assert.equal(new Set(paths).size, 5);
    assert.equal(most, 2);
  });

  it('ends a running conversion when it is disposed', async () => {
    let begin: () => void;
    const begun = new Promise<void>(resolve => {
      begin = resolve;
    });
    convert = (_source, _target, signal) =>
      new Promise(resolve => {
        signal.addEventListener('abort', () => resolve({ kind: 'aborted' }));
        begin();
      });
    const copy = copies.get(video);
    const rejected = assert.rejects(copy, /aborted/);
    await begun;
    copies.dispose();
    await rejected;
  });

  it('remembers the last use by the time of the copy, and deletes old ones', async () => {
    const copy = await copies.get(video);
    const longAgo = new Date(Date.now() - 13 * 24 * 3600_000);
    await utimes(copy, longAgo, longAgo);
    await copies.get(video);
    assert.ok((await stat(copy)).mtimeMs > Date.now() - 60_000);
    const old = new Date(Date.now() - 15 * 24 * 3600_000);
    await utimes(copy, old, old);
    await copies.clean();
    assert.deepEqual(await readdir(folder), []);
  });
});
