import { readAudioConfig } from './audioConfig.ts';
import type { Box } from './box.ts';
import { Mp4Error } from './error.ts';
import type { Track } from './movie.ts';

/** Tags of ISO/IEC 14496-1 7.2.2.1. */
const ES_DESCRIPTOR = 3;
const DECODER_CONFIG = 4;
const DECODER_SPECIFIC_INFO = 5;

/** A real one has some dozens of bytes. */
const MAX_ESDS = 1 << 16;

/** `objectTypeIndication` of MPEG-4 audio. */
const MPEG4_AUDIO = 0x40;
/** Its audio object types that are no AAC but Layer-1, Layer-2 and Layer-3 (MP3): ISO/IEC 14496-3 table 1.17. */
const MPEG_LAYERS: ReadonlySet<number> = new Set([32, 33, 34]);

/** What an Elementary Stream Descriptor (`esds`) says about the codec of an `mp4a` track. */
export interface ElementaryStream {
  /** `objectTypeIndication`: 0x40 is MPEG-4 audio, 0x66 to 0x68 MPEG-2 AAC, 0x69 and 0x6b MP3. */
  readonly objectTypeIndication: number;
  /** `DecoderSpecificInfo`: for AAC the AudioSpecificConfig of ISO/IEC 14496-3 1.6.2.1. */
  readonly decoderSpecificInfo: Uint8Array | undefined;
}

/** Is it AAC, of MPEG-4 or MPEG-2, of whichever profile? */
export function isAac({ objectTypeIndication, decoderSpecificInfo }: ElementaryStream): boolean {
  if (objectTypeIndication !== MPEG4_AUDIO)
    return objectTypeIndication >= 0x66 && objectTypeIndication <= 0x68;
  const objectType = readAudioConfig(decoderSpecificInfo)?.objectType;
  return objectType === undefined || !MPEG_LAYERS.has(objectType);
}

/** The `esds` of an `mp4a` sample entry, directly inside or in QuickTime's `wave`; undefined when there is none. */
export function readElementaryStream({ sampleEntry, stbl }: Track): ElementaryStream | undefined {
  if (!sampleEntry) return undefined;
  const boxes = sampleEntry.children(audioEntryHeaderSize(sampleEntry, stbl.require('stsd').version));
  const esds = boxes.find(box => box.type === 'esds') ?? boxes.find(box => box.type === 'wave')?.find('esds');
  return esds && readDescriptors(esds);
}

/**
 * Bytes from the body of an audio sample entry to the boxes inside. QuickTime's versions 1 and 2 have more fields; the version 1 of
 * ISO/IEC 14496-12 12.2.3, which is the one in a sample description box of version 1, has not.
 */
function audioEntryHeaderSize(entry: Box, descriptionVersion: number): number {
  const version = descriptionVersion === 0 ? entry.u16(8) : 0;
  return version === 1 ? 44 : version === 2 ? 64 : 28;
}

function readDescriptors(esds: Box): ElementaryStream | undefined {
  if (esds.length > MAX_ESDS) throw new Mp4Error('tooLarge', `esds of ${esds.length} bytes`);
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
