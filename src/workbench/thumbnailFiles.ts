import { rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { MAX_THUMBNAIL_BYTES, MAX_THUMBNAIL_SIDE } from '../player/protocol.ts';

const SIGNATURE = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const END = Buffer.from('0000000049454e44ae426082', 'hex');
/** Milliseconds for which a picture of an unknown task is kept: it may belong to another window's demo. */
const STRAY_AGE = 24 * 3600_000;

/** A task's local id; anything else is no name for a file. */
const ID = /^[\w-]{1,64}$/;

/** The first frames of videos as small PNG files, one for each task, named by its id. */
export class ThumbnailFiles {
  readonly #folder: string;

  /** @param folder absolute path; made when needed */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Absolute path of a task's picture; undefined when there is none. */
  async find(id: string): Promise<string | undefined> {
    if (!ID.test(id)) return undefined;
    const path = this.#pathOf(id);
    return (await stat(path).catch(() => undefined))?.isFile() ? path : undefined;
  }

  /**
   * Keeps the picture of a task that has none.
   * @returns whether it was kept: false where there is one, or it is no small PNG
   */
  async keep(id: string, png: Uint8Array): Promise<boolean> {
    if (!ID.test(id) || !isSmallPng(png) || (await this.find(id)) !== undefined) return false;
    await mkdir(this.#folder, { recursive: true });
    const unfinished = join(this.#folder, `${id}.${randomUUID()}.part`);
    try {
      await writeFile(unfinished, png, { flag: 'wx' });
      await rename(unfinished, this.#pathOf(id));
      return true;
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  async remove(id: string): Promise<void> {
    if (ID.test(id)) await rm(this.#pathOf(id), { force: true });
  }

  /** For the end of the window, which waits for nothing. */
  removeNow(ids: Iterable<string>): void {
    for (const id of ids) if (ID.test(id)) rmSync(this.#pathOf(id), { force: true });
  }

  /** Deletes what a crash or a removal in another window left. @param known ids of all tasks */
  async clean(known: ReadonlySet<string>, now: number): Promise<void> {
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const path = join(this.#folder, name);
      if (name.endsWith('.png') && known.has(name.slice(0, -'.png'.length))) continue;
      const { mtimeMs } = (await stat(path).catch(() => undefined)) ?? { mtimeMs: now };
      if (now - mtimeMs > STRAY_AGE) await rm(path, { force: true });
    }
  }

  #pathOf(id: string): string {
    return join(this.#folder, `${id}.png`);
  }
}

/** Begins and ends as a PNG (ISO/IEC 15948) does, and is as small as a thumbnail. */
function isSmallPng(png: Uint8Array): boolean {
  if (png.length > MAX_THUMBNAIL_BYTES || png.length < SIGNATURE.length + 8 + END.length) return false;
  const bytes = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  if (!bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return false;
  if (!bytes.subarray(-END.length).equals(END)) return false;
  const sides = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  return sides.every(side => side >= 1 && side <= MAX_THUMBNAIL_SIDE);
}
