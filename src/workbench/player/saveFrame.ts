import { writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';

/** Names that are tried before giving up. */
const MAX_TRIES = 1000;

/**
 * Writes a frame beside its video under a name that is free: `clip-frame-108.png`, else `clip-frame-108-2.png`, ….
 * @param frame number of the frame; the time in milliseconds is taken where it is not known
 * @returns the path of the new file
 * @throws {Error} (rejection) of the file system, or when all names are taken
 */
export async function saveFrame(
  folder: string,
  videoName: string,
  png: Uint8Array,
  at: { readonly frame?: number | undefined; readonly seconds: number },
): Promise<string> {
  const place = at.frame === undefined ? `${Math.round(at.seconds * 1000)}ms` : `frame-${at.frame}`;
  const stem = `${parse(videoName).name}-${place}`;
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? `${stem}.png` : `${stem}-${number}.png`);
    try {
      await writeFile(path, png, { flag: 'wx' });
      return path;
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (!taken || number === MAX_TRIES) throw error;
    }
  }
}
