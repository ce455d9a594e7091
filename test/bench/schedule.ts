/**
 * What waiting and requests together cost: our schedule beside the fixed ones that EvoLink's clients use, and beside the
 * best possible. Run with `node test/bench/schedule.ts`; the table is in docs/schedule.md.
 */
import { DURATION_KINDS, ESTIMATES, PROGRESS_KINDS, type DurationKind } from './scheduleKinds.ts';
import { bestSchedule, limitOfManyLooks, product, type Cost } from './scheduleOptimum.ts';
import { costOfOurs, costOfPolicy, drawTasks, looksInFirstHour, type Policy } from './scheduleSimulation.ts';

const TASKS = 1000;
/** As in the schedule: what one request is worth, in seconds. */
const WORTH = 0.25;
/** Numbers of past tasks to learn from. */
const REMEMBERED = [0, 1, 2, 5, 10, 20, 40];

const POLICIES: Readonly<Record<string, Policy>> = {
  'every 3 s (sample in the API reference)': () => 3,
  "every 8 s (EvoLink's MCP server)": () => 8,
  'every 10 s (others)': () => 10,
  "5 s for 30 s, then 10 s (EvoLink's script)": age => (age < 30 ? 5 : 10),
  'first 15 s, then 10 to 15 s (an older client)': (age, random) => (age === 0 ? 15 : 10 + 5 * random()),
};

/** The mean over the estimates, since each is as frequent. */
function bestCost(kind: DurationKind): Cost {
  const costs = ESTIMATES.map(estimate => bestSchedule(kind, estimate, WORTH));
  const mean = (key: keyof Cost) => costs.reduce((sum, cost) => sum + cost[key], 0) / costs.length;
  return { wait: mean('wait'), looks: mean('looks'), duration: mean('duration') };
}

function row(name: string, cost: Cost, best: Cost): string {
  const figures = [product(cost), product(cost) / product(best)].map(figure => figure.toFixed(2));
  return `| ${name} | ${figures.join(' | ')} | ${cost.wait.toFixed(1)} s | ${cost.looks.toFixed(1)} |`;
}

for (const [name, kind] of Object.entries(DURATION_KINDS)) {
  const tasks = drawTasks(kind, TASKS);
  const best = bestCost(kind);
  console.log(`\n**Durations ${name}** (limit of many looks: ${limitOfManyLooks(kind).toFixed(2)})\n`);
  console.log(
    '| schedule | wait × requests (any fixed interval = 1) | ÷ best possible, silent | mean wait | mean requests |',
  );
  console.log('|---|---:|---:|---:|---:|');
  for (const [policyName, policy] of Object.entries(POLICIES))
    console.log(row(policyName, costOfPolicy(tasks, policy), best));
  console.log(row('best possible with silent progress', best, best));
  for (const [progressName, progressOf] of Object.entries(PROGRESS_KINDS)) {
    console.log(row(`**ours**, progress ${progressName}`, costOfOurs(tasks, progressOf), best));
  }
}

console.log('\n**How soon it learns** (silent progress; wait × requests ÷ best possible)\n');
console.log(`| past tasks known | ${REMEMBERED.join(' | ')} |`);
console.log(`|---|${REMEMBERED.map(() => '---:|').join('')}`);
for (const [name, kind] of Object.entries(DURATION_KINDS)) {
  const tasks = drawTasks(kind, TASKS);
  const best = product(bestCost(kind));
  const costs = REMEMBERED.map(remembered => costOfOurs(tasks, () => 0, remembered));
  console.log(`| ${name} | ${costs.map(cost => (product(cost) / best).toFixed(2)).join(' | ')} |`);
}

const steady = Array.from({ length: 40 }, () => ({ seconds: 120, estimatedSeconds: 120 }));
console.log(
  `\nA task that never ends: ${looksInFirstHour([])} requests in its first hour, ${looksInFirstHour(steady)} after a steady past (every 8 s: 450).`,
);
