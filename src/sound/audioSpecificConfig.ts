import { BitReader } from './bitReader.ts';
import { SoundError } from './error.ts';
import { CHANNEL_CONFIGURATIONS, type ChannelElement, readProgramConfigElement } from './programConfig.ts';
import { SAMPLING_FREQUENCIES, type SamplingFrequency } from './scaleFactorBands.ts';

/** Audio object types of ISO/IEC 14496-3 table 1.17. */
const AAC_LC = 2;
const SBR = 5;
const PS = 29;
/** `syncExtensionType` of the backward compatible signalling of SBR. */
const SBR_SYNC = 0x2b7;
const MAX_HZ = 96_000;
const MIN_HZ = 7000;

/** What an AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1) says of an AAC-LC stream, or of the AAC-LC core of HE-AAC. */
export interface AudioSpecificConfig {
  /** Hz, of the core. */
  readonly sampleRate: number;
  /** The entry whose tables the stream uses. */
  readonly frequency: SamplingFrequency;
  readonly elements: readonly ChannelElement[];
  /** Spectral band replication is signalled: HE-AAC. The core alone lacks the upper half of the spectrum. */
  readonly sbr: boolean;
}

/** Throws SoundError: `unsupported` or `malformedConfig`. */
export function readAudioSpecificConfig(bytes: Uint8Array): AudioSpecificConfig {
  const bits = new BitReader(bytes);
  try {
    return readConfig(bits);
  } catch (error) {
    if (error instanceof SoundError && error.kind === 'damagedFrame')
      throw new SoundError('malformedConfig', 'AudioSpecificConfig is cut');
    throw error;
  }
}

function readConfig(bits: BitReader): AudioSpecificConfig {
  let objectType = readObjectType(bits);
  const sampleRate = readSamplingFrequency(bits);
  const channelConfiguration = bits.read(4);
  const hierarchicalSbr = objectType === SBR || objectType === PS;
  if (hierarchicalSbr) {
    readSamplingFrequency(bits); // extensionSamplingFrequency
    objectType = readObjectType(bits);
  }
  if (objectType !== AAC_LC) throw new SoundError('unsupported', `audio object type ${objectType}`);
  if (sampleRate < MIN_HZ || sampleRate > MAX_HZ) throw new SoundError('unsupported', `${sampleRate} Hz`);
  const frequency =
    SAMPLING_FREQUENCIES.find(({ hz }) => hz === sampleRate) ??
    SAMPLING_FREQUENCIES.find(({ from }) => sampleRate >= from);
  if (!frequency) throw new SoundError('unsupported', `${sampleRate} Hz`);

  // GASpecificConfig, 4.4.1
  if (bits.flag()) throw new SoundError('unsupported', 'frames of 960 samples');
  if (bits.flag()) bits.skip(14); // coreCoderDelay
  bits.skip(1); // extensionFlag, 0 for AAC-LC
  let elements = CHANNEL_CONFIGURATIONS[channelConfiguration];
  if (channelConfiguration === 0) {
    bits.skip(4); // element_instance_tag
    elements = readProgramConfigElement(bits);
  }
  if (!elements?.length) throw new SoundError('unsupported', `channel configuration ${channelConfiguration}`);
  return { sampleRate, frequency, elements, sbr: hierarchicalSbr || hasSbrExtension(bits) };
}

function readObjectType(bits: BitReader): number {
  const type = bits.read(5);
  return type === 31 ? 32 + bits.read(6) : type;
}

function readSamplingFrequency(bits: BitReader): number {
  const index = bits.read(4);
  if (index === 15) return bits.read(24);
  const frequency = SAMPLING_FREQUENCIES[index];
  if (!frequency) throw new SoundError('malformedConfig', `samplingFrequencyIndex ${index}`);
  return frequency.hz;
}

/** Signalling that a decoder for AAC-LC alone does not see, at the end of the config. */
function hasSbrExtension(bits: BitReader): boolean {
  return bits.bitsLeft >= 17 && bits.read(11) === SBR_SYNC && bits.read(5) === SBR && bits.flag();
}
