// `npm run bench`: prints all figures, one part after the other; `npm run bench -- schedule sound` only some.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const PARTS = ['schedule', 'ledger', 'videos', 'sound', 'player'] as const;

const wanted = process.argv.slice(2);
const unknown = wanted.find(name => !PARTS.some(part => part === name));
if (unknown !== undefined) throw new Error(`There is no part "${unknown}": take ${PARTS.join(', ')}.`);

for (const part of PARTS.filter(name => wanted.length === 0 || wanted.includes(name))) {
  console.log(`\n=== ${part}`);
  const { status } = spawnSync(process.execPath, [path.join(import.meta.dirname, `${part}.ts`)], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
