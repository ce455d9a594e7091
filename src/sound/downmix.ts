import type { Speaker } from './programConfig.ts';

/** How much of a channel is heard on the left and on the right. */
export type Gains = readonly [left: number, right: number];

/** 3 dB less: the center comes from two loudspeakers, and a surround channel steps back behind the front. */
const HALF_POWER = Math.SQRT1_2;

/** ITU-R BS.775-3 annex 4, table 2; what goes to a subwoofer is left out. */
const GAINS: Record<Speaker, Gains> = {
  center: [HALF_POWER, HALF_POWER],
  left: [1, 0],
  right: [0, 1],
  surroundLeft: [HALF_POWER, 0],
  surroundRight: [0, HALF_POWER],
  surround: [0.5, 0.5],
  lfe: [0, 0],
};

/**
 * How channels become two: turned down together, so that nothing clips that did not before. Undefined when there are only one
 * or two, which stay as they are.
 */
export function downmixGains(speakers: readonly Speaker[]): readonly Gains[] | undefined {
  if (speakers.length <= 2 && !speakers.includes('lfe')) return undefined;
  const gains = speakers.map(speaker => GAINS[speaker]);
  const sum = (side: 0 | 1): number => gains.reduce((total, gain) => total + gain[side], 0);
  const loudest = Math.max(sum(0), sum(1));
  return loudest === 0 ? gains : gains.map(([left, right]) => [left / loudest, right / loudest] as const);
}

/** Mixes one frame into `left` and `right`. */
export function downmix(
  channels: readonly Float32Array[],
  gains: readonly Gains[],
  left: Float32Array,
  right: Float32Array,
): void {
  left.fill(0);
  right.fill(0);
  for (const [index, [toLeft, toRight]] of gains.entries()) {
    const channel = channels[index]!;
    for (let n = 0; n < channel.length; n++) {
      const value = channel[n]!;
      left[n]! += value * toLeft;
      right[n]! += value * toRight;
    }
  }
}
