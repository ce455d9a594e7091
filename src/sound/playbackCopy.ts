import { checkReplaceable, replaceSound } from '../mp4/replaceSound.ts';
import { type DecodingReport, openAacSound } from './aacSound.ts';

/** 384 MiB of 16-bit numbers: 35 minutes of stereo at 48 kHz. */
const MAX_SAMPLES = 192 << 20;

/** The file again, with PCM in place of AAC: every browser plays that. */
export interface PlaybackCopy extends DecodingReport {
  /** The bytes of the copy, one part after the other; many are views into the original. */
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
  /** Of sound. */
  readonly seconds: number;
  readonly channels: number;
  /** Hz. */
  readonly sampleRate: number;
}

/**
 * Makes the playback copy of an MP4: its AAC track becomes 16-bit PCM, everything else stays. Undefined when it has no AAC
 * track, so that there is nothing to do. Throws SoundError and Mp4Error when it can't be made (`fragmented`: the sound can
 * still be decoded by `decodeAudio`).
 */
export function makePlaybackCopy(bytes: Uint8Array): PlaybackCopy | undefined {
  const sound = openAacSound(bytes, MAX_SAMPLES);
  if (!sound) return undefined;
  checkReplaceable(sound.movie);
  const { channels, sampleRate, presentedLength } = sound;
  const decoded = new Int16Array(sound.length * channels);
  const report = sound.decode((planes, at) => {
    for (let channel = 0; channel < channels; channel++)
      interleave(planes[channel]!, decoded, at * channels + channel, channels);
  });

  const samples = present(decoded, sound.stretches, presentedLength, channels);
  const parts = replaceSound(sound.movie, sound.track, { samples, channels, sampleRate });
  return {
    ...report,
    parts,
    bytes: parts.reduce((total, part) => total + part.length, 0),
    seconds: presentedLength / sampleRate,
    channels,
    sampleRate,
  };
}

/** Rounds a plane to 16 bits into every `step`th place of `target`. */
function interleave(plane: Float32Array, target: Int16Array, from: number, step: number): void {
  for (let n = 0, at = from; n < plane.length; n++, at += step) {
    const value = plane[n]! * 32768;
    target[at] = value >= 32767 ? 32767 : value <= -32768 ? -32768 : Math.round(value);
  }
}

/** What is presented, without copying where it is one piece. */
function present(
  decoded: Int16Array,
  stretches: readonly { from: number | undefined; length: number }[],
  presentedLength: number,
  channels: number,
): Int16Array {
  const [only] = stretches;
  if (stretches.length === 1 && only?.from !== undefined)
    return decoded.subarray(only.from * channels, (only.from + only.length) * channels);
  const presented = new Int16Array(presentedLength * channels);
  let at = 0;
  for (const { from, length } of stretches) {
    if (from !== undefined)
      presented.set(decoded.subarray(from * channels, (from + length) * channels), at * channels);
    at += length;
  }
  return presented;
}
