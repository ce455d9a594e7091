// What ffmpeg decodes: the measure for our own decoder.
import { readWithFfmpeg } from './ffmpeg.ts';

/**
 * The sound of a file as ffmpeg decodes it: one plane of samples (-1 to 1) per channel, cut by the edit list.
 * @param args between input and output, for example a filter
 */
export function ffmpegDecode(path: string, channels: number, args: readonly string[] = []): Float32Array[] {
  const output = readWithFfmpeg(path, ['-map', '0:a:0', ...args, '-f', 'f32le'], '.f32');
  const samples = new Float32Array(
    output.buffer.slice(output.byteOffset, output.byteOffset + output.byteLength),
  );
  return Array.from({ length: channels }, (_, channel) =>
    Float32Array.from(
      { length: Math.floor(samples.length / channels) },
      (_, n) => samples[n * channels + channel]!,
    ),
  );
}

/** Signal to noise ratio in dB over the samples that both have: the difference is the noise. */
export function signalToNoise(reference: Float32Array, tested: Float32Array, lag = 0): number {
  let signal = 0;
  let noise = 0;
  const from = Math.max(0, lag);
  const to = Math.min(reference.length, tested.length + lag);
  for (let n = from; n < to; n++) {
    signal += reference[n]! ** 2;
    noise += (reference[n]! - tested[n - lag]!) ** 2;
  }
  return noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
}
