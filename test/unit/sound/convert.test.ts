import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertInWorker } from '../../../src/sound/convert.ts';
import { makePlaybackCopy } from '../../../src/sound/playbackCopy.ts';
import { makeMedia, needFfmpeg } from '../../support/media/ffmpeg.ts';
import { Mounts, whyNoMounts } from '../../support/mounts.ts';
import { h264, picture, smallClip } from '../../support/media/recipes.ts';

const workerFile = new URL('../../../src/sound/convertWorker.ts', import.meta.url);

const script = (source: string) => new URL(`data:text/javascript,${encodeURIComponent(source)}`);

describe('conversion in a worker', function () {
  const mounts = new Mounts();
  let folder = '';
  let target = '';
  before(function () {
    needFfmpeg(this);
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'seedance-convert-'));
    target = join(folder, 'copy.mp4');
  });
  afterEach(() => {
    mounts.unmountAll();
    if (folder) rmSync(folder, { recursive: true });
  });

  const convert = (source: string, options: { signal?: AbortSignal; timeLimit?: number } = {}) =>
    convertInWorker(workerFile, { source, target, signal: new AbortController().signal, ...options });

  /** Who failed, and why. */
  const failure = async (source: string) => {
    const result = await convert(source);
    assert.equal(result.kind, 'failed');
    return [result.by, result.reason];
  };

  it('writes the copy under its name, whole, and nothing else', async () => {
    const source = makeMedia(smallClip);
    const before = statSync(source).mtimeMs;
    const result = await convert(source);
    assert.equal(result.kind, 'made');
    assert.deepEqual(readdirSync(folder), ['copy.mp4']);
    const written = readFileSync(target);
    assert.equal(result.bytes, written.length);
    assert.equal(result.badFrames, 0);
    assert.equal(result.sbr, false);
    const copy = makePlaybackCopy(new Uint8Array(readFileSync(source)));
    assert.ok(copy && Buffer.concat(copy.parts).equals(written));
    assert.equal(statSync(source).mtimeMs, before);
  });

  it('replaces an older copy', async () => {
    writeFileSync(target, 'old');
    assert.equal((await convert(makeMedia(smallClip))).kind, 'made');
    assert.ok(statSync(target).size > 1000);
  });

  it('writes nothing where nothing is to do', async () => {
    assert.deepEqual(await convert(makeMedia([...picture(1), ...h264])), { kind: 'nothingToDo' });
    assert.deepEqual(readdirSync(folder), []);
  });

  it('says what went wrong, as data', async () => {
    const text = join(folder, 'text.mp4');
    writeFileSync(text, 'not a film at all');
    assert.deepEqual(await failure(text), ['mp4', 'notMp4']);
    assert.deepEqual(await failure(join(folder, 'missing.mp4')), ['disk', 'ENOENT']);
    mkdirSync(target);
    writeFileSync(join(target, 'occupied'), '');
    const [by] = await failure(makeMedia(smallClip));
    assert.equal(by, 'disk');
    assert.deepEqual(readdirSync(folder).toSorted(), ['copy.mp4', 'text.mp4']);
  });

  it('ends when aborted, before and while it runs, and at the time limit', async () => {
    const source = makeMedia(smallClip);
    assert.deepEqual(await convert(source, { signal: AbortSignal.abort() }), { kind: 'aborted' });
    const controller = new AbortController();
    const running = convert(source, { signal: controller.signal });
    controller.abort();
    assert.deepEqual(await running, { kind: 'aborted' });
    assert.deepEqual(await convert(source, { timeLimit: 0 }), { kind: 'timedOut' });
    assert.deepEqual(readdirSync(folder), []);
  });

  it('leaves nothing on a disk that is full, and works when there is room again', async function () {
    const reason = whyNoMounts();
    if (reason !== undefined) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    const place = await mounts.tmpfs(join(folder, 'small'), '64k');
    target = join(place, 'copy.mp4');
    assert.deepEqual(await failure(makeMedia(smallClip)), ['disk', 'ENOSPC']);
    assert.deepEqual(readdirSync(place), []);
    mounts.remount(place, 'size=4m');
    assert.equal((await convert(makeMedia(smallClip))).kind, 'made');
  });

  it('makes one whole file when two windows write the same', async () => {
    const source = makeMedia(smallClip);
    const results = await Promise.all([convert(source), convert(source)]);
    assert.deepEqual(
      results.map(({ kind }) => kind),
      ['made', 'made'],
    );
    assert.deepEqual(readdirSync(folder), ['copy.mp4']);
    const [first] = results;
    assert.equal(first?.kind === 'made' && first.bytes, statSync(target).size);
  });

  it('stops a worker that runs on without end', async () => {
    const request = { source: 'a', target, signal: new AbortController().signal, timeLimit: 200 };
    assert.deepEqual(await convertInWorker(script('for (;;);'), request), { kind: 'timedOut' });
  });

  it('survives a worker that is not there, throws or says nothing', async () => {
    const request = { source: 'a', target, signal: new AbortController().signal };
    for (const [worker, reason] of [
      [join(folder, 'missing.cjs'), 'Error'],
      ['no absolute path', 'start'],
      [script('throw new TypeError("broken")'), 'TypeError'],
      [script('process.exit(3)'), 'exit'],
    ] as const) {
      const result = await convertInWorker(worker, request);
      assert.equal(result.kind, 'failed');
      assert.deepEqual([result.by, result.reason], ['worker', reason]);
    }
  });
});
