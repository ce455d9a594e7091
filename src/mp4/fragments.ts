import type { Box } from './box.ts';
import { Mp4Error } from './error.ts';
import type { Movie, Track } from './movie.ts';

/** Nearly six hours of 50 pictures or AAC frames per second. A run without per-sample fields can declare any number for free. */
const MAX_SAMPLES = 1 << 20;

/** One sample of a movie fragment. */
export interface FragmentSample {
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  /** Units of the media's timescale. */
  readonly duration: number;
}

/** The samples of a track in all movie fragments, in order: `moof`, `traf`, `tfhd`, `trun` (ISO/IEC 14496-12 8.8). */
export function readFragmentSamples(movie: Movie, track: Track): readonly FragmentSample[] {
  const trex = movie.moov
    .find('mvex')
    ?.children()
    .find(box => box.type === 'trex' && box.u32(4) === track.id);
  const samples: FragmentSample[] = [];
  for (const moof of movie.top) {
    if (moof.type !== 'moof' || moof.cut) continue;
    let base = moof.start;
    for (const traf of moof.children()) {
      if (traf.type === 'traf') base = readTrackFragment(traf, moof.start, base, track.id, trex, samples);
    }
  }
  return samples;
}

/** Adds a `traf`'s samples when it is of the track. Returns where its data ends, which is where the next one's may begin. */
function readTrackFragment(
  traf: Box,
  moofStart: number,
  previousEnd: number,
  trackId: number,
  trex: Box | undefined,
  samples: FragmentSample[],
): number {
  const tfhd = traf.require('tfhd');
  const wanted = tfhd.u32(4) === trackId;
  const { flags } = tfhd;
  const fields = optionalFields(tfhd, flags, 8);
  const baseDataOffset = fields.next64(0x1);
  fields.next(0x2);
  const duration = fields.next(0x8) ?? trex?.u32(12) ?? 0;
  const size = fields.next(0x10) ?? trex?.u32(16) ?? 0;
  const defaultBaseIsMoof = (flags & 0x020000) !== 0;
  const base = baseDataOffset ?? (defaultBaseIsMoof ? moofStart : previousEnd);

  let offset = base;
  for (const trun of traf.children()) {
    if (trun.type !== 'trun') continue;
    const runFlags = trun.flags;
    const header = optionalFields(trun, runFlags, 8);
    const dataOffset = header.next(0x1);
    if (dataOffset !== undefined) offset = base + (dataOffset | 0);
    header.next(0x4);
    const perSample = [0x100, 0x200, 0x400, 0x800].filter(flag => runFlags & flag).length * 4;
    const count = trun.count(4, header.at(), perSample);
    if (!wanted && perSample === 0) {
      offset += count * size;
      continue;
    }
    if (samples.length + count > MAX_SAMPLES) throw new Mp4Error('tooLarge', 'too many samples');
    for (let index = 0; index < count; index++) {
      const sample = optionalFields(trun, runFlags, header.at() + index * perSample);
      const sampleDuration = sample.next(0x100) ?? duration;
      const sampleSize = sample.next(0x200) ?? size;
      if (wanted) samples.push({ offset, size: sampleSize, duration: sampleDuration });
      offset += sampleSize;
    }
  }
  return offset;
}

/** Reads fields that are there only when their flag is set, one after the other. */
function optionalFields(box: Box, flags: number, start: number) {
  let at = start;
  return {
    at: () => at,
    next(flag: number): number | undefined {
      if (!(flags & flag)) return undefined;
      at += 4;
      return box.u32(at - 4);
    },
    next64(flag: number): number | undefined {
      if (!(flags & flag)) return undefined;
      at += 8;
      return box.u64(at - 8);
    },
  };
}
