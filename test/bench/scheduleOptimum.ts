import { MAX_RATIO, type DurationKind } from './scheduleKinds.ts';

/** Mean wait and mean number of looks of a schedule, and the mean duration of the tasks; seconds. */
export interface Cost {
  readonly wait: number;
  readonly looks: number;
  readonly duration: number;
}

/** The measure: 1 is what every fixed interval comes to, half the duration. */
export function product({ wait, looks, duration }: Cost): number {
  return (wait * looks) / (duration / 2);
}

/** Width of the grid of ages, in seconds. */
const STEP = 0.5;
/** Looks are never further apart than this, or than the age so far. */
const MAX_FIRST_GAP = 200;

/**
 * The best that any schedule can do that knows the distribution but nothing of the single task: dynamic programming
 * backwards over a grid of ages, for wait + `worth` × looks. Along all `worth` these are the schedules that no other beats.
 */
export function bestSchedule(kind: DurationKind, estimate: number, worth: number): Cost {
  const end = Math.ceil((estimate * MAX_RATIO) / STEP);
  const lasts = Float64Array.from({ length: end + 1 }, (_, i) =>
    i === end ? 0 : kind.lasts((i * STEP) / estimate),
  );
  /** Integral of `lasts` up to each age: the mean time that tasks run until then. */
  const run = new Float64Array(end + 1);
  for (let i = 1; i <= end; i++) run[i] = run[i - 1]! + ((lasts[i - 1]! + lasts[i]!) / 2) * STEP;
  /** Mean wait for the tasks that end after the look at `i` and are noticed by the one at `j`. */
  const wait = (i: number, j: number) => (j - i) * STEP * lasts[i]! - (run[j]! - run[i]!);

  const cost = new Float64Array(end + 1);
  const next = new Int32Array(end + 1);
  for (let i = end - 1; i >= 0; i--) {
    cost[i] = Infinity;
    const furthest = Math.min(end, i + Math.max(MAX_FIRST_GAP / STEP, i));
    for (let j = i + 1; j <= furthest; j++) {
      const total = wait(i, j) + worth * lasts[i]! + cost[j]!;
      if (total < cost[i]!) {
        cost[i] = total;
        next[i] = j;
      }
    }
  }

  let waits = 0;
  let looks = 0;
  for (let i = 0; i < end; i = next[i]!) {
    waits += wait(i, next[i]!);
    looks += lasts[i]!;
  }
  return { wait: waits, looks, duration: run[end]! };
}

/**
 * The limit for many looks, in closed form: (integral of sqrt(density × lasts))² over the mean duration. It is the same for
 * every estimate.
 */
export function limitOfManyLooks(kind: DurationKind): number {
  const steps = 20_000;
  const width = MAX_RATIO / steps;
  let root = 0;
  let duration = 0;
  for (let i = 0; i < steps; i++) {
    const before = kind.lasts(i * width);
    const after = kind.lasts((i + 1) * width);
    root += Math.sqrt(((before - after) / width) * ((before + after) / 2)) * width;
    duration += ((before + after) / 2) * width;
  }
  return root ** 2 / duration;
}
