import type { Ledger } from './ledger.ts';

const UNDER_WAY = ['submitting', 'queued', 'generating'] as const;
/** Tasks that another account has, or had: they take no room from this one's. */
const NOT_SEEN: ReadonlySet<string> = new Set(['key', 'forbidden', 'notFound']);

/**
 * How many tasks take room at the EvoLink that this one goes to.
 * @param enough from which number on it must be exact: below, tasks of other origins may be counted in
 */
export function underWay(ledger: Ledger, id: string, enough: number): number {
  const all = ledger.count(UNDER_WAY);
  if (all < enough) return all;
  const origin = ledger.get(id)?.origin;
  return ledger
    .inStates(UNDER_WAY)
    .filter(task => task.origin === origin && !NOT_SEEN.has(task.error?.kind ?? '')).length;
}
