/** Tasks as they may come from EvoLink: how long they take, and what progress they show meanwhile. */

/** A duration as a multiple of the estimate: how likely it is longer than that, and one drawn at random. */
export interface DurationKind {
  /** Probability that duration / estimate is more than `ratio`. */
  lasts(ratio: number): number;
  /** Duration / estimate; `random` gives numbers from 0 to 1. */
  draw(random: () => number): number;
}

/** What EvoLink may say of the time, in seconds; each task draws one of them. */
export const ESTIMATES = [60, 90, 120, 165];

/** Spread of the logarithm: two thirds of all tasks are within 20 %. */
const SPREAD = 0.2;
/** Shape of the heavy tail: the probability to last longer than r estimates falls with the 4th power of r. */
const TAIL_POWER = 4;
/** No task lasts longer than this many estimates. */
export const MAX_RATIO = 30;

export const DURATION_KINDS: Readonly<Record<string, DurationKind>> = {
  /** Log-normal around the estimate. */
  'as estimated': logNormal(1),
  /** The same around twice the estimate. */
  'twice as long': logNormal(2),
  /** Log-logistic around the estimate: a quarter takes over 1.3 times, one in eighty over 3 times as long. */
  'heavy-tailed': {
    lasts: ratio => (ratio >= MAX_RATIO ? 0 : 1 / (1 + ratio ** TAIL_POWER)),
    draw: random => {
      const u = random();
      return Math.min(MAX_RATIO, (u / (1 - u)) ** (1 / TAIL_POWER));
    },
  },
};

function logNormal(median: number): DurationKind {
  return {
    lasts: ratio => (ratio <= 0 ? 1 : normalTail(Math.log(ratio / median) / SPREAD)),
    draw: random => median * Math.exp(SPREAD * normal(random)),
  };
}

/** Progress in per cent of a task of `duration` seconds with `estimate`, at `age` (less than `duration`). */
export type ProgressKind = (age: number, duration: number, estimate: number) => number;

export const PROGRESS_KINDS: Readonly<Record<string, ProgressKind>> = {
  silent: () => 0,
  linear: (age, duration) => Math.floor((100 * age) / duration),
  'steps of 10': (age, duration) => 10 * Math.floor((10 * age) / duration),
  'steps of 25': (age, duration) => 25 * Math.floor((4 * age) / duration),
  /** Runs ahead and stands at 99 for the last two fifths. */
  'stuck at 99': (age, duration) => Math.min(99, Math.floor((100 * age) / (0.6 * duration))),
  /** Counts the estimate down and knows nothing of the task. */
  'a mere clock': (age, _duration, estimate) => Math.min(99, Math.floor((100 * age) / estimate)),
};

/** Mulberry32: small, seeded, good enough here. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Probability that a standard normal number is above `z`: Simpson's rule on the density, to about 1e-9. */
function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  if (z > 9) return 0;
  const intervals = 200;
  const width = (10 - z) / intervals;
  let sum = 0;
  for (let i = 0; i <= intervals; i++) {
    const x = z + i * width;
    const weight = i === 0 || i === intervals ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * Math.exp((-x * x) / 2);
  }
  return (sum * width) / 3 / Math.sqrt(2 * Math.PI);
}
