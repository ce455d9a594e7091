/** `samplingFrequencyIndex` of ISO/IEC 14496-3 1.6.3.4, in Hz. */
const SAMPLING_FREQUENCIES = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
];
/** Loudspeakers by `channelConfiguration` of ISO/IEC 14496-3 1.6.3.5; 0 leaves it to the stream. */
const CHANNELS = [undefined, 1, 2, 3, 4, 5, 6, 8, undefined, undefined, undefined, 7, 8, undefined, 8];

/** The first fields of an AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1), as far as a file's facts need them. */
export interface AudioConfig {
  /** `audioObjectType`, table 1.17: 2 is AAC-LC. */
  readonly objectType: number;
  /** Hz. */
  readonly sampleRate: number | undefined;
  readonly channels: number | undefined;
}

export function readAudioConfig(info: Uint8Array | undefined): AudioConfig | undefined {
  if (!info || info.length < 2) return undefined;
  let bits = 0n;
  for (let index = 0; index < 8; index++) bits = (bits << 8n) | BigInt(info[index] ?? 0);
  let left = 64n;
  const read = (count: bigint): number => Number(BigInt.asUintN(Number(count), bits >> (left -= count)));
  let objectType = read(5n);
  if (objectType === 31) objectType = 32 + read(6n);
  const frequencyIndex = read(4n);
  const sampleRate = frequencyIndex === 15 ? read(24n) : SAMPLING_FREQUENCIES[frequencyIndex];
  return { objectType, sampleRate, channels: CHANNELS[read(4n)] };
}
