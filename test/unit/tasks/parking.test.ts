import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fetch from 'node-fetch';
import { linkDeadline } from '../../../src/tasks/deadline.ts';
import { moveIn } from '../../../src/tasks/moveIn.ts';
import { saveVideo } from '../../../src/tasks/saver.ts';
import { startRig, type FollowerRig } from '../../support/followerRig.ts';
import { passTime } from '../../support/passTime.ts';
import { repository } from '../../support/paths.ts';
import { Mounts, whyNoMounts } from '../../support/mounts.ts';
import { waitFor } from '../../support/waitFor.ts';

const log = (): void => {};

describe('Parking', () => {
  let rig: FollowerRig;
  beforeEach(async () => {
    rig = await startRig();
  });
  afterEach(() => rig.close());

  function follow(): { refresh(): void } {
    return rig.follower({
      save: (task, signal, onProgress) =>
        saveVideo(task, signal, onProgress, {
          fetch,
          now: rig.now,
          log: line => void rig.lines.push(line),
          parkingFolder: join(rig.folder, 'parked'),
        }),
    });
  }

  it('keeps a video whose folder can’t be used, and brings it in when it can, though its link is dead by then', async () => {
    await writeFile(join(rig.folder, 'videos'), 'a file in its place');
    const { id } = await rig.addAccepted();
    const follower = follow();
    const parked = await waitFor('the parked video', () => {
      const task = rig.ledger.get(id);
      return task?.parked && task;
    });
    assert.deepEqual([parked.state, parked.error?.kind], ['downloading', 'folder.notAFolder']);
    assert.equal(linkDeadline(parked), undefined);
    rig.faults.order({ on: 'file', answer: { status: 410 }, times: 100 });
    await rm(join(rig.folder, 'videos'));
    follower.refresh();
    const saved = await rig.reaches(id, 'saved');
    assert(saved.video);
    assert.deepEqual(
      await readFile(fileURLToPath(saved.video.uri)),
      await readFile(join(repository, 'media/demo/clip.mp4')),
    );
    assert.equal(saved.parked, undefined);
    await waitFor('the parking place to be empty', () => !existsSync(parked.parked?.path ?? ''));
  });

  it('keeps a video of a workspace that only VS Code can write to, and moves it in through that', async () => {
    const target = { workspaceFolder: 'vscode-vfs://host/folder', outputFolder: 'videos', fileName: '{id}' };
    const { id } = await rig.addAccepted({ target });
    follow();
    const parked = await waitFor('the parked video', () => {
      const task = rig.ledger.get(id);
      return task?.parked && task;
    });
    const files = new Map<string, Uint8Array>([[`${id}.mp4`, Buffer.from('somebody else’s')]]);
    const folder = {
      writeNew: (name: string, bytes: Uint8Array) => {
        if (files.has(name)) return Promise.resolve(undefined);
        files.set(name, bytes);
        return Promise.resolve(`vscode-vfs://host/folder/videos/${encodeURIComponent(name)}`);
      },
    };
    const saved = await moveIn(parked, folder, rig.ledger, { log });
    assert.equal(saved?.state, 'saved');
    assert.deepEqual(
      Buffer.from(files.get(`${id} (2).mp4`) ?? []),
      await readFile(join(repository, 'media/demo/clip.mp4')),
    );
    assert.equal(saved.video?.hasAudio, true);
    assert.equal(await moveIn(parked, folder, rig.ledger, { log }), undefined);
    assert(!existsSync(parked.parked?.path ?? ''));
  });

  it('leaves a parked video to another window where VS Code does not answer any more', async () => {
    const target = { workspaceFolder: 'vscode-vfs://host/folder', outputFolder: 'videos', fileName: '{id}' };
    const { id } = await rig.addAccepted({ target });
    follow();
    const parked = await waitFor('the parked video', () => {
      const task = rig.ledger.get(id);
      return task?.parked && task;
    });
    const silent = { writeNew: () => new Promise<undefined>(() => {}) };
    const answering = { writeNew: (name: string) => Promise.resolve(`vscode-vfs://host/folder/${name}`) };
    const first = moveIn(parked, silent, rig.ledger, { log, writeLimit: 300 });
    assert.equal(await moveIn(parked, answering, rig.ledger, { log }), undefined);
    await assert.rejects(first, { kind: 'disk', message: 'ETIMEDOUT' });
    assert.equal(rig.ledger.get(id)?.state, 'downloading');
    assert.equal((await moveIn(parked, answering, rig.ledger, { log }))?.state, 'saved');
  });

  it('calls a video saved that is in its folder, though its sidecar can’t be written', async () => {
    const target = { workspaceFolder: 'vscode-vfs://host/folder', outputFolder: 'videos', fileName: '{id}' };
    const { id } = await rig.addAccepted({ target });
    follow();
    const parked = await waitFor('the parked video', () => {
      const task = rig.ledger.get(id);
      return task?.parked && task;
    });
    const folder = {
      writeNew: (name: string) =>
        name.endsWith('.json')
          ? Promise.reject(new Error('no JSON here'))
          : Promise.resolve(`vscode-vfs://host/folder/${name}`),
    };
    const lines: string[] = [];
    const saved = await moveIn(parked, folder, rig.ledger, { log: line => void lines.push(line) });
    assert.equal(saved?.state, 'saved');
    assert.match(lines.join(), /sidecar.*no JSON here/);
  });

  it('brings a video whose folder is gone to another one that the user chose', async () => {
    const gone = pathToFileURL(join(rig.folder, 'gone')).href;
    const target = { workspaceFolder: gone, outputFolder: 'videos', fileName: '{id}' };
    const { id } = await rig.addAccepted({ target });
    const follower = follow();
    const parked = await waitFor('the parked video', () => {
      const task = rig.ledger.get(id);
      return task?.parked && task;
    });
    assert.equal(parked.error?.kind, 'folder.workspaceMissing');
    const elsewhere = { workspaceFolder: pathToFileURL(rig.folder).href, outputFolder: '', fileName: '{id}' };
    await rig.ledger.apply(id, { type: 'retarget', target: elsewhere });
    follower.refresh();
    const saved = await rig.reaches(id, 'saved');
    assert.equal(saved.video?.uri, pathToFileURL(join(rig.folder, `${id}.mp4`)).href);
    assert.deepEqual(
      await readFile(join(rig.folder, `${id}.mp4`)),
      await readFile(join(repository, 'media/demo/clip.mp4')),
    );
    await waitFor('the parking place to be empty', () => !existsSync(parked.parked?.path ?? ''));
  });

  it('does not fetch a file that is too large again and again, and says what is wrong', async () => {
    const { id } = await rig.addAccepted();
    rig.follower({
      save: (task, signal, onProgress) =>
        saveVideo(task, signal, onProgress, { fetch, now: rig.now, log: () => {}, maxBytes: 1000 }),
    });
    const task = await waitFor('the error', () => {
      const now = rig.ledger.get(id);
      return now?.error && now;
    });
    assert.equal(task.error?.kind, 'videoTooLarge');
    await passTime(rig, 50 * 60_000);
    const files = rig.simulator.requests.filter(({ path }) => path.startsWith('/files/')).length;
    assert.equal(files, 1);
  });

  it('asks EvoLink for another link where the one that it gave may not be used', async () => {
    const { id } = await rig.addAccepted();
    rig.faults.order({ on: 'query', set: { results: ['http://192.168.0.1/video.mp4'] } });
    const follower = follow();
    await waitFor('the error', () => rig.ledger.get(id)?.error?.kind === 'linkRefused');
    await rig.reaches(id, 'saved');
    follower.refresh();
  });

  it('goes to its own folder where that can be used', async () => {
    await mkdir(join(rig.folder, 'parked'), { recursive: true });
    const { id } = await rig.addAccepted();
    follow();
    const saved = await rig.reaches(id, 'saved');
    assert(saved.video?.uri.includes('/videos/'));
  });

  describe('on a disk with faults', () => {
    const mounts = new Mounts();
    afterEach(() => mounts.unmountAll());
    before(function () {
      const reason = whyNoMounts();
      if (reason === undefined) return;
      console.log(`      skipped: ${reason}`);
      this.skip();
    });

    for (const [name, size, spoil, heal, kind] of [
      ['is full', '64k', undefined, 'size=8m', 'diskFull'],
      ['may not be written to', '8m', 'ro', 'rw', 'notWritable'],
    ] as const) {
      it(`keeps a video whose disk ${name}, and brings it in when that is over`, async () => {
        const place = await mounts.tmpfs(join(rig.folder, 'videos'), size);
        if (spoil) mounts.remount(place, spoil);
        const { id } = await rig.addAccepted();
        const follower = follow();
        const parked = await waitFor('the parked video', () => {
          const task = rig.ledger.get(id);
          return task?.parked && task;
        });
        assert.deepEqual([parked.state, parked.error?.kind], ['downloading', kind]);
        assert.deepEqual(
          (await readdir(place)).filter(file => !file.startsWith('.')),
          [],
        );
        rig.faults.order({ on: 'file', answer: { status: 410 }, times: 100 });
        mounts.remount(place, heal);
        follower.refresh();
        const saved = await rig.reaches(id, 'saved');
        assert.equal(saved.video?.bytes, parked.parked?.bytes);
        assert.deepEqual(
          await readFile(fileURLToPath(saved.video?.uri ?? '')),
          await readFile(join(repository, 'media/demo/clip.mp4')),
        );
      });
    }
  });
});
