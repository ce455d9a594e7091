import { setTimeout as sleep } from 'node:timers/promises';
import type { FollowerRig } from './followerRig.ts';

/** Milliseconds that the clock goes on at a time: less than a follower takes for sleep. */
const STEP = 20_000;
/** Real milliseconds for what is due at each step. */
const REAL_STEP = 12;

/** Lets so many milliseconds pass on the rig's clock, and everything that works on its tasks see the time at each step. */
export async function passTime(rig: FollowerRig, milliseconds: number): Promise<void> {
  // A change of any task wakes the followers.
  const { id } = await rig.add({ owner: 'nobody' });
  for (let passed = 0; passed < milliseconds; passed += STEP) {
    rig.clockAhead += STEP;
    await rig.ledger.apply(id, { type: 'delayed', error: { kind: 'clock', message: String(passed) } });
    await sleep(REAL_STEP);
  }
  await rig.ledger.remove(id);
}
