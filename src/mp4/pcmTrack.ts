import { Mp4Error } from './error.ts';
import type { Track } from './movie.ts';
import { box, f64, u16, u32 } from './write.ts';

/** Interleaved 16-bit samples, little-endian (as every platform of VS Code has them in memory). */
export interface Pcm {
  readonly samples: Int16Array;
  readonly channels: number;
  /** Hz. */
  readonly sampleRate: number;
}

/** PCM is put into chunks of a quarter of a second, so that a player that reads ahead finds sound beside its picture. */
const CHUNKS_PER_SECOND = 4;
const NO_LANGUAGE = 0x55c4; // 'und'

/** A stretch of PCM that is written in one piece. */
export interface PcmChunk {
  /** Seconds. */
  readonly time: number;
  readonly data: Uint8Array;
}

export function pcmChunks({ samples, channels, sampleRate }: Pcm): readonly PcmChunk[] {
  const step = chunkFrames(sampleRate) * channels;
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const chunks: PcmChunk[] = [];
  for (let at = 0; at < samples.length; at += step)
    chunks.push({ time: at / channels / sampleRate, data: bytes.subarray(2 * at, 2 * (at + step)) });
  return chunks;
}

/**
 * A Track Box that presents PCM where `track` presented its sound: same header, language and handler; no edit list, since
 * what was to be cut is cut.
 * @param chunkOffsets where each of `pcmChunks` lies in the file
 */
export function pcmTrak(track: Track, pcm: Pcm, chunkOffsets: readonly number[]): Uint8Array {
  const { channels, sampleRate } = pcm;
  const frames = pcm.samples.length / channels;
  if (frames === 0) throw new Mp4Error('unsupported', 'the edit list presents no sound');
  const step = chunkFrames(sampleRate);
  const rest = frames % step;
  const chunks = chunkOffsets.length;
  const lastIsShort = rest > 0 && chunks > 1;
  const runs = [1, chunks === 1 ? frames : step, 1, ...(lastIsShort ? [chunks, rest, 1] : [])];

  const keep = (...path: string[]): Uint8Array => track.trak.find('mdia', ...path)?.raw ?? new Uint8Array(0);
  const { mdhd } = track;
  const languageAt = mdhd.version === 1 ? 32 : 20;
  const language = mdhd.length >= languageAt + 2 ? mdhd.u16(languageAt) : NO_LANGUAGE;
  const sampleTable = box(
    'stbl',
    box('stsd', u32(0, 1), sampleEntry(channels, sampleRate)),
    box('stts', u32(0, 1, frames, 1)),
    box('stsc', u32(0, runs.length / 3, ...runs)),
    box('stsz', u32(0, 2 * channels, frames)),
    box('stco', u32(0, chunks), u32(...chunkOffsets)),
  );
  return box(
    'trak',
    track.tkhd.raw,
    box(
      'mdia',
      box('mdhd', u32(0, 0, 0, sampleRate, frames), u16(language, 0)),
      keep('hdlr'),
      box('minf', keep('minf', 'smhd'), keep('minf', 'dinf'), sampleTable),
    ),
  );
}

function chunkFrames(sampleRate: number): number {
  return Math.ceil(sampleRate / CHUNKS_PER_SECOND);
}

/** QuickTime File Format, sound sample descriptions: `sowt`, or where the rate does not fit into 16 bits version 2 as `lpcm`. */
function sampleEntry(channels: number, sampleRate: number): Uint8Array {
  const reservedAndReference = [new Uint8Array(6), u16(1)];
  if (sampleRate <= 0xffff)
    return box('sowt', ...reservedAndReference, u32(0, 0), u16(channels, 16, 0, 0), u16(sampleRate, 0));
  return box(
    'lpcm',
    ...reservedAndReference,
    u16(2, 0),
    u32(0),
    u16(3, 16, 0xfffe, 0),
    u32(0x10000, 72),
    f64(sampleRate),
    // Channels, always 0x7f000000, bits, flags (signed, packed), bytes per packet, frames per packet.
    u32(channels, 0x7f000000, 16, 0xc, 2 * channels, 1),
  );
}
