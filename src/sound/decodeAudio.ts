import { type DecodingReport, openAacSound } from './aacSound.ts';

/** 512 MiB of 32-bit numbers: 23 minutes of stereo at 48 kHz. */
const MAX_SAMPLES = 1 << 27;

/** Decoded sound, cut as the edit list says, so that its first sample belongs to the start of the picture. */
export interface DecodedAudio extends DecodingReport {
  /** Samples from -1 to 1: one plane (mono) or two (left, right). */
  readonly planes: Float32Array<ArrayBuffer>[];
  /** Hz. */
  readonly sampleRate: number;
  readonly seconds: number;
}

/**
 * Decodes the AAC track of an MP4, fragmented or not; undefined when it has none. More than two channels are mixed down.
 * Throws SoundError and Mp4Error.
 */
export function decodeAudio(bytes: Uint8Array): DecodedAudio | undefined {
  const sound = openAacSound(bytes, MAX_SAMPLES);
  if (!sound) return undefined;
  const { sampleRate, stretches, presentedLength } = sound;
  const decoded = Array.from({ length: sound.channels }, () => new Float32Array(sound.length));
  const report = sound.decode((planes, at) => {
    for (const [channel, plane] of decoded.entries()) plane.set(planes[channel]!, at);
  });
  const planes = decoded.map(plane => {
    const presented = new Float32Array(presentedLength);
    let at = 0;
    for (const { from, length } of stretches) {
      if (from !== undefined) presented.set(plane.subarray(from, from + length), at);
      at += length;
    }
    return presented;
  });
  return { ...report, planes, sampleRate, seconds: presentedLength / sampleRate };
}
