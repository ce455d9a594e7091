import { createHash } from 'node:crypto';

/** A file that is put together like an MP4, `ftyp` `moov` `mdat`, with noise for a picture. */
export function makeClip(bytes: number, seed = 1): Buffer {
  const noise = Buffer.alloc(Math.max(0, bytes - 24 - 16 - 8));
  let state = seed;
  for (let at = 0; at + 4 <= noise.length; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    noise.writeUInt32LE(state, at);
  }
  return Buffer.concat([
    box('ftyp', Buffer.from('isom\x00\x00\x02\x00isommp41', 'latin1')),
    box('moov', Buffer.alloc(8)),
    box('mdat', noise),
  ]);
}

export function box(type: string, body: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + body.length);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, body]);
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
