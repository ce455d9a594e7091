import { nextLook, tookSeconds, type LookContext, type PastTask } from '../../src/tasks/schedule.ts';
import { seeProgress } from '../../src/tasks/scheduleProgress.ts';
import { ESTIMATES, seededRandom, type DurationKind, type ProgressKind } from './scheduleKinds.ts';
import type { Cost } from './scheduleOptimum.ts';

export interface SimulatedTask {
  readonly estimate: number;
  readonly duration: number;
}

/** Seconds from one look (or the start) to the next, by the age at that look. */
export type Policy = (ageSeconds: number, random: () => number) => number;

export function drawTasks(kind: DurationKind, count: number): SimulatedTask[] {
  const random = seededRandom(1);
  return Array.from({ length: count }, () => {
    const estimate = ESTIMATES[Math.floor(random() * ESTIMATES.length)]!;
    return { estimate, duration: estimate * kind.draw(random) };
  });
}

function costOf(
  tasks: readonly SimulatedTask[],
  watch: (task: SimulatedTask) => { wait: number; looks: number },
): Cost {
  const sum = { wait: 0, looks: 0, duration: 0 };
  for (const task of tasks) {
    const { wait, looks } = watch(task);
    sum.wait += wait / tasks.length;
    sum.looks += looks / tasks.length;
    sum.duration += task.duration / tasks.length;
  }
  return sum;
}

export function costOfPolicy(tasks: readonly SimulatedTask[], policy: Policy): Cost {
  const random = seededRandom(2);
  return costOf(tasks, ({ duration }) => {
    let age = 0;
    let looks = 0;
    while (age < duration) {
      age += policy(age, random);
      looks += 1;
    }
    return { wait: age - duration, looks };
  });
}

/** Our schedule, one task after another; what it noticed of the last `remembered` ends teaches it for the next. */
export function costOfOurs(tasks: readonly SimulatedTask[], progressOf: ProgressKind, remembered = 40): Cost {
  const past: PastTask[] = [];
  return costOf(tasks, task => {
    const watched = watchOne(task, progressOf, past);
    past.push(watched.past);
    if (past.length > remembered) past.shift();
    return watched;
  });
}

function watchOne(
  { estimate, duration }: SimulatedTask,
  progressOf: ProgressKind,
  past: readonly PastTask[],
) {
  let context: LookContext = {
    now: 0,
    createdAt: 0,
    estimatedSeconds: estimate,
    consecutiveFailures: 0,
    past: [...past],
    offline: false,
  };
  for (let looks = 1; ; looks++) {
    const next = nextLook(context);
    if (next.kind !== 'look') throw new Error(`not followed to its end: ${duration} s`);
    const age = next.at / 1000;
    if (age >= duration) {
      const seconds = tookSeconds(context, next.at);
      if (seconds === undefined) throw new Error('every look here is on time');
      return {
        wait: age - duration,
        looks,
        past: { seconds, estimatedSeconds: estimate, progress: context.progress },
      };
    }
    context = afterLook(context, next.at, progressOf(age, duration, estimate));
  }
}

function afterLook(context: LookContext, time: number, value: number): LookContext {
  const progress = seeProgress(context.progress, value, time / 1000, (context.lookedAt ?? 0) / 1000);
  return { ...context, now: time, lookedAt: time, progress };
}

/** The longest a task can keep us busy: looks in its first hour when it never ends, after `past`. */
export function looksInFirstHour(past: readonly PastTask[]): number {
  let context: LookContext = {
    now: 0,
    createdAt: 0,
    estimatedSeconds: 120,
    consecutiveFailures: 0,
    past,
    offline: false,
  };
  for (let looks = 0; ; looks++) {
    const next = nextLook(context);
    if (next.kind !== 'look' || next.at > 3_600_000) return looks;
    context = afterLook(context, next.at, 0);
  }
}
