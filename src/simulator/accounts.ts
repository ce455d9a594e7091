import { createHash, randomBytes } from 'node:crypto';

/** An EvoLink account with one key. Credits may go below zero, as EvoLink's may. */
export interface Account {
  /** Part of the result links' path. */
  readonly id: string;
  remaining: number;
  used: number;
}

export function newAccount(credits: number): Account {
  return { id: randomBytes(9).toString('hex'), remaining: credits, used: 0 };
}

/** Keys are kept as their hashes, so that no log or inspection of the simulator shows one. */
export class Accounts {
  readonly #byKey = new Map<string, Account>();

  add(key: string, account: Account): void {
    this.#byKey.set(hash(key), account);
  }

  /** The account of an `Authorization` header; undefined for a missing, malformed or unknown key. */
  of(authorization: string | undefined): Account | undefined {
    const key = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    return key === undefined ? undefined : this.#byKey.get(hash(key));
  }
}

/** The body of `GET /v1/credits`. The key has no limit of its own, so its remaining credits mean nothing (EvoLink shows about 99,999). */
export function creditsBody(account: Account): unknown {
  const used = roundCredits(account.used);
  return {
    success: true,
    message: '',
    data: {
      user: { remaining_credits: roundCredits(account.remaining), used_credits: used },
      token: { remaining_credits: roundCredits(100_000 - used), used_credits: used, unlimited_credits: true },
    },
  };
}

/** Half up, four decimals: every sum of credits is brought to it, so that three times 41.0065 can be spent of 123.0195. */
export function roundCredits(credits: number): number {
  return Math.floor(credits * 10_000 + 0.5) / 10_000;
}

function hash(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
