import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  HOUR_SECONDS,
  LAST_LOOK_TRIES,
  MIN_GAP_SECONDS,
  STOP_SECONDS,
  nextLook,
  tookSeconds,
  type LookContext,
} from '../../../src/tasks/schedule.ts';

const CREATED = Date.UTC(2026, 0, 1);
const at = (seconds: number) => CREATED + seconds * 1000;

const seconds = fc.double({ min: 0, max: 8 * 24 * HOUR_SECONDS, noNaN: true });
const progress = fc.record({
  value: fc.integer({ min: 1, max: 99 }),
  bySeconds: fc.double({ min: 0, max: 4000, noNaN: true }),
  afterSeconds: fc.double({ min: 0, max: 4000, noNaN: true }),
});
const pastTask = fc.record(
  {
    seconds: fc.double({ min: 0, max: 1e5, noNaN: true }),
    estimatedSeconds: fc.integer({ min: 0, max: 10_000 }),
    progress,
  },
  { requiredKeys: ['seconds'] },
);
/** Any context, with clocks that may disagree by days either way. */
const anyContext: fc.Arbitrary<LookContext> = fc.record(
  {
    now: seconds.map(at),
    createdAt: seconds.map(at),
    estimatedSeconds: fc.integer({ min: 0, max: 1_000_000 }),
    lookedAt: seconds.map(at),
    answeredAt: seconds.map(at),
    consecutiveFailures: fc.nat(2000),
    retryAfterSeconds: fc.double({ min: -10, max: 1e7, noNaN: true }),
    progress,
    past: fc.array(pastTask, { maxLength: 50 }),
    offline: fc.boolean(),
  },
  { requiredKeys: ['now', 'createdAt', 'consecutiveFailures', 'past', 'offline'] },
);
/** A context of a clock that only went forward, online, in its first week. */
const saneContext = fc
  .tuple(anyContext, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([context, looked, answered]) => online(context, looked, answered))
  .filter(context => ageOf(context, context.lookedAt ?? 0) < STOP_SECONDS);

/** Makes times agree: `looked` is a part of the way from creation to now, `answered` of the way to the last look. */
function online(context: LookContext, looked: number, answered: number): LookContext {
  const now = Math.max(context.now, context.createdAt);
  const lookedAt = context.createdAt + looked * Math.min(now - context.createdAt, STOP_SECONDS * 1000);
  const answeredAt = context.createdAt + answered * (lookedAt - context.createdAt);
  return { ...context, now, lookedAt, answeredAt, offline: false };
}

function ageOf(context: LookContext, time: number): number {
  return (time - context.createdAt) / 1000;
}

function lookAt(context: LookContext): number {
  const next = nextLook(context);
  assert.equal(next.kind, 'look');
  return next.kind === 'look' ? next.at : NaN;
}

function context(fields: Partial<LookContext> = {}): LookContext {
  return { now: CREATED, createdAt: CREATED, consecutiveFailures: 0, past: [], offline: false, ...fields };
}

function afterLook(context: LookContext, time: number): LookContext {
  return { ...context, now: time, lookedAt: time };
}

/** Ages in seconds of all looks at a task that never ends, each answered at once, up to `until`. */
function looksUntil(until: number, fields: Partial<LookContext> = {}): number[] {
  const ages: number[] = [];
  let last = context({ estimatedSeconds: 120, ...fields });
  for (;;) {
    const time = lookAt(last);
    const age = ageOf(last, time);
    if (age > until) return ages;
    ages.push(age);
    last = afterLook(last, time);
  }
}

