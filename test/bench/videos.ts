/**
 * What care costs: `download` and `placeWithoutOverwrite` (hash, syncs, notes, naming) beside a plain stream to a file, from
 * a server on loopback. Real links are slower than loopback by far, so the ratio is an upper bound.
 */
import { createWriteStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import nodeFetch from 'node-fetch';
import { readFactsFrom } from '../../src/mp4/facts.ts';
import { download, MAX_VIDEO_BYTES } from '../../src/videos/download.ts';
import { discardPartial, partialPathIn } from '../../src/videos/partial.ts';
import { placeWithoutOverwrite } from '../../src/videos/place.ts';
import { makeClip } from '../unit/videos/clip.ts';
import { type FileServer, startFileServer } from '../unit/videos/fileServer.ts';

const SIZES = [2, 8, 32];
const ROUNDS = 15;

async function plain(server: FileServer, folder: string): Promise<void> {
  const response = await nodeFetch(`${server.origin}/clip.mp4`);
  const target = path.join(folder, 'plain.mp4');
  await pipeline(response.body ?? Readable.from([]), createWriteStream(target));
  await fs.rm(target);
}

async function careful(server: FileServer, folder: string): Promise<void> {
  const partialPath = partialPathIn(folder, 'bench');
  await download({
    url: `${server.origin}/clip.mp4`,
    apiOrigin: server.origin,
    partialPath,
    fetch: nodeFetch,
    readFacts: readFactsFrom,
    maxBytes: MAX_VIDEO_BYTES,
    stallSeconds: 30,
    now: Date.now,
    sleep: (milliseconds, signal) => wait(milliseconds, undefined, { signal }),
  });
  const video = await placeWithoutOverwrite(partialPath, folder, 'careful.mp4');
  await discardPartial(partialPath);
  await fs.rm(video);
}

async function time(run: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'seedance-bench-'));
try {
  console.log('| clip | plain stream | download and name | ratio |\n|---|---|---|---|');
  for (const mebibytes of SIZES) {
    const server = await startFileServer({ body: makeClip(mebibytes << 20), etag: '"one"', ranges: true });
    const [plains, carefuls]: [number[], number[]] = [[], []];
    // In turns, so that the machine's moods meet both.
    for (let round = 0; round < ROUNDS; round++) {
      plains.push(await time(() => plain(server, folder)));
      carefuls.push(await time(() => careful(server, folder)));
    }
    await server.close();
    const [a, b] = [median(plains), median(carefuls)];
    console.log(`| ${mebibytes} MiB | ${a.toFixed(1)} ms | ${b.toFixed(1)} ms | ${(b / a).toFixed(2)} |`);
  }
} finally {
  await fs.rm(folder, { recursive: true, force: true });
}
