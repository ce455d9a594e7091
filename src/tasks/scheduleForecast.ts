/** What the forecast says of one age. */
export interface Outlook {
  /** Probability that the task lasts longer. */
  readonly lasts: number;
  /** Probability per second that it ends just then. */
  readonly density: number;
}

/** When a task ends, as a distribution over its age in seconds (more than 0). */
export type Forecast = (ageSeconds: number) => Outlook;

/** How long a task of the same model took until EvoLink ended it. */
export interface PastDuration {
  readonly seconds: number;
  /** EvoLink's estimate for that task. */
  readonly estimatedSeconds?: number;
}

/** One bell of the forecast: a log-logistic distribution, whose survival function and density are closed forms. */
interface Bell {
  readonly weight: number;
  /** Natural logarithm of the median in seconds. */
  readonly centre: number;
  /** Scale in the logarithm; the standard deviation there is 1.81 times it. */
  readonly spread: number;
}

/** Without an estimate; EvoLink's guides speak of one to three minutes. */
const USUAL_SECONDS = 120;
/** Older history is left out: services change, and each task costs time. */
const MAX_PAST = 40;
/** Spread of durations around their estimates before any history is known: 22 % up or down. */
const USUAL_SPREAD = 0.12;
/** The usual spread counts as much as this many past tasks. */
const USUAL_SPREAD_WEIGHT = 3;
const MIN_SPREAD = 0.03;

/** Before any history: mostly as estimated, often longer, now and then much longer. */
const PRIOR = [
  { weight: 0.5, timesEstimate: 1, spread: USUAL_SPREAD },
  { weight: 0.38, timesEstimate: 1.5, spread: 0.3 },
  { weight: 0.12, timesEstimate: 2.5, spread: 0.6 },
];

/**
 * Learns when a task ends from EvoLink's estimate and from past tasks of its model (newest last). The mixture has a
 * bell over each past task, and the prior as if it were one task more: so a surprise never meets a forecast of zero.
 * Durations are compared as multiples of their estimates where both are known: short and long videos teach each other.
 */
export function forecastEnd(estimatedSeconds: number | undefined, past: readonly PastDuration[]): Forecast {
  const estimate = usable(estimatedSeconds);
  const centres = past.slice(-MAX_PAST).flatMap(task => {
    const seconds = usable(task.seconds);
    if (seconds === undefined) return [];
    const itsEstimate = usable(task.estimatedSeconds);
    const scale = estimate !== undefined && itsEstimate !== undefined ? estimate / itsEstimate : 1;
    return [Math.log(seconds * scale)];
  });
  const weight = 1 / (centres.length + 1);
  const spread = bellSpread(centres);
  const bells: Bell[] = centres.map(centre => ({ weight, centre, spread }));
  for (const bell of PRIOR) {
    const centre = Math.log((estimate ?? USUAL_SECONDS) * bell.timesEstimate);
    bells.push({ weight: bell.weight * weight, centre, spread: bell.spread });
  }
  return ageSeconds => outlook(bells, ageSeconds);
}

function outlook(bells: readonly Bell[], ageSeconds: number): Outlook {
  const logAge = Math.log(ageSeconds);
  let lasts = 0;
  let density = 0;
  for (const { weight, centre, spread } of bells) {
    const stillRuns = 1 / (1 + Math.exp((logAge - centre) / spread));
    lasts += weight * stillRuns;
    density += (weight * stillRuns * (1 - stillRuns)) / (spread * ageSeconds);
  }
  return { lasts, density };
}

/** The closer together past tasks lie, and the more of them there are, the narrower the bell over each. */
function bellSpread(centres: readonly number[]): number {
  const median = centres.toSorted((a, b) => a - b)[Math.floor(centres.length / 2)];
  if (median === undefined) return USUAL_SPREAD;
  let deviation = 0;
  for (const centre of centres) deviation += Math.abs(centre - median);
  // The mean absolute deviation of a logistic distribution is 2 ln 2 times its scale.
  const scale = deviation / (2 * Math.LN2);
  const spread = (scale + USUAL_SPREAD_WEIGHT * USUAL_SPREAD) / (centres.length + USUAL_SPREAD_WEIGHT);
  // Silverman's rule for the width of a kernel.
  return Math.max(MIN_SPREAD, spread * centres.length ** -0.2);
}

/** A duration that can be one, in seconds. */
function usable(value: number | undefined): number | undefined {
  return value !== undefined && value > 1e-3 && value < 1e9 ? value : undefined;
}
