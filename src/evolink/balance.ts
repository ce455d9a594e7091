import * as v from 'valibot';
import { defined } from './defined.ts';
import { saysError } from './errorAnswers.ts';
import { amount, flag, lenient } from './schema.ts';

const CreditsBody = v.object({
  data: v.object({
    user: lenient(v.object({ remaining_credits: amount, used_credits: amount })),
    token: lenient(v.object({ remaining_credits: amount, used_credits: amount, unlimited_credits: flag })),
  }),
});

/** The account's balance and the key's limit, in credits; what EvoLink did not name is absent, never zero. */
export interface Credits {
  /** Of the account; may be negative. */
  readonly balance?: number;
  readonly used?: number;
  /** What this key may still spend; absent when it has no limit of its own. */
  readonly keyRemaining?: number;
  readonly keyUsed?: number;
}

/** Reads the answer of `GET /v1/credits`; undefined when it names neither a balance nor a limit. */
export function readCredits(json: unknown): Credits | undefined {
  const parsed = v.safeParse(CreditsBody, json);
  if (!parsed.success || saysError(json)) return undefined;
  const { user, token } = parsed.output.data;
  const keyRemaining = token?.unlimited_credits === true ? undefined : token?.remaining_credits;
  if (user?.remaining_credits === undefined && token?.remaining_credits === undefined) return undefined;
  return defined({
    balance: user?.remaining_credits,
    used: user?.used_credits,
    keyRemaining,
    keyUsed: token?.used_credits,
  });
}
