import type { Box } from './box.ts';
import { Mp4Error } from './error.ts';

/** One is usual (the encoder's priming is cut off), two for a late start. */
const MAX_EDITS = 1000;

/** One entry of the Edit List Box (`elst`, ISO/IEC 14496-12 8.6.6). */
export interface Edit {
  /** `segment_duration` in units of the movie's timescale; 0: to the end of the media. */
  readonly duration: number;
  /** `media_time` in units of the media's timescale; undefined (-1 in the file) is an empty edit: nothing is presented. */
  readonly mediaTime: number | undefined;
}

export function readEditList(trak: Box): readonly Edit[] {
  const elst = trak.find('edts', 'elst');
  if (!elst) return [];
  const wide = elst.version === 1;
  const entrySize = wide ? 20 : 12;
  const count = elst.count(4, 8, entrySize);
  if (count > MAX_EDITS) throw new Mp4Error('tooLarge', `${count} edits`);
  return Array.from({ length: count }, (_, index) => {
    const at = 8 + index * entrySize;
    const duration = wide ? elst.u64(at) : elst.u32(at);
    const mediaTime = wide ? elst.i64(at + 8) : elst.i32(at + 4);
    return { duration, mediaTime: mediaTime < 0 ? undefined : mediaTime };
  });
}

/** A stretch of what is presented: media samples from `from` on, or silence when `from` is undefined. Lengths in samples. */
export interface Stretch {
  readonly from: number | undefined;
  readonly length: number;
}

/**
 * What an edit list presents of `available` decoded audio samples: the encoder's priming removed, gaps as silence.
 * @param rate audio samples per second
 */
export function presentedStretches(
  edits: readonly Edit[],
  available: number,
  rate: number,
  movieTimescale: number,
  mediaTimescale: number,
): readonly Stretch[] {
  if (edits.length === 0) return [{ from: 0, length: available }];
  return edits.flatMap(({ duration, mediaTime }, index): Stretch[] => {
    const wanted = Math.round((duration / movieTimescale) * rate);
    if (mediaTime === undefined) return [{ from: undefined, length: wanted }];
    const from = Math.min(available, Math.round((mediaTime / mediaTimescale) * rate));
    const left = available - from;
    const length = duration === 0 ? left : Math.min(wanted, left);
    const isLast = index === edits.length - 1;
    // What follows keeps its time where the media ends before the edit does.
    const missing: Stretch = { from: undefined, length: wanted - length };
    return isLast || missing.length <= 0 ? [{ from, length }] : [{ from, length }, missing];
  });
}
