import type { Box } from './box.ts';
import { Mp4Error } from './error.ts';

/** Tags of ISO/IEC 14496-1 7.2.2.1. */
const ES_DESCRIPTOR = 3;
const DECODER_CONFIG = 4;
const DECODER_SPECIFIC_INFO = 5;

/** What an Elementary Stream Descriptor (`esds`) says about the codec of an `mp4a` track. */
export interface ElementaryStream {
  /** `objectTypeIndication`: 0x40 is MPEG-4 audio, 0x66 to 0x68 MPEG-2 AAC, 0x69 and 0x6b MP3. */
  readonly objectTypeIndication: number;
  /** `DecoderSpecificInfo`: for AAC the AudioSpecificConfig of ISO/IEC 14496-3 1.6.2.1. */
  readonly decoderSpecificInfo: Uint8Array | undefined;
}

/** Is it AAC, of MPEG-4 or MPEG-2? (MPEG-4 audio may still be another object type; the AudioSpecificConfig tells.) */
export function isAac({ objectTypeIndication }: ElementaryStream): boolean {
  return objectTypeIndication === 0x40 || (objectTypeIndication >= 0x66 && objectTypeIndication <= 0x68);
}

/** Bytes from the body of an audio sample entry to the boxes inside: QuickTime's versions 1 and 2 have more fields. */
function audioEntryHeaderSize(entry: Box): number {
  const version = entry.u16(8);
  return version === 1 ? 44 : version === 2 ? 64 : 28;
}

/** The `esds` of an `mp4a` sample entry, directly inside or in QuickTime's `wave`; undefined when there is none. */
export function readElementaryStream(entry: Box): ElementaryStream | undefined {
  const boxes = entry.children(audioEntryHeaderSize(entry));
  const esds = boxes.find(box => box.type === 'esds') ?? boxes.find(box => box.type === 'wave')?.find('esds');
  if (!esds) return undefined;

  let at = 4;
  let objectTypeIndication: number | undefined;
  while (at < esds.length) {
    const tag = esds.u8(at++);
    let size = 0;
    for (let more = true, digits = 0; more; digits++) {
      if (digits === 4) throw new Mp4Error('malformed', 'size of a descriptor');
      const digit = esds.u8(at++);
      size = (size << 7) | (digit & 0x7f);
      more = (digit & 0x80) !== 0;
    }
    // The first two contain the others; all else is passed over.
    if (tag === ES_DESCRIPTOR) {
      const flags = esds.u8(at + 2);
      at += 3;
      if (flags & 0x80) at += 2;
      if (flags & 0x40) at += 1 + esds.u8(at);
      if (flags & 0x20) at += 2;
    } else if (tag === DECODER_CONFIG) {
      objectTypeIndication = esds.u8(at);
      at += 13;
    } else if (tag === DECODER_SPECIFIC_INFO && objectTypeIndication !== undefined) {
      if (at + size > esds.length) throw new Mp4Error('malformed', 'DecoderSpecificInfo is cut');
      const start = esds.body + at;
      return { objectTypeIndication, decoderSpecificInfo: esds.bytes.subarray(start, start + size) };
    } else at += size;
  }
  return objectTypeIndication === undefined
    ? undefined
    : { objectTypeIndication, decoderSpecificInfo: undefined };
}
