import type { Box } from './box.ts';
import { Mp4Error } from './error.ts';
import type { Movie } from './movie.ts';

/**
 * Samples of all tracks together: three hours of 50 pictures and 47 AAC frames per second. A run without per-sample fields can
 * declare any number for free.
 */
const MAX_SAMPLES = 1 << 20;

/** Fields of `tfhd` and `trun` that are there only when their flag is set. */
const BASE_DATA_OFFSET = 0x1;
const SAMPLE_DESCRIPTION_INDEX = 0x2;
const DEFAULT_SAMPLE_DURATION = 0x8;
const DEFAULT_SAMPLE_SIZE = 0x10;
const DEFAULT_BASE_IS_MOOF = 0x020000;
const DATA_OFFSET = 0x1;
const FIRST_SAMPLE_FLAGS = 0x4;
const SAMPLE_DURATION = 0x100;
const SAMPLE_SIZE = 0x200;
const SAMPLE_FLAGS = 0x400;
const SAMPLE_COMPOSITION_TIME_OFFSET = 0x800;

/** One sample of a movie fragment. */
export interface FragmentSample {
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  /** Units of the media's timescale. */
  readonly duration: number;
}

/** The samples in all movie fragments by their track's `track_ID`, in order. */
export type FragmentSamples = ReadonlyMap<number, readonly FragmentSample[]>;

/** Reads `moof`, `traf`, `tfhd`, `trun` (ISO/IEC 14496-12 8.8) of all tracks at once; of a file without fragments, nothing. */
export function readFragmentSamples({ fragmented, moov, top }: Movie): FragmentSamples {
  const reader = new FragmentReader(moov);
  if (fragmented) for (const box of top) if (box.type === 'moof' && !box.cut) reader.readFragment(box);
  return reader.samples;
}

class FragmentReader {
  readonly samples = new Map<number, FragmentSample[]>();
  /** `trex` by `track_ID`. */
  readonly #defaults = new Map<number, Box>();
  #count = 0;

  constructor(moov: Box) {
    for (const box of moov.find('mvex')?.children() ?? [])
      if (box.type === 'trex') this.#defaults.set(box.u32(4), box);
  }

  readFragment(moof: Box): void {
    let end = moof.start;
    for (const traf of moof.children())
      if (traf.type === 'traf') end = this.#readTrackFragment(traf, moof.start, end);
  }

  /** Returns where the samples end, which is where those of the next track fragment may begin. */
  #readTrackFragment(traf: Box, moofStart: number, previousEnd: number): number {
    const tfhd = traf.require('tfhd');
    const trackId = tfhd.u32(4);
    const trex = this.#defaults.get(trackId);
    const { flags } = tfhd;
    let at = 8;
    let base = flags & DEFAULT_BASE_IS_MOOF ? moofStart : previousEnd;
    if (flags & BASE_DATA_OFFSET) {
      base = tfhd.u64(at);
      at += 8;
    }
    if (flags & SAMPLE_DESCRIPTION_INDEX) at += 4;
    let duration = trex?.u32(12) ?? 0;
    if (flags & DEFAULT_SAMPLE_DURATION) {
      duration = tfhd.u32(at);
      at += 4;
    }
    const size = flags & DEFAULT_SAMPLE_SIZE ? tfhd.u32(at) : (trex?.u32(16) ?? 0);

    const samples = this.samples.get(trackId) ?? [];
    this.samples.set(trackId, samples);
    let end = base;
    for (const box of traf.children())
      if (box.type === 'trun') end = this.#readRun(box, base, end, duration, size, samples);
    return end;
  }

  /** Returns where the run's samples end. */
  #readRun(
    trun: Box,
    base: number,
    previousEnd: number,
    defaultDuration: number,
    defaultSize: number,
    samples: FragmentSample[],
  ): number {
    const { flags } = trun;
    let at = 8;
    let offset = previousEnd;
    if (flags & DATA_OFFSET) {
      offset = base + trun.i32(at);
      at += 4;
    }
    if (flags & FIRST_SAMPLE_FLAGS) at += 4;
    const has = (flag: number): number => (flags & flag ? 4 : 0);
    const sizeAt = has(SAMPLE_DURATION);
    const perSample = sizeAt + has(SAMPLE_SIZE) + has(SAMPLE_FLAGS) + has(SAMPLE_COMPOSITION_TIME_OFFSET);
    const count = trun.count(4, at, perSample);
    this.#count += count;
    if (this.#count > MAX_SAMPLES) throw new Mp4Error('tooLarge', 'too many samples');
    for (let index = 0; index < count; index++, at += perSample) {
      const duration = flags & SAMPLE_DURATION ? trun.u32(at) : defaultDuration;
      const size = flags & SAMPLE_SIZE ? trun.u32(at + sizeAt) : defaultSize;
      samples.push({ offset, size, duration });
      offset += size;
    }
    return offset;
  }
}
