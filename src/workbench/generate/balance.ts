import { EvoLinkError } from '../../evolink/errors.ts';
import type { Session } from '../session.ts';
import type { SendingKey } from './gesture.ts';
import type { Balance } from './question.ts';

/** Milliseconds after which the balance is called unknown: the question is open already. */
const LIMIT = 10_000;

/** Asks EvoLink for the balance, which is free and tries the key. Never rejects; a key that was typed just now and is refused is forgotten. */
export async function balanceOf(session: Session, key: SendingKey): Promise<Balance> {
  try {
    const client = await session.clientFor(key.origin);
    const credits = await client?.credits({ signal: AbortSignal.timeout(LIMIT) });
    return credits?.balance === undefined ? { kind: 'unknown' } : { kind: 'known', credits: credits.balance };
  } catch (error) {
    if (!(error instanceof EvoLinkError) || error.kind !== 'key') return { kind: 'unknown' };
    await key.refused();
    return { kind: 'keyRefused' };
  }
}
