import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LinkDisk } from '../../../src/videos/noOverwrite.ts';
import { discardPartial, partialPathIn } from '../../../src/videos/partial.ts';
import { readSidecar } from '../../../src/videos/sidecar.ts';
import { makeClip, sha256 } from './clip.ts';
import { type FileServer, startFileServer } from './fileServer.ts';
import { dieBeforeOperation } from './mortality.ts';
import { NO_LINKS, type SaveOrder, saveVideo } from './saveVideo.ts';
import { temporaryFolder } from './temporary.ts';

const SAVER = fileURLToPath(new URL('saver.ts', import.meta.url));
const CLIP = makeClip(2_500_000);
const MINE = 'a file of mine that happens to have the name';

/** Saves in a process of its own, killed after so many milliseconds. Whether it came to its end before. */
async function saveAndKill(order: SaveOrder, milliseconds: number): Promise<boolean> {
  const child = spawn(process.execPath, [SAVER, JSON.stringify(order)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  const [code, signal] = await new Promise<[number | null, string | null]>(resolve => {
    child.once('close', (exitCode, killedBy) => resolve([exitCode, killedBy]));
  });
  clearTimeout(timer);
  assert.ok(signal === 'SIGKILL' || code === 0, `it ended with ${code}`);
  return signal === null;
}

describe('saving a video, killed at any instant', function () {
  const folder = temporaryFolder();
  let server: FileServer;
  let order: SaveOrder;

  beforeEach(async () => {
    server = await startFileServer({ body: CLIP, etag: '"one"', ranges: true });
    await fs.writeFile(path.join(folder(), 'clip.mp4'), MINE);
    order = {
      url: `${server.origin}/clip.mp4`,
      apiOrigin: server.origin,
      partialPath: partialPathIn(folder(), 'task'),
      folder: folder(),
      name: 'clip.mp4',
    };
  });
  afterEach(() => server.close());

  /** What holds at every instant: nothing of others has changed, and what has a video's name is the whole video. */
  async function checkNames(reservations: boolean): Promise<void> {
    assert.equal(await fs.readFile(path.join(folder(), 'clip.mp4'), 'utf8'), MINE);
    for (const name of await fs.readdir(folder())) {
      if (name.startsWith('.') || name === 'clip.mp4' || name.endsWith('.json')) continue;
      const content = await fs.readFile(path.join(folder(), name));
      if (reservations && content.length === 0) continue;
      assert.ok(content.equals(CLIP), `${name} has ${content.length} bytes`);
    }
  }

  /** Saves undisturbed after what was before, looks at the end, and clears up. */
  async function checkEnd(disk?: LinkDisk): Promise<void> {
    const video = await saveVideo(order, disk);
    assert.equal(video, path.join(folder(), 'clip (2).mp4'));
    await checkNames(false);
    assert.equal((await readSidecar(video))?.video.sha256, sha256(CLIP));
    await discardPartial(order.partialPath);
    assert.deepEqual((await fs.readdir(folder())).toSorted(), [
      'clip (2).mp4',
      'clip (2).mp4.json',
      'clip.mp4',
    ]);
    await fs.rm(video);
    await fs.rm(`${video}.json`);
  }

  for (const [where, disk] of [
    ['with links', undefined],
    ['without links', NO_LINKS],
  ] as const) {
    it(`before each operation on the disk, ${where}`, async () => {
      let alive = false;
      let instants = 0;
      for (let fatal = 1; !alive; fatal++) {
        const mortality = await dieBeforeOperation(fatal);
        alive = await Promise.race([
          mortality.death.then(() => false),
          saveVideo(order, disk).then(() => true),
        ]);
        await mortality.end();
        await checkNames(disk === NO_LINKS);
        await checkEnd(disk);
        instants += 1;
      }
      assert.ok(instants > 20, `${instants} instants`);
    });
  }

  it('by kill -9 at 30 random instants, going on from where it was', async () => {
    server.behaviour.pace = { bytes: 60_000, milliseconds: 5 };
    let whole = 30_000;
    let killed = 0;
    // A busy machine takes now more time, now less.
    for (let round = 0; round < 30 || (killed <= 5 && round < 200); round++) {
      const started = performance.now();
      const done = await saveAndKill(order, whole * (0.2 + 0.8 * Math.random()));
      await checkNames(false);
      if (done) {
        whole = performance.now() - started;
        await checkEnd();
      } else killed += 1;
    }
    await checkEnd();
    const resumed = server.requests.filter(({ range }) => range !== undefined);
    assert.ok(killed > 5 && resumed.length > 0, `killed ${killed} times, went on ${resumed.length} times`);
  });
});
