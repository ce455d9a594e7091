import { findAacTrack } from '../mp4/aacTrack.ts';
import { presentedStretches, type Stretch } from '../mp4/editList.ts';
import { type Movie, readMovie, type Track } from '../mp4/movie.ts';
import { AacDecoder } from './aacDecoder.ts';
import { readAudioSpecificConfig } from './audioSpecificConfig.ts';
import { downmix, downmixGains } from './downmix.ts';
import { SoundError } from './error.ts';
import { FRAME_LENGTH } from './icsInfo.ts';

/** More damaged frames than this share, and what is heard is more gap than sound. */
const MAX_DAMAGED = 1 / 4;

/** The AAC sound of a file, found and ready to be decoded to one or two channels. */
export interface AacSound {
  readonly movie: Movie;
  readonly track: Track;
  readonly channels: 1 | 2;
  /** Hz. */
  readonly sampleRate: number;
  /** Samples of each channel that decoding gives, before the edit list. */
  readonly length: number;
  /** What of them is presented, and where there is silence. */
  readonly stretches: readonly Stretch[];
  /** Samples of each channel that are presented. */
  readonly presentedLength: number;
  /** Decodes all. `store` gets each frame and where it begins; its arrays are valid until it returns. */
  decode(store: (planes: readonly Float32Array[], at: number) => void): DecodingReport;
}

/** What is to be told of a decoding that did not fail. */
export interface DecodingReport {
  /** Access units of 1024 samples. */
  readonly frames: number;
  /** Of these, damaged and replaced by a fade. */
  readonly badFrames: number;
  /** HE-AAC: only its core was decoded, so that the treble is missing. */
  readonly sbr: boolean;
}

/**
 * Finds the AAC track of a file; undefined when it has none.
 * @param maxSamples of all channels together that may be decoded or presented
 * Throws SoundError and Mp4Error.
 */
export function openAacSound(bytes: Uint8Array, maxSamples: number): AacSound | undefined {
  const movie = readMovie(bytes);
  const found = findAacTrack(movie);
  if (!found) return undefined;
  const { track, accessUnits } = found;
  const config = readAudioSpecificConfig(found.config);
  const { sampleRate } = config;
  const gains = downmixGains(config.elements.flatMap(({ speakers }) => speakers));
  const decoder = new AacDecoder(config);
  const channels = decoder.channelCount === 1 ? 1 : 2;
  const length = accessUnits.length * FRAME_LENGTH;
  const stretches = presentedStretches(track.edits, length, sampleRate, movie.timescale, track.timescale);
  const presentedLength = stretches.reduce((total, stretch) => total + stretch.length, 0);
  const samples = Math.max(length, presentedLength) * channels;
  if (samples > maxSamples) throw new SoundError('tooLong', `${samples} samples`);

  const decode: AacSound['decode'] = store => {
    const mixed = [new Float32Array(FRAME_LENGTH), new Float32Array(FRAME_LENGTH)] as const;
    let badFrames = 0;
    for (const [index, accessUnit] of accessUnits.entries()) {
      let planes = decodeWhole(decoder, accessUnit);
      if (!planes) {
        badFrames++;
        planes = decoder.conceal();
      }
      if (gains) downmix(planes, gains, mixed[0], mixed[1]);
      store(gains ? mixed : planes, index * FRAME_LENGTH);
    }
    const frames = accessUnits.length;
    if (frames === 0 || badFrames > frames * MAX_DAMAGED)
      throw new SoundError('tooManyDamagedFrames', `${badFrames} of ${frames}`);
    return { frames, badFrames, sbr: decoder.sbr };
  };
  return { movie, track, channels, sampleRate, length, stretches, presentedLength, decode };
}

/** Undefined when the access unit is damaged. */
function decodeWhole(decoder: AacDecoder, accessUnit: Uint8Array): readonly Float32Array[] | undefined {
  try {
    return decoder.decode(accessUnit);
  } catch (error) {
    if (error instanceof SoundError && error.kind === 'damagedFrame') return undefined;
    throw error;
  }
}
