import { type ElementaryStream, isAac, readElementaryStream } from './elementaryStream.ts';
import { Mp4Error } from './error.ts';
import { readFragmentSamples } from './fragments.ts';
import type { Movie, Track } from './movie.ts';
import { readChunks, readSampleSizes } from './sampleTable.ts';

/** An hour and a half at 48 kHz. Without it a large file could declare that each of its bytes is a sample. */
const MAX_SAMPLES = 1 << 18;

/** The sound of a file, as an AAC decoder wants it. */
export interface AacTrack {
  readonly track: Track;
  /** AudioSpecificConfig of ISO/IEC 14496-3 1.6.2.1. */
  readonly config: Uint8Array;
  /** Access units in decoding order, as views into the file. Where the file was cut they end early. */
  readonly accessUnits: readonly Uint8Array[];
}

/** What a track says of its AAC; undefined when it is no track of AAC. Throws Mp4Error. */
export function readAacStream(track: Track): ElementaryStream | undefined {
  if (track.handler !== 'soun' || track.sampleEntry?.type !== 'mp4a') return undefined;
  const stream = readElementaryStream(track);
  return stream && isAac(stream) ? stream : undefined;
}

/** The first AAC track, or undefined when the file has none. Throws Mp4Error. */
export function findAacTrack(movie: Movie): AacTrack | undefined {
  for (const track of movie.tracks) {
    const stream = readAacStream(track);
    if (!stream) continue;
    if (!stream.decoderSpecificInfo) throw new Mp4Error('malformed', 'AAC without DecoderSpecificInfo');
    return { track, config: stream.decoderSpecificInfo, accessUnits: readSamples(movie, track) };
  }
  return undefined;
}

/** The samples of a track up to the first that is not whole in the file. */
function readSamples(movie: Movie, track: Track): Uint8Array[] {
  const { bytes } = movie;
  const samples: Uint8Array[] = [];
  let total = 0;
  /** Returns false where the file ends. */
  const take = (offset: number, size: number): boolean => {
    if (offset < 0 || offset + size > bytes.length) return false;
    total += size;
    // Samples that share bytes would make a small file decode for hours.
    if (total > bytes.length) throw new Mp4Error('malformed', 'samples overlap');
    if (samples.length === MAX_SAMPLES) throw new Mp4Error('tooLarge', 'too many samples');
    samples.push(bytes.subarray(offset, offset + size));
    return true;
  };

  const sizes = readSampleSizes(track.stbl);
  if (sizes.count > 0) {
    for (const { offset, firstSample, sampleCount, description } of readChunks(track)) {
      if (description !== 1) throw new Mp4Error('unsupported', 'several sample descriptions');
      let at = offset;
      for (let sample = firstSample; sample < firstSample + sampleCount; sample++) {
        const size = sizes.size(sample);
        if (!take(at, size)) return samples;
        at += size;
      }
    }
  }
  for (const { offset, size } of readFragmentSamples(movie).get(track.id) ?? [])
    if (!take(offset, size)) return samples;
  return samples;
}
