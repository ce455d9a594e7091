import { open, type FileHandle } from 'node:fs/promises';
import { extname } from 'node:path';
import { readFactsFrom } from '../../mp4/facts.ts';
import type { Media } from '../../player/protocol.ts';

export type MediaFacts = Pick<Media, 'sound' | 'frameRate' | 'frames'>;

/** How every WebM begins: the EBML header of RFC 8794 11.2.1. */
const EBML = Buffer.from([0x1a, 0x45, 0xdf, 0xa3]);
/** Bytes at the start of a WebM in which its tracks are described. */
const WEBM_HEAD = 1 << 16;

/** What a file on this machine tells of its picture and sound. Never throws: a file that tells nothing may still play. */
export async function mediaFacts(path: string): Promise<MediaFacts> {
  try {
    const file = await open(path);
    try {
      const isWebm = EBML.equals(await read(file, 0, EBML.length));
      return isWebm ? await webmFacts(file) : await mp4Facts(file);
    } finally {
      await file.close();
    }
  } catch {
    return factsOfName(path);
  }
}

/** What a name alone tells: there is no AAC in a WebM. */
export function factsOfName(name: string): MediaFacts {
  return { sound: extname(name).toLowerCase() === '.webm' ? 'none' : 'unknown' };
}

async function mp4Facts(file: FileHandle): Promise<MediaFacts> {
  const { size } = await file.stat();
  const facts = await readFactsFrom((offset, length) => read(file, offset, length), size);
  const sound = !facts.hasAudio ? 'none' : facts.hasAac ? 'aac' : 'other';
  const { frameRate, frames } = facts;
  const known = frameRate !== undefined && frameRate > 0 && frameRate <= 1000;
  return { sound, ...(known && { frameRate }), ...(known && frames !== undefined && { frames }) };
}

/** Whether there is sound is told by the codec's name, `A_OPUS` or `A_VORBIS` (CodecID of Matroska, RFC 9559 5.1.4.1.22). */
async function webmFacts(file: FileHandle): Promise<MediaFacts> {
  const head = Buffer.from(await read(file, 0, WEBM_HEAD)).toString('latin1');
  return { sound: /\x86[\x80-\xff]A_[A-Z]/.test(head) ? 'other' : 'none' };
}

async function read(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}
