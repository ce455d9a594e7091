import { readAacStream } from './aacTrack.ts';
import { readAudioConfig } from './audioConfig.ts';
import { readBoxHeader } from './box.ts';
import { isAac, readElementaryStream } from './elementaryStream.ts';
import { Mp4Error } from './error.ts';
import { type FragmentSample, readFragmentSamples } from './fragments.ts';
import { type Movie, readMovie, type Track } from './movie.ts';
import { mediaDuration, readSampleSizes } from './sampleTable.ts';
import { box, concatenate } from './write.ts';

/** All boxes but the media data together, in bytes: a film of many hours stays below. */
const MAX_STRUCTURE = 64 << 20;
/** Boxes at the top whose headers are read, one by one. */
const MAX_TOP_BOXES = 20_000;

/** What an MP4 says about itself. A value that the file does not tell is missing. */
export interface VideoFacts {
  /** Pixels, as displayed: pixel shape and rotation applied. */
  width?: number;
  height?: number;
  /** How long the picture is presented (the sound, when there is no picture). */
  seconds?: number;
  /** Pictures in the file. */
  frames?: number;
  /** Pictures per second, on average. */
  frameRate?: number;
  /** Type of the picture's sample entry: `avc1`, `hvc1`, … */
  videoCodec?: string;
  /** RFC 6381: `mp4a.40.2` for AAC-LC; else the type of the sample entry. */
  audioCodec?: string;
  hasAudio: boolean;
  /** The sound (its first track, which browsers play) is AAC, of whichever profile. */
  hasAac: boolean;
  audioChannels?: number;
  /** Hz. */
  sampleRate?: number;
}

/** Reads the facts from a whole file, or from one that was cut behind its `moov`. Throws Mp4Error. */
export function readFacts(bytes: Uint8Array): VideoFacts {
  const movie = readMovie(bytes);
  const fragments = readFragmentSamples(movie);
  const counted = movie.tracks.map(track => ({
    track,
    ...countSamples(track, fragments.get(track.id) ?? []),
  }));
  const video = counted.find(({ track, samples }) => track.handler === 'vide' && samples > 0);
  const audio = counted.find(({ track, samples }) => track.handler === 'soun' && samples > 0);
  const longest = video ?? audio;
  const seconds = longest && presentedSeconds(movie, longest.track, longest.seconds);
  return {
    ...(video && displaySize(video.track)),
    ...(seconds !== undefined && { seconds }),
    ...(video && { frames: video.samples }),
    ...(video && video.seconds > 0 && { frameRate: video.samples / video.seconds }),
    ...(video?.track.sampleEntry && { videoCodec: video.track.sampleEntry.type.trim() }),
    hasAudio: audio !== undefined,
    hasAac: audio !== undefined && readAacStream(audio.track) !== undefined,
    ...(audio && audioFacts(audio.track)),
  };
}

/**
 * As `readFacts`, without reading the file whole: only box headers and the boxes `moov` and `moof`.
 * @param read returns `length` bytes from `offset` on (fewer only at the end of the file)
 * @param size bytes in the file
 */
export async function readFactsFrom(
  read: (offset: number, length: number) => Promise<Uint8Array>,
  size: number,
): Promise<VideoFacts> {
  const parts: Uint8Array[] = [];
  let total = 0;
  let count = 0;
  for (let at = 0; at + 8 <= size; count++) {
    if (count === MAX_TOP_BOXES) throw new Mp4Error('tooLarge', 'too many boxes');
    const head = await read(at, Math.min(16, size - at));
    const header = readBoxHeader(new DataView(head.buffer, head.byteOffset, head.byteLength), 0);
    if (!header) break;
    const boxSize = header.size === 0 ? size - at : header.size;
    if (boxSize < header.headerSize)
      throw new Mp4Error('malformed', `box ${header.type} is smaller than its header`);
    if (header.type === 'moov' || header.type === 'moof') {
      if (at + boxSize > size) break;
      total += boxSize;
      if (total > MAX_STRUCTURE) throw new Mp4Error('tooLarge', `${total} bytes of boxes`);
      const body = await read(at, boxSize);
      if (body.length < boxSize) break;
      parts.push(body);
    } else if (count === 0) {
      // Says what kind of file it is; its contents are not needed.
      parts.push(box(header.type));
    }
    at += boxSize;
  }
  return readFacts(concatenate(parts));
}

/** Number of samples and how long they last in seconds, as the media counts (no edit list). */
function countSamples(
  { stbl, timescale }: Track,
  fragments: readonly FragmentSample[],
): { samples: number; seconds: number } {
  const fragmentTime = fragments.reduce((total, { duration }) => total + duration, 0);
  return {
    samples: readSampleSizes(stbl).count + fragments.length,
    seconds: (mediaDuration(stbl) + fragmentTime) / timescale,
  };
}

/** How long a track is presented, by its edit list. */
function presentedSeconds(movie: Movie, track: Track, mediaSeconds: number): number {
  if (track.edits.length === 0) return mediaSeconds;
  return track.edits.reduce((total, { duration, mediaTime }) => {
    if (duration > 0) return total + duration / movie.timescale;
    return total + Math.max(0, mediaSeconds - (mediaTime ?? 0) / track.timescale);
  }, 0);
}

/** `width` and `height` of the Track Header Box (ISO/IEC 14496-12 8.3.2), turned as its matrix says. */
function displaySize({ tkhd, sampleEntry }: Track): { width?: number; height?: number } {
  const matrix = tkhd.version === 1 ? 52 : 40;
  const sideways = tkhd.i32(matrix) === 0 && tkhd.i32(matrix + 4) !== 0;
  const width = Math.round(tkhd.u32(matrix + 36) / 65536) || (sampleEntry?.u16(24) ?? 0);
  const height = Math.round(tkhd.u32(matrix + 40) / 65536) || (sampleEntry?.u16(26) ?? 0);
  if (width === 0 || height === 0) return {};
  return sideways ? { width: height, height: width } : { width, height };
}

function audioFacts(track: Track): {
  audioCodec?: string;
  audioChannels?: number;
  sampleRate?: number;
} {
  const { sampleEntry } = track;
  if (!sampleEntry) return {};
  // QuickTime's version 2 has them further behind.
  const quickTime2 = sampleEntry.u16(8) === 2;
  const channels = quickTime2 ? sampleEntry.u32(40) : sampleEntry.u16(16);
  const rate = quickTime2 ? sampleEntry.f64(32) : sampleEntry.u32(24) / 65536;
  const stream = sampleEntry.type === 'mp4a' ? readElementaryStream(track) : undefined;
  const config = stream && isAac(stream) ? readAudioConfig(stream.decoderSpecificInfo) : undefined;
  const audioChannels = config?.channels ?? channels;
  const sampleRate = config?.sampleRate ?? rate;
  return {
    audioCodec: stream ? codecName(stream.objectTypeIndication, config?.objectType) : sampleEntry.type.trim(),
    ...(audioChannels > 0 && { audioChannels }),
    ...(sampleRate > 0 && { sampleRate }),
  };
}

/** RFC 6381 3.3: object type indication in hexadecimal, then for MPEG-4 audio its object type. */
function codecName(objectTypeIndication: number, objectType: number | undefined): string {
  const name = `mp4a.${objectTypeIndication.toString(16)}`;
  return objectTypeIndication === 0x40 && objectType !== undefined ? `${name}.${objectType}` : name;
}
