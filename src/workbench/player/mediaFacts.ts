import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { readFactsFrom } from '../../mp4/facts.ts';
import type { Media } from '../../player/protocol.ts';

export type MediaFacts = Pick<Media, 'sound' | 'frameRate' | 'frames'>;

/** What a file on this machine tells of its picture and sound. Never throws: a file that tells nothing may still play. */
export async function mediaFacts(path: string): Promise<MediaFacts> {
  // The sound of a WebM is Opus or Vorbis: there is nothing to be done for it.
  if (extname(path).toLowerCase() === '.webm') return { sound: 'other' };
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const read = async (offset: number, length: number): Promise<Uint8Array> => {
        const buffer = Buffer.alloc(length);
        const { bytesRead } = await file.read(buffer, 0, length, offset);
        return buffer.subarray(0, bytesRead);
      };
      const facts = await readFactsFrom(read, size);
      const sound = !facts.hasAudio ? 'none' : facts.audioCodec?.startsWith('mp4a') ? 'aac' : 'other';
      const { frameRate, frames } = facts;
      const known = frameRate !== undefined && frameRate > 0 && frameRate <= 1000;
      return {
        sound,
        ...(known && { frameRate }),
        ...(known && frames !== undefined && { frames }),
      };
    } finally {
      await file.close();
    }
  } catch {
    return { sound: 'unknown' };
  }
}
