import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import nodeFetch from 'node-fetch';
import { download } from '../../../src/videos/download.ts';
import type { LinkDisk } from '../../../src/videos/noOverwrite.ts';
import { placeWithoutOverwrite } from '../../../src/videos/place.ts';
import { sidecarOf, writeSidecar } from '../../../src/videos/sidecar.ts';

export interface SaveOrder {
  readonly url: string;
  readonly apiOrigin: string;
  readonly partialPath: string;
  readonly folder: string;
  readonly name: string;
}

/** FAT says EPERM, other file systems ENOTSUP, ENOSYS, EISDIR. */
export const NO_LINKS: LinkDisk = {
  link: () => Promise.reject(Object.assign(new Error('no links'), { code: 'EPERM' })),
};

/** Saves one video as the follower does: download, name, sidecar. Returns its path. */
export async function saveVideo(order: SaveOrder, disk?: LinkDisk): Promise<string> {
  const { apiOrigin, partialPath, folder, name } = order;
  const { bytes, sha256 } = await download({
    ...order,
    fetch: nodeFetch,
    readFacts: async () => ({}),
    maxBytes: 100_000_000,
    stallSeconds: 30,
    now: Date.now,
    sleep: (milliseconds, signal) => wait(milliseconds, undefined, { signal, ref: false }),
  });
  const video = await placeWithoutOverwrite(partialPath, folder, name, disk);
  const fields = {
    origin: apiOrigin,
    prompt: 'x',
    request: { model: 'm', prompt: 'x' },
    createdAt: 1,
    updatedAt: 2,
    credits: {},
    charged: 'yes' as const,
    video: { uri: pathToFileURL(video).href, bytes, sha256 },
  };
  await writeSidecar(video, sidecarOf(fields, pathToFileURL(folder).href), disk);
  return video;
}
