import type { BitReader } from './bitReader.ts';

/** Where a channel is heard. `surround` without a side stands behind the listener. */
export type Speaker = 'center' | 'left' | 'right' | 'surroundLeft' | 'surroundRight' | 'surround' | 'lfe';

/** The syntactic elements that carry channels: ISO/IEC 14496-3 4.5.2.1. */
export type ElementType = 'single_channel_element' | 'channel_pair_element' | 'lfe_channel_element';

/** One element that every raw_data_block carries, and where its one or two channels are heard. */
export interface ChannelElement {
  readonly type: ElementType;
  /** `element_instance_tag`, when a program_config_element names it. */
  readonly tag: number | undefined;
  readonly speakers: readonly Speaker[];
}

const single = (speaker: Speaker, tag?: number): ChannelElement => ({
  type: 'single_channel_element',
  tag,
  speakers: [speaker],
});
const lfe = (tag?: number): ChannelElement => ({ type: 'lfe_channel_element', tag, speakers: ['lfe'] });
const frontPair = (tag?: number): ChannelElement => ({
  type: 'channel_pair_element',
  tag,
  speakers: ['left', 'right'],
});
const surroundPair = (tag?: number): ChannelElement => ({
  type: 'channel_pair_element',
  tag,
  speakers: ['surroundLeft', 'surroundRight'],
});

/** By `channelConfiguration` (ISO/IEC 14496-3 table 1.19); 0 means that a program_config_element follows. */
export const CHANNEL_CONFIGURATIONS: readonly (readonly ChannelElement[] | undefined)[] = [
  undefined,
  [single('center')],
  [frontPair()],
  [single('center'), frontPair()],
  [single('center'), frontPair(), single('surround')],
  [single('center'), frontPair(), surroundPair()],
  [single('center'), frontPair(), surroundPair(), lfe()],
  [single('center'), frontPair(), frontPair(), surroundPair(), lfe()],
  undefined,
  undefined,
  undefined,
  [single('center'), frontPair(), surroundPair(), single('surround'), lfe()],
  [single('center'), frontPair(), surroundPair(), surroundPair(), lfe()],
];

/**
 * program_config_element: ISO/IEC 14496-3 4.5.1.2, from behind its element_instance_tag on. The reader must have begun at
 * the byte to which the element is aligned.
 */
export function readProgramConfigElement(bits: BitReader): readonly ChannelElement[] {
  bits.skip(2 + 4); // object_type, sampling_frequency_index
  const front = bits.read(4);
  const side = bits.read(4);
  const back = bits.read(4);
  const lfes = bits.read(2);
  const associatedData = bits.read(3);
  const validCoupling = bits.read(4);
  if (bits.flag()) bits.skip(4); // mono_mixdown_element_number
  if (bits.flag()) bits.skip(4); // stereo_mixdown_element_number
  if (bits.flag()) bits.skip(3); // matrix_mixdown_idx, pseudo_surround_enable

  const elements: ChannelElement[] = [];
  const read = (count: number, pair: typeof frontPair, speaker: Speaker): void => {
    for (let index = 0; index < count; index++) {
      const isPair = bits.flag();
      const tag = bits.read(4);
      elements.push(isPair ? pair(tag) : single(speaker, tag));
    }
  };
  read(front, frontPair, 'center');
  read(side, surroundPair, 'surround');
  read(back, surroundPair, 'surround');
  for (let index = 0; index < lfes; index++) elements.push(lfe(bits.read(4)));
  bits.skip(4 * associatedData + 5 * validCoupling);
  bits.byteAlign();
  bits.skip(8 * bits.read(8)); // comment_field_data
  return elements;
}
