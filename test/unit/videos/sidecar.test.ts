import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import type { Task } from '../../../src/tasks/task.ts';
import {
  formatSidecar,
  parseSidecar,
  readSidecar,
  type Sidecar,
  type SidecarFields,
  sidecarOf,
  sidecarPath,
  writeSidecar,
} from '../../../src/videos/sidecar.ts';
import { NO_LINKS } from './saveVideo.ts';
import { temporaryFolder } from './temporary.ts';

const SHA = 'ab'.repeat(32);
function fieldsFor(root: string): Task & SidecarFields {
  const uri = (relative: string): string => pathToFileURL(path.join(root, relative)).href;
  return {
    id: 'local-1',
    remoteId: 'task-unified-1',
    origin: 'https://api.evolink.ai',
    state: 'downloading',
    prompt: '등대 at dusk',
    request: {
      model: 'seedance-2.0-text-to-video',
      prompt: '등대 at dusk',
      duration: 8,
      quality: '720p',
      aspect_ratio: '16:9',
      generate_audio: true,
      content_filter: true,
      model_params: { web_search: false },
      callback_url: 'https://me.example/hook?secret=1',
    },
    createdAt: 1_791_000_000_000,
    updatedAt: 1_791_000_090_000,
    progress: 99,
    estimatedSeconds: 120,
    credits: { estimated: 40, reserved: 40, charged: 38.5 },
    charged: 'yes',
    video: {
      uri: uri('videos/clip (2).mp4'),
      bytes: 1000,
      sha256: SHA,
      width: 1280,
      height: 720,
      seconds: 8.04,
      hasAudio: true,
    },
    source: { uri: uri('notes/대본.md'), line: 3, text: ' 등대 at dusk ', hash: 'cd'.repeat(32) },
  };
}

