// `npm run soak`: processes that send, follow and save are killed at random instants, for minutes, with random faults of
// EvoLink. Ends with 1 where a task was lost, paid twice, half written or saved with other bytes.
import { parseArgs } from 'node:util';
import { runCrashes } from '../support/crashHarness.ts';
import { randomFaults } from '../support/crashFaults.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    kills: { type: 'string', default: 'Infinity' },
    windows: { type: 'string', default: '3' },
    'no-faults': { type: 'boolean', default: false },
  },
});

const result = await runCrashes({
  kills: Number(values.kills),
  milliseconds: Number(values.minutes) * 60_000,
  windows: Number(values.windows),
  tasksEach: 2,
  lifetime: 4_000,
  ...(values['no-faults'] ? {} : { faults: randomFaults }),
});
console.log(JSON.stringify(result, undefined, 2));
process.exitCode = result.broken.length > 0 ? 1 : 0;
