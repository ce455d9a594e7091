/** The last change of a running task's progress: all that is kept of its history. Ages are in seconds. */
export interface SeenProgress {
  /** 1 to 99. */
  readonly value: number;
  /** Age at the first look that showed `value`. */
  readonly bySeconds: number;
  /** Age at the look before that one, which still showed less; 0 without one. */
  readonly afterSeconds: number;
}

/** Ages in seconds between which the task ends, if one reading of its progress is right; `weight` is the trust in it. */
export interface Reading {
  readonly weight: number;
  readonly from: number;
  readonly to: number;
}

/** A past task's last progress before it ended, and its duration. */
export interface PastProgress {
  readonly seconds: number;
  readonly progress?: SeenProgress | undefined;
}

/** Progress may be reported in steps of so many per cent. */
const STEPS = [1, 5, 10, 20, 25, 50];
/** Nothing is quite linear: readings are this much wider at both ends. */
const TOLERANCE = 0.02;
/** Trust before any history, counted in past tasks: in progress meaning nothing, and in each of STEPS. */
const TRUST_IN_NOTHING = 1;
const TRUST_IN_STEP = 0.25;
/** How likely the progress that was seen is, when it means nothing (any value is as good), and when a reading is right or wrong. */
const LIKELY_BY_CHANCE = 0.01;
const LIKELY_IF_RIGHT = 0.9;
const LIKELY_IF_WRONG = 0.001;

/**
 * Takes the progress (0 to 100) that an answered look at age `ageSeconds` showed into what is kept;
 * `beforeSeconds` is the age at the answered look before, 0 without one.
 */
export function seeProgress(
  seen: SeenProgress | undefined,
  value: number,
  ageSeconds: number,
  beforeSeconds: number,
): SeenProgress | undefined {
  if (!(value > 0 && value < 100) || value === seen?.value) return seen;
  return { value, bySeconds: ageSeconds, afterSeconds: beforeSeconds };
}

/**
 * What progress says of the end. The first reading is always that it says nothing; one for each step width follows
 * that agrees with what was seen. `seenSeconds` is the age at which the task was last seen running.
 */
export function readProgress(
  progress: SeenProgress | undefined,
  seenSeconds: number,
  past: readonly PastProgress[],
): readonly Reading[] {
  const nothing = { weight: 1, from: 0, to: Infinity };
  if (progress === undefined || !isUsable(progress)) return [nothing];
  const trust = trustIn(past);
  const readings: Reading[] = [{ ...nothing, weight: trust.nothing * LIKELY_BY_CHANCE }];
  for (const [i, step] of STEPS.entries()) {
    const { from, to } = endIfLinear(step, progress, seenSeconds);
    if (progress.value % step === 0 && to > Math.max(from, seenSeconds)) {
      readings.push({ weight: trust.steps[i] ?? 0, from, to });
    }
  }
  return readings;
}

/** If progress grows linearly in steps of `step`, and at `seenSeconds` still stood where it was by `bySeconds`. */
function endIfLinear(step: number, { value, bySeconds, afterSeconds }: SeenProgress, seenSeconds: number) {
  const notNextYet = (100 * seenSeconds) / Math.min(100, value + step);
  const notHereYet = (100 * afterSeconds) / value;
  const to = (100 * bySeconds) / value;
  return { from: Math.max(notNextYet, notHereYet) * (1 - TOLERANCE), to: to * (1 + TOLERANCE) };
}

/** Which reading would have foretold the ends of past tasks: each task hands one unit of trust to those that explain it. */
function trustIn(past: readonly PastProgress[]): { nothing: number; steps: number[] } {
  let nothing = TRUST_IN_NOTHING;
  const steps = STEPS.map(() => TRUST_IN_STEP);
  for (const { seconds, progress } of past) {
    if (progress === undefined || !isUsable(progress)) continue;
    const byChance = nothing * LIKELY_BY_CHANCE;
    const byStep = STEPS.map((step, i) => {
      const { from, to } = endIfLinear(step, progress, progress.bySeconds);
      const right = progress.value % step === 0 && seconds >= from && seconds <= to;
      return (steps[i] ?? 0) * (right ? LIKELY_IF_RIGHT : LIKELY_IF_WRONG);
    });
    const total = byStep.reduce((sum, share) => sum + share, byChance);
    nothing += byChance / total;
    for (const [i, share] of byStep.entries()) steps[i] = (steps[i] ?? 0) + share / total;
  }
  const total = steps.reduce((sum, share) => sum + share, nothing);
  return { nothing: nothing / total, steps: steps.map(share => share / total) };
}

function isUsable({ value, bySeconds, afterSeconds }: SeenProgress): boolean {
  return value > 0 && value < 100 && bySeconds > 0 && bySeconds < Infinity && afterSeconds >= 0;
}