describe('sidecar', () => {
  const folder = temporaryFolder();
  const root = (): string => pathToFileURL(folder()).href;
  const video = (): string => path.join(folder(), 'clip.mp4');
  const sidecar = (): Sidecar => sidecarOf(fieldsFor(folder()), root());

  it('has the shape of a task, without what belongs to one machine', () => {
    const text = formatSidecar(sidecar());
    assert.deepEqual(JSON.parse(text), {
      version: 1,
      remoteId: 'task-unified-1',
      origin: 'https://api.evolink.ai',
      state: 'saved',
      prompt: '등대 at dusk',
      request: {
        model: 'seedance-2.0-text-to-video',
        prompt: '등대 at dusk',
        duration: 8,
        quality: '720p',
        aspect_ratio: '16:9',
        generate_audio: true,
        content_filter: true,
        model_params: { web_search: false },
      },
      createdAt: 1_791_000_000_000,
      updatedAt: 1_791_000_090_000,
      progress: 100,
      estimatedSeconds: 120,
      credits: { estimated: 40, reserved: 40, charged: 38.5 },
      charged: 'yes',
      video: {
        uri: 'clip%20(2).mp4',
        bytes: 1000,
        sha256: SHA,
        width: 1280,
        height: 720,
        seconds: 8.04,
        hasAudio: true,
      },
      source: { uri: '../notes/대본.md', line: 3, text: ' 등대 at dusk ', hash: 'cd'.repeat(32) },
    });
    assert.ok(text.endsWith('}\n'));
    for (const secret of ['local-1', 'callback', 'secret', folder()])
      assert.ok(!text.includes(secret), secret);
  });

  it('names the cell of a notebook beside its uri', () => {
    const fields = fieldsFor(folder());
    const source = { ...fields.source!, uri: pathToFileURL(path.join(folder(), 'film.ipynb')).href, cell: 2 };
    const { source: written } = sidecarOf({ ...fields, source }, root());
    assert.deepEqual([written?.uri, written?.cell, written?.line], ['../film.ipynb', 2, 3]);
    assert.deepEqual(parseSidecar(formatSidecar(sidecarOf({ ...fields, source }, root())))?.source, written);
  });

  it('says nothing of where a source outside of the workspace folder lies', () => {
    const fields = fieldsFor(folder());
    const outside = sidecarOf(
      { ...fields, source: { ...fields.source!, uri: 'file:///home/ann/diary.md' } },
      root(),
    );
    assert.deepEqual(Object.keys(outside.source!), ['line', 'text', 'hash']);
  });

  it('leaves out a selection that is a book', () => {
    const fields = fieldsFor(folder());
    const long = sidecarOf({ ...fields, source: { ...fields.source!, text: 'x'.repeat(2_000_000) } }, root());
    assert.ok(formatSidecar(long).length < 5000);
    assert.equal(long.source?.hash, 'cd'.repeat(32));
  });

  for (const [where, disk] of [
    ['with links', fs],
    ['without links', NO_LINKS],
  ] as const) {
    describe(where, () => {
      it('is written and read', async () => {
        assert.equal(await writeSidecar(video(), sidecar(), disk), 'written');
        assert.deepEqual(await readSidecar(video()), sidecar());
        assert.deepEqual(await fs.readdir(folder()), ['clip.mp4.json']);
      });

      it('is written for each of several videos with the same bytes that finish at once', async () => {
        const names = Array.from({ length: 20 }, (_, i) => path.join(folder(), `clip ${i}.mp4`));
        const written = await Promise.all(names.map(name => writeSidecar(name, sidecar(), disk)));
        assert.deepEqual(new Set(written), new Set(['written']));
        assert.deepEqual(
          (await fs.readdir(folder())).toSorted(),
          names.map(name => path.basename(sidecarPath(name))).toSorted(),
        );
      });

      it('replaces one of the same video, and an empty file', async () => {
        await writeSidecar(video(), sidecar(), disk);
        const changed: Sidecar = { ...sidecar(), charged: 'unknown' };
        assert.equal(await writeSidecar(video(), changed, disk), 'written');
        assert.equal((await readSidecar(video()))?.charged, 'unknown');
        await fs.writeFile(sidecarPath(video()), '');
        assert.equal(await writeSidecar(video(), sidecar(), disk), 'written');
        assert.deepEqual(await fs.readdir(folder()), ['clip.mp4.json']);
      });

      it("never overwrites another's file", async () => {
        const other = sidecar();
        const foreign = [
          '{"name":"mine"}',
          'notes of mine',
          formatSidecar({ ...other, video: { ...other.video, sha256: 'ef'.repeat(32) } }),
          'x'.repeat(2_000_000),
        ];
        for (const text of foreign) {
          await fs.writeFile(sidecarPath(video()), text);
          assert.equal(await writeSidecar(video(), sidecar(), disk), 'foreign');
          assert.equal(await fs.readFile(sidecarPath(video()), 'utf8'), text);
        }
        assert.deepEqual(await fs.readdir(folder()), ['clip.mp4.json']);
      });
    });
  }

  it('is not read from a folder, a pipe or a link', async function () {
    assert.equal(await readSidecar(video()), undefined);
    await fs.mkdir(sidecarPath(video()));
    assert.equal(await readSidecar(video()), undefined);
    await fs.rmdir(sidecarPath(video()));
    await fs.writeFile(path.join(folder(), 'elsewhere'), formatSidecar(sidecar()));
    await fs.symlink('elsewhere', sidecarPath(video()));
    assert.equal(await readSidecar(video()), undefined);
    if (process.platform === 'win32') return;
    await fs.rm(sidecarPath(video()));
    execFileSync('mkfifo', [sidecarPath(video())]);
    assert.equal(await readSidecar(video()), undefined);
    assert.equal(await writeSidecar(video(), sidecar()), 'foreign');
  });

  it('drops what makes no sense and keeps the rest', () => {
    const strange = { ...sidecar() };
    Object.assign(strange, {
      createdAt: 'yesterday',
      credits: 5,
      charged: 'maybe',
      source: 7,
      progress: -1,
      more: {},
    });
    const read = parseSidecar(JSON.stringify(strange));
    assert.deepEqual(
      [read?.createdAt, read?.credits, read?.charged, read?.source, read?.progress],
      [undefined, undefined, undefined, undefined, undefined],
    );
    assert.equal(read?.prompt, '등대 at dusk');
    assert.equal(read && 'more' in read, false);
  });

  it('lets no callback in, nor anything else that is not known', () => {
    const text = formatSidecar(sidecar()).replace(
      '"request": {',
      '"__proto__": {"polluted": true}, "request": {"callback_url": "https://evil.example", "__proto__": {"polluted": true},',
    );
    const read = parseSidecar(text);
    assert.ok(read);
    assert.equal('callback_url' in read.request, false);
    assert.equal('polluted' in read || 'polluted' in read.request || 'polluted' in {}, false);
  });

  it('takes nothing else for a sidecar', () => {
    const whole = sidecar();
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"prompt":"x"}',
      '['.repeat(200_000),
      JSON.stringify({ ...whole, version: 2 }),
      JSON.stringify({ ...whole, prompt: 5 }),
      JSON.stringify({ ...whole, video: { ...whole.video, sha256: 'x' } }),
    ]) {
      assert.equal(parseSidecar(text), undefined, text.slice(0, 40));
    }
  });

  it('never throws on any JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('request', 'video', 'source', 'credits'), (json, key) => {
        parseSidecar(json);
        parseSidecar(
          JSON.stringify({ ...sidecarOf(fieldsFor('/w'), 'file:///w'), [key]: JSON.parse(json) as unknown }),
        );
      }),
    );
  });
});
