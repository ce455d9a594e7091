import { BitReader } from './bitReader.ts';
import type { AudioSpecificConfig } from './audioSpecificConfig.ts';
import { createChannelStream, type IndividualChannelStream } from './channelStream.ts';
import { dequantise } from './dequantise.ts';
import { SoundError } from './error.ts';
import { FilterBank } from './filterBank.ts';
import { FRAME_LENGTH, MAX_BANDS, MAX_GROUPS, readIcsInfo } from './icsInfo.ts';
import { readIndividualChannelStream } from './individualChannelStream.ts';
import { NoiseGenerator } from './noise.ts';
import { type ChannelElement, type ElementType, readProgramConfigElement } from './programConfig.ts';
import { longWindowBands, shortWindowBands } from './scaleFactorBands.ts';
import { applyStereo, readStereoMask, type StereoMask } from './stereo.ts';
import { applyTns } from './tns.ts';

/** `id_syn_ele`, ISO/IEC 14496-3 table 4.85. */
const ID_SCE = 0;
const ID_CPE = 1;
const ID_LFE = 3;
const ID_DSE = 4;
const ID_PCE = 5;
const ID_FIL = 6;
const ID_END = 7;

/** `extension_type` of a fill element with spectral band replication. */
const EXT_SBR_DATA = 13;
const EXT_SBR_DATA_CRC = 14;

/** A channel: what is read of it, and the memory of its filter bank. */
interface Channel {
  readonly stream: IndividualChannelStream;
  readonly filterBank: FilterBank;
  readonly output: Float32Array;
}

/** An element of the configuration with its one or two channels. */
interface Element {
  readonly config: ChannelElement;
  readonly channels: readonly Channel[];
  readonly mask: StereoMask;
  /** In the frame that is being decoded: was it there, and did both channels share their ics_info (and so a mask)? */
  present: boolean;
  commonWindow: boolean;
}

/** Decodes AAC-LC: raw_data_block by raw_data_block, ISO/IEC 14496-3 4.5.2.1. Of HE-AAC it decodes the AAC-LC core. */
export class AacDecoder {
  readonly #longBands;
  readonly #shortBands;
  readonly #elements: readonly Element[];
  readonly #outputs: readonly Float32Array[];
  readonly #noise = new NoiseGenerator();
  #sbr: boolean;

  constructor({ frequency, elements, sbr }: AudioSpecificConfig) {
    this.#longBands = longWindowBands(frequency);
    this.#shortBands = shortWindowBands(frequency);
    this.#sbr = sbr;
    this.#elements = elements.map(config => ({
      config,
      channels: config.speakers.map(() => ({
        stream: createChannelStream(this.#longBands),
        filterBank: new FilterBank(),
        output: new Float32Array(FRAME_LENGTH),
      })),
      mask: { sent: false, msUsed: new Uint8Array(MAX_GROUPS * MAX_BANDS) },
      present: false,
      commonWindow: false,
    }));
    this.#outputs = this.#elements.flatMap(({ channels }) => channels.map(({ output }) => output));
  }

  get channelCount(): number {
    return this.#outputs.length;
  }

  /** Is there more in the stream than is decoded: HE-AAC's spectral band replication? */
  get sbr(): boolean {
    return this.#sbr;
  }

  /**
   * Decodes one access unit to 1024 samples (-1 to 1) per channel, in the order of the configuration's speakers. The arrays
   * are valid until the next call. Throws SoundError `damagedFrame`, and then has changed nothing that is heard later.
   */
  decode(accessUnit: Uint8Array): readonly Float32Array[] {
    this.#readRawDataBlock(new BitReader(accessUnit));
    for (const element of this.#elements) if (element.present) this.#reconstruct(element);
    for (const element of this.#elements) synthesize(element);
    return this.#outputs;
  }

  /** Stands in for an access unit that could not be decoded: what was heard before fades out. */
  conceal(): readonly Float32Array[] {
    for (const { channels } of this.#elements)
      for (const { filterBank, output } of channels) filterBank.silence(output);
    return this.#outputs;
  }

  #readRawDataBlock(bits: BitReader): void {
    for (const element of this.#elements) element.present = false;
    for (;;) {
      const id = bits.read(3);
      if (id === ID_END) break;
      if (id === ID_FIL) this.#skipFillElement(bits);
      else {
        const tag = bits.read(4);
        if (id === ID_SCE) this.#readSingle(bits, this.#take('single_channel_element', tag));
        else if (id === ID_LFE) this.#readSingle(bits, this.#take('lfe_channel_element', tag));
        else if (id === ID_CPE) this.#readPair(bits, this.#take('channel_pair_element', tag));
        else if (id === ID_DSE) skipDataStreamElement(bits);
        else if (id === ID_PCE) readProgramConfigElement(bits);
        else throw new SoundError('damagedFrame', 'coupling_channel_element');
      }
    }
    if (!this.#elements.some(({ present }) => present)) throw new SoundError('damagedFrame', 'no channel');
  }

  /** The configuration's element that comes next: by type and tag where tags are configured, else by type and order. */
  #take(type: ElementType, tag: number): Element {
    const element = this.#elements.find(
      ({ config, present }) =>
        !present && config.type === type && (config.tag === undefined || config.tag === tag),
    );
    if (!element) throw new SoundError('damagedFrame', `${type} ${tag} is not configured`);
    element.present = true;
    return element;
  }

  #readSingle(bits: BitReader, { channels }: Element): void {
    for (const { stream } of channels)
      readIndividualChannelStream(bits, stream, () => readIcsInfo(bits, this.#longBands, this.#shortBands));
  }

  #readPair(bits: BitReader, element: Element): void {
    element.commonWindow = bits.flag();
    if (!element.commonWindow) return this.#readSingle(bits, element);
    const ics = readIcsInfo(bits, this.#longBands, this.#shortBands);
    readStereoMask(bits, ics, element.mask);
    for (const { stream } of element.channels) readIndividualChannelStream(bits, stream, () => ics);
  }

  #skipFillElement(bits: BitReader): void {
    let count = bits.read(4);
    if (count === 15) count += bits.read(8) - 1;
    if (count > 0) {
      const type = bits.peek(4);
      if (type === EXT_SBR_DATA || type === EXT_SBR_DATA_CRC) this.#sbr = true;
    }
    bits.skip(8 * count);
  }

  /** Works out the spectra of an element from what was sent. */
  #reconstruct({ channels, commonWindow, mask }: Element): void {
    const [first, second] = channels;
    const shared = second && commonWindow ? mask : undefined;
    for (const { stream } of channels) {
      dequantise(stream);
      this.#noise.fill(stream, stream === second?.stream ? first?.stream : undefined, shared?.msUsed);
    }
    if (first && second) applyStereo(first.stream, second.stream, shared);
    for (const { stream } of channels) applyTns(stream);
  }
}

/** Turns an element's spectra into samples. One that was not sent falls silent. */
function synthesize({ channels, present }: Element): void {
  for (const { stream, filterBank, output } of channels) {
    if (present) filterBank.synthesize(stream.spectrum, stream.ics, output);
    else filterBank.silence(output);
  }
}

/** data_stream_element: bytes for others than the decoder. */
function skipDataStreamElement(bits: BitReader): void {
  const aligned = bits.flag();
  let count = bits.read(8);
  if (count === 255) count += bits.read(8);
  if (aligned) bits.byteAlign();
  bits.skip(8 * count);
}
