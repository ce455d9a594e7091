import { forecastEnd, type PastDuration } from './scheduleForecast.ts';
import { readProgress, type PastProgress, type SeenProgress } from './scheduleProgress.ts';

/** A task of the same model that EvoLink ended, completed or failed; make `seconds` with `tookSeconds`. */
export type PastTask = PastDuration & PastProgress;

/** All that decides when to look at a task next. Times are milliseconds since 1970 by this machine's clock. */
export interface LookContext {
  readonly now: number;
  /** When EvoLink accepted the task. */
  readonly createdAt: number;
  /** EvoLink's `estimated_time`, in seconds. */
  readonly estimatedSeconds?: number;
  /** The last look, answered or not. */
  readonly lookedAt?: number;
  /** The last look that showed the task running; without failures it is `lookedAt`. */
  readonly answeredAt?: number;
  /** Looks since then that failed. */
  readonly consecutiveFailures: number;
  /** What the last failed look's answer asked for. */
  readonly retryAfterSeconds?: number;
  /** What `seeProgress` kept. */
  readonly progress?: SeenProgress | undefined;
  /** Newest last; the latest 40 are used. */
  readonly past: readonly PastTask[];
  readonly offline: boolean;
}

/**
 * `look`: at the time `at`, or from `from` on when a request is sent for other tasks anyway. `stop`: don't follow the task
 * any more. `idle`: wait for the network and ask again.
 */
export type NextLook =
  | { readonly kind: 'look'; readonly from: number; readonly at: number }
  | { readonly kind: 'stop' }
  | { readonly kind: 'idle' };

/** Exchange rate between requests and waiting: one request is worth this much of the user's time. */
const REQUEST_WORTH_SECONDS = 0.25;
/** No task is looked at more often. */
export const MIN_GAP_SECONDS = 2;
/** From this age on, looks are as far apart as this. */
export const HOUR_SECONDS = 3600;
/** Following ends with the first look from this age on. */
export const STOP_SECONDS = 7 * 24 * HOUR_SECONDS;
/** If that last look fails, so many failures in a row are taken for an answer. */
export const LAST_LOOK_TRIES = 5;
/** The gap after a failure doubles with each further one, up to this. */
const MAX_BACKOFF_SECONDS = 300;
/** Steps of the integration over age. */
const MIN_STEP_SECONDS = 0.25;
const RELATIVE_STEP = 0.005;
/** A look that finds the end may have come later than planned by this factor of the age, to teach how long tasks take. */
const LATE = 1.25;
/** A request for other tasks takes this one along when so much of its gap has passed. */
const JOIN_AFTER = 0.75;

/**
 * Says when to look at a running task next. Pure; a clock that jumps makes it neither fail nor hurry. It says nothing of
 * looks that have a reason of their own: a follower that starts, or whose network or key is back, looks at once.
 */
export function nextLook(context: LookContext): NextLook {
  const { now, createdAt, lookedAt, consecutiveFailures: failures } = context;
  const since = lookedAt ?? createdAt;
  const sinceAge = Math.max(0, (since - createdAt) / 1000);
  const clockWentBack = since > now;
  const lastLookIsDone = sinceAge >= STOP_SECONDS && (failures === 0 || failures >= LAST_LOOK_TRIES);
  if (lastLookIsDone && !clockWentBack) return { kind: 'stop' };
  if (context.offline) return { kind: 'idle' };
  if (clockWentBack) return { kind: 'look', from: now, at: now };

  const planned =
    sinceAge >= HOUR_SECONDS ? HOUR_SECONDS : plannedAge(context, ageAnswered(context, sinceAge)) - sinceAge;
  const gap = Math.max(MIN_GAP_SECONDS, planned, backOff(failures, context.retryAfterSeconds));
  const join = failures > 0 ? gap : Math.max(MIN_GAP_SECONDS, gap * JOIN_AFTER);
  const after = (seconds: number) => Math.max(now, Math.ceil(since + seconds * 1000));
  return { kind: 'look', from: after(join), at: after(gap) };
}

/**
 * How long a task took, in seconds, when a look at `endedAt` found it ended: half-way between that look and the last one that
 * showed it running. `undefined` if the look came too late to tell (the machine slept, the network was away).
 * `context` is the task's before that look. Where EvoLink says how long it took, its word is better.
 */
export function tookSeconds(context: LookContext, endedAt: number): number | undefined {
  const answeredAge = ageAnswered(context, Infinity);
  const endedAge = (endedAt - context.createdAt) / 1000;
  const expectedAge =
    answeredAge < HOUR_SECONDS ? plannedAge(context, answeredAge) : answeredAge + HOUR_SECONDS;
  const known = endedAge > answeredAge && endedAge <= expectedAge * LATE + MIN_GAP_SECONDS;
  return known ? (answeredAge + endedAge) / 2 : undefined;
}

/** Least gap in seconds after `failures` looks in a row that failed. */
export function backOff(failures: number, retryAfterSeconds = 0): number {
  if (failures <= 0) return 0;
  const asked = retryAfterSeconds > 0 ? Math.min(retryAfterSeconds, HOUR_SECONDS) : 0;
  return Math.max(asked, Math.min(MAX_BACKOFF_SECONDS, MIN_GAP_SECONDS * 2 ** failures));
}

/**
 * The age in seconds at which the next look pays, an hour at most. Waiting and requests together cost least when looks
 * have the density sqrt(hazard / (2 × worth of a request)) per second (docs/schedule.md): the next look is where the
 * integral of that density since the last one reaches 1.
 */
function plannedAge(context: LookContext, answeredAge: number): number {
  const hazard = hazardOf(context, answeredAge);
  let looks = 0;
  let age = answeredAge;
  while (age < HOUR_SECONDS) {
    const step = Math.max(MIN_STEP_SECONDS, age * RELATIVE_STEP);
    const more = step * Math.sqrt(hazard(age + step / 2) / (2 * REQUEST_WORTH_SECONDS));
    if (looks + more >= 1) return age + (step * (1 - looks)) / more;
    looks += more;
    age += step;
  }
  return HOUR_SECONDS;
}

/** Age in seconds at the last look that showed the task running, 0 without one; at most `latest`. */
function ageAnswered(
  { createdAt, lookedAt, answeredAt, consecutiveFailures }: LookContext,
  latest: number,
): number {
  const time = answeredAt ?? (consecutiveFailures > 0 ? undefined : lookedAt) ?? createdAt;
  return Math.min(Math.max(0, (time - createdAt) / 1000), latest);
}

/** Probability per second that the task ends at an age, when it still ran at `answeredAge`. */
function hazardOf(context: LookContext, answeredAge: number): (ageSeconds: number) => number {
  const forecast = forecastEnd(context.estimatedSeconds, context.past);
  const lasts = (age: number) => (age > 0 ? forecast(age).lasts : 1);
  const readings = readProgress(context.progress, answeredAge, context.past).map(({ weight, from, to }) => {
    return { weight, from, to, lastsAtFrom: lasts(from), lastsAtTo: to === Infinity ? 0 : lasts(to) };
  });
  return age => {
    const { lasts, density } = forecast(age);
    let running = 0;
    let ending = 0;
    for (const { weight, from, to, lastsAtFrom, lastsAtTo } of readings) {
      if (age >= to) continue;
      running += weight * ((age > from ? lasts : lastsAtFrom) - lastsAtTo);
      if (age > from) ending += weight * density;
    }
    return running > 0 ? ending / running : 0;
  };
}