describe('nextLook', () => {
  it('never answers with the past, NaN or an instant before the request may be shared', () => {
    fc.assert(
      fc.property(anyContext, context => {
        const next = nextLook(context);
        if (next.kind !== 'look') return;
        assert.ok(next.at >= context.now && next.from >= context.now && next.from <= next.at);
        assert.ok(Number.isFinite(next.at));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps looks at one task apart by the floor, shared or not', () => {
    fc.assert(
      fc.property(saneContext, context => {
        const next = nextLook(context);
        assert.equal(next.kind, 'look');
        if (next.kind === 'look') assert.ok(next.from >= (context.lookedAt ?? 0) + MIN_GAP_SECONDS * 1000);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the floor where an end is due for certain', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), seconds => {
        const past = Array.from({ length: 40 }, () => ({ seconds, estimatedSeconds: seconds }));
        const looks = looksUntil(60, { estimatedSeconds: seconds, past });
        for (const [i, age] of looks.entries())
          assert.ok(Math.round(at(age) - at(looks[i - 1] ?? 0)) >= MIN_GAP_SECONDS * 1000);
        for (const age of looks) {
          const next = nextLook(
            context({ estimatedSeconds: seconds, past, lookedAt: at(age), now: at(age) }),
          );
          assert.ok(next.kind === 'look' && next.from >= Math.floor(at(age + MIN_GAP_SECONDS)));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('backs off further with each failure and never before Retry-After', () => {
    fc.assert(
      fc.property(saneContext, context => {
        const failures = Math.min(context.consecutiveFailures, 1000);
        const now = context.lookedAt ?? context.now;
        const times = [failures, failures + 1, failures + 2].map(consecutiveFailures =>
          lookAt({ ...context, now, consecutiveFailures }),
        );
        assert.deepEqual(
          times,
          times.toSorted((a, b) => a - b),
        );
        const asked = Math.min(context.retryAfterSeconds ?? 0, HOUR_SECONDS);
        assert.ok((times[1] ?? 0) >= now + asked * 1000);
      }),
      { numRuns: 300 },
    );
  });

  it('doubles the gap after failures up to five minutes when a look is overdue', () => {
    const lookedAt = at(300);
    const gaps = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(
      consecutiveFailures =>
        (lookAt(
          context({
            now: lookedAt,
            lookedAt,
            answeredAt: at(110),
            estimatedSeconds: 120,
            consecutiveFailures,
          }),
        ) -
          lookedAt) /
        1000,
    );
    assert.deepEqual(gaps, [4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  it('forgets Retry-After once a look was answered', () => {
    const lookedAt = at(100);
    const answered = context({ now: lookedAt, lookedAt, estimatedSeconds: 120 });
    assert.equal(lookAt({ ...answered, retryAfterSeconds: 600 }), lookAt(answered));
  });

  it('looks hourly from the second hour, failures or not', () => {
    fc.assert(
      fc.property(saneContext, context => {
        const lookedAt = context.lookedAt ?? 0;
        const next = lookAt({ ...context, now: lookedAt });
        if (ageOf(context, lookedAt) >= HOUR_SECONDS) {
          assert.ok(Math.abs(next - lookedAt - HOUR_SECONDS * 1000) <= 1);
        } else if (context.consecutiveFailures === 0) {
          assert.ok(ageOf(context, next) <= HOUR_SECONDS + MIN_GAP_SECONDS + 0.001);
        }
      }),
      { numRuns: 300 },
    );
    const ages = looksUntil(5 * HOUR_SECONDS).map(age => Math.round(age / 60));
    assert.deepEqual(ages.slice(-5), [60, 120, 180, 240, 300]);
  });

  it('stops after seven days, but not before a last look', () => {
    const overWeek = STOP_SECONDS + 60;
    assert.deepEqual(nextLook(context({ now: at(overWeek), lookedAt: at(overWeek) })), { kind: 'stop' });
    assert.deepEqual(nextLook(context({ now: at(overWeek), lookedAt: at(overWeek), offline: true })), {
      kind: 'stop',
    });
    // The machine was off for eight days: the clip may still be there.
    assert.equal(
      lookAt(context({ now: at(8 * 24 * HOUR_SECONDS), lookedAt: at(100) })),
      at(8 * 24 * HOUR_SECONDS),
    );
    const failed = context({ now: at(overWeek), lookedAt: at(overWeek), answeredAt: at(100) });
    assert.equal(lookAt({ ...failed, consecutiveFailures: 1 }), at(overWeek + HOUR_SECONDS));
    assert.deepEqual(nextLook({ ...failed, consecutiveFailures: LAST_LOOK_TRIES }), { kind: 'stop' });
  });

  it('makes few requests of a task that never ends', () => {
    const first = looksUntil(HOUR_SECONDS).length;
    assert.ok(first < 300, `${first} in the first hour; every 8 s makes 450`);
    const later = looksUntil(STOP_SECONDS - 1).length - first;
    assert.ok(later <= 7 * 24, `${later} in the rest of the week`);
  });

  it('is idle while offline', () => {
    fc.assert(
      fc.property(saneContext, context => {
        assert.deepEqual(nextLook({ ...context, offline: true }), { kind: 'idle' });
      }),
    );
  });

  it('looks once, and no burst follows, when the clock jumps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(200), fc.integer({ min: -5 * HOUR_SECONDS, max: 5 * HOUR_SECONDS })), {
          minLength: 1,
          maxLength: 5,
        }),
        jumps => {
          let state = context({ estimatedSeconds: 120 });
          let gaps: number[] = [];
          for (const [lived, jump] of jumps) {
            const until = state.now + lived * 1000;
            gaps = [];
            for (;;) {
              const time = lookAt(state);
              if (time > until) break;
              gaps.push(time - (state.lookedAt ?? -Infinity));
              state = afterLook(state, time);
            }
            // The first look after a jump comes when it must; each of the others keeps the floor.
            for (const gap of gaps.slice(1)) assert.ok(gap >= MIN_GAP_SECONDS * 1000);
            state = context({ ...state, now: until + jump * 1000 });
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('looks at once when the last look lies in the future, since nobody knows how long ago it was', () => {
    const now = at(-HOUR_SECONDS);
    assert.equal(lookAt(context({ now, lookedAt: at(50) })), now);
    assert.equal(lookAt(context({ now })), now);
    assert.equal(lookAt(context({ now, lookedAt: at(STOP_SECONDS + 1) })), now);
  });

  it('looks at once after sleep', () => {
    assert.equal(lookAt(context({ now: at(3000), lookedAt: at(60), estimatedSeconds: 120 })), at(3000));
  });

  it('asks rarely early and often near the expected end', () => {
    const ages = looksUntil(180);
    const between = (from: number, to: number) => ages.filter(age => age >= from && age < to).length;
    assert.ok(between(0, 60) <= 2, ages.join(' '));
    assert.ok(between(100, 140) >= 5, ages.join(' '));
  });

  it('learns from past tasks that all take twice their estimate', () => {
    const past = Array.from({ length: 20 }, (_, i) => ({ seconds: 200 + i, estimatedSeconds: 105 }));
    const ages = looksUntil(300, { past });
    assert.ok(ages.filter(age => age < 190).length <= 4, ages.join(' '));
    assert.ok(ages.filter(age => age >= 210 && age < 270).length >= 8, ages.join(' '));
  });

  it('follows progress once past tasks showed that it is linear, and not when they showed that it means nothing', () => {
    const linear = Array.from({ length: 10 }, (_, i) => {
      const seconds = 100 + 25 * i;
      const progress = { value: 75, bySeconds: 0.7525 * seconds, afterSeconds: 0.7 * seconds };
      return { seconds, estimatedSeconds: 120, progress };
    });
    const stuck = Array.from({ length: 10 }, (_, i) => {
      return {
        seconds: 110 + i,
        estimatedSeconds: 120,
        progress: { value: 99, bySeconds: 40, afterSeconds: 30 },
      };
    });
    // 20 % after 60 s: linear progress ends at 300 s.
    const lookedAt = at(60);
    const seen = {
      now: lookedAt,
      lookedAt,
      estimatedSeconds: 120,
      progress: { value: 20, bySeconds: 60, afterSeconds: 0 },
    };
    const trusted = lookAt(context({ ...seen, past: linear }));
    const mistrusted = lookAt(context({ ...seen, past: stuck }));
    assert.ok(trusted > at(140), String(trusted - CREATED));
    assert.ok(mistrusted < at(120), String(mistrusted - CREATED));
  });
});

describe('tookSeconds', () => {
  const running = context({ lookedAt: at(110), now: at(110), estimatedSeconds: 120 });

  it('lies half-way between the last look that showed the task running and the one that showed its end', () => {
    assert.equal(tookSeconds(running, at(114)), 112);
    assert.equal(tookSeconds({ ...running, consecutiveFailures: 2, answeredAt: at(108) }, at(114)), 111);
  });

  it('learns of tasks that end before their first look', () => {
    const first = context({ estimatedSeconds: 120 });
    const noticed = lookAt(first);
    assert.equal(tookSeconds(first, noticed), (noticed - CREATED) / 2000);
  });

  it('does not take sleep for a long task, or learn from a clock that went back', () => {
    assert.equal(tookSeconds(running, at(8 * HOUR_SECONDS)), undefined);
    assert.equal(tookSeconds(running, at(-50)), undefined);
  });
});
