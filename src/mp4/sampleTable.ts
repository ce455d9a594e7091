import type { Box } from './box.ts';
import { Mp4Error } from './error.ts';
import type { Track } from './movie.ts';

/**
 * Chunks of all tracks together, each of which becomes an object: an hour and a half with one for each AAC frame. Node may end
 * the whole process, not only a thread, when a thread's objects pass its limit of memory.
 */
const MAX_CHUNKS = 1 << 18;

/** Consecutive samples of one track that lie together in the file. */
export interface Chunk {
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  readonly firstSample: number;
  readonly sampleCount: number;
  /** Decoding time of the first sample in units of the media's timescale. */
  readonly time: number;
  /** `sample_description_index`: which sample entry they use, from 1 on. */
  readonly description: number;
}

/** The sizes of a track's samples: Sample Size Box (`stsz`, ISO/IEC 14496-12 8.7.3). */
export interface SampleSizes {
  readonly count: number;
  /** Bytes of one sample. */
  readonly size: (sample: number) => number;
  /** Bytes of `count` samples from `first` on. */
  readonly total: (first: number, count: number) => number;
}

export function readSampleSizes(stbl: Box): SampleSizes {
  const stsz = stbl.find('stsz');
  if (!stsz) throw new Mp4Error(stbl.find('stz2') ? 'unsupported' : 'malformed', 'no stsz');
  const common = stsz.u32(4);
  if (common > 0) return { count: stsz.u32(8), size: () => common, total: (_first, count) => count * common };
  const size = (sample: number): number => stsz.u32(12 + 4 * sample);
  return {
    count: stsz.count(8, 12, 4),
    size,
    total: (first, count) => {
      let total = 0;
      for (let sample = first; sample < first + count; sample++) total += size(sample);
      return total;
    },
  };
}

/** Sum of all sample durations in units of the media's timescale: `stts`, ISO/IEC 14496-12 8.6.1.2. */
export function mediaDuration(stbl: Box): number {
  const stts = stbl.require('stts');
  let total = 0;
  for (let entry = 0, count = stts.count(4, 8, 8); entry < count; entry++)
    total += stts.u32(8 + 8 * entry) * stts.u32(12 + 8 * entry);
  return total;
}

/** The box with the chunks' offsets: `stco`, or `co64` with 64-bit offsets (ISO/IEC 14496-12 8.7.5). */
export function chunkOffsetBox(stbl: Box): Box {
  const box = stbl.find('stco') ?? stbl.find('co64');
  if (!box) throw new Mp4Error('malformed', 'no stco or co64');
  return box;
}

function countChunks(offsets: Box): number {
  return offsets.count(4, 8, offsets.type === 'co64' ? 8 : 4);
}

/** Throws `tooLarge` where these tracks together list more chunks than are looked at. */
export function checkChunkCount(tracks: readonly Track[]): void {
  const count = tracks.reduce((total, { stbl }) => total + countChunks(chunkOffsetBox(stbl)), 0);
  if (count > MAX_CHUNKS) throw new Mp4Error('tooLarge', `${count} chunks`);
}

/**
 * The chunks of a track: `stsc`, `stco`/`co64`, `stsz` and `stts` joined. The work is bounded by the size of the tables,
 * whatever they declare. Chunks may lie beyond the end of a file that was cut.
 */
export function readChunks(track: Track): readonly Chunk[] {
  checkChunkCount([track]);
  const { stbl } = track;
  const sizes = readSampleSizes(stbl);
  const offsets = chunkOffsetBox(stbl);
  const wide = offsets.type === 'co64';
  const chunkCount = countChunks(offsets);
  const runAt = chunkRuns(stbl.require('stsc'));
  const timeAt = decodingTimes(stbl.require('stts'));

  const chunks: Chunk[] = [];
  let sample = 0;
  for (let index = 0; index < chunkCount; index++) {
    const { samples, description } = runAt(index + 1);
    const sampleCount = Math.min(samples, sizes.count - sample);
    chunks.push({
      offset: wide ? offsets.u64(8 + 8 * index) : offsets.u32(8 + 4 * index),
      size: sizes.total(sample, sampleCount),
      firstSample: sample,
      sampleCount,
      time: timeAt(sample),
      description,
    });
    sample += sampleCount;
  }
  return chunks;
}

/** `samples_per_chunk` and `sample_description_index` of a chunk (counted from 1); to be asked in ascending order. */
function chunkRuns(stsc: Box): (chunk: number) => { samples: number; description: number } {
  const count = stsc.count(4, 8, 12);
  let entry = 0;
  let run = { samples: 0, description: 1 };
  return chunk => {
    for (; entry < count && stsc.u32(8 + 12 * entry) <= chunk; entry++)
      run = { samples: stsc.u32(12 + 12 * entry), description: stsc.u32(16 + 12 * entry) };
    return run;
  };
}

/** The decoding time of a sample in units of the media's timescale; to be asked in ascending order. */
function decodingTimes(stts: Box): (sample: number) => number {
  const count = stts.count(4, 8, 8);
  let entry = 0;
  let firstSample = 0;
  let firstTime = 0;
  return sample => {
    for (; entry < count; entry++) {
      const samples = stts.u32(8 + 8 * entry);
      const delta = stts.u32(12 + 8 * entry);
      if (sample < firstSample + samples) return firstTime + (sample - firstSample) * delta;
      firstSample += samples;
      firstTime += samples * delta;
    }
    return firstTime;
  };
}
