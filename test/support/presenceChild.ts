// Windows that come and go in a process of its own, each of which looks after what others left. Says `dead` where a window that
// lives was taken for dead.
import { randomUUID } from 'node:crypto';
import { WindowPresence } from '../../src/tasks/windows.ts';

const [folder = '', rounds = '0'] = process.argv.slice(2);
const witness = new WindowPresence(folder, `witness-${process.pid}`);

for (let round = 0; round < Number(rounds); round++) {
  const presence = new WindowPresence(folder, randomUUID());
  await witness.sweep();
  if (!witness.isAlive(presence.id) || !presence.isAlive(witness.id)) console.log('dead');
  presence.dispose();
}
console.log('done');
// Killed, as far as the others can tell: what it holds stays behind.
process.kill(process.pid, 'SIGKILL');
