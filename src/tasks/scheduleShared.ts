/** A task's next look, as `nextLook` gave it. */
export interface PlannedLook {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly at: number;
}

/** EvoLink's batch query takes at most so many ids (its own client). */
export const MAX_BATCH = 50;

/**
 * Which tasks of one origin to ask for in one request now, the longest overdue first. Nobody is asked for while nobody is due; once
 * one is, those whose `from` has come are taken along. `limit` is 1 where the API has no batch query.
 */
export function lookTogether(looks: readonly PlannedLook[], now: number, limit = MAX_BATCH): string[] {
  if (!looks.some(look => look.at <= now)) return [];
  const ready = looks.filter(look => look.from <= now).toSorted((a, b) => a.at - b.at);
  return [...new Set(ready.map(look => look.id))].slice(0, limit);
}
