import * as v from 'valibot';
import { defined } from './defined.ts';
import type { Charged } from './errors.ts';
import { lenient, positive, text } from './schema.ts';
import type { RemoteState } from './status.ts';

/** The members of a task that tell what it costs. */
export const BillBody = v.object({
  usage: lenient(
    v.object({
      credits_reserved: positive,
      credits_used: positive,
      cost: lenient(v.object({ credits: positive })),
    }),
  ),
  billing: lenient(
    v.object({
      charge_status: text,
      refund_status: text,
      reserved_credits: positive,
      charged_credits: positive,
      refunded_credits: positive,
    }),
  ),
});
type Bill = v.InferOutput<typeof BillBody>;

/** Credits; a part that EvoLink did not name is absent, never zero. */
export interface TaskCredits {
  readonly reserved?: number;
  /** What was taken and not given back. */
  readonly charged?: number;
}

/**
 * EvoLink's word on the charge first (`billing`), then its figures, then its rule: a completed task is charged, a failed
 * one gets its reserved credits back. For a cancelled one there is no rule. A word that nobody knows settles nothing.
 */
export function chargeOf(state: RemoteState, body: Bill): Charged {
  const word = body.billing?.charge_status?.toLowerCase() ?? '';
  const kept = keptCredits(body);
  if (refundStatus(body) === 'completed') {
    return body.billing?.refunded_credits !== undefined && kept !== undefined && kept > 0 ? 'yes' : 'no';
  }
  if (word !== '') {
    const said = Object.hasOwn(CHARGE_STATUSES, word) ? CHARGE_STATUSES[word] : undefined;
    return said === 'no' && refundIsOpen(body) ? 'unknown' : (said ?? 'unknown');
  }
  if (refundIsOpen(body)) return kept !== undefined && kept > 0 ? 'yes' : 'unknown';
  if (state === 'completed') {
    if (kept === undefined || kept > 0) return 'yes';
    return takenCredits(body) === 0 ? 'unknown' : 'no';
  }
  if (state === 'failed') return kept !== undefined && kept > 0 ? 'yes' : 'no';
  return 'unknown';
}

const CHARGE_STATUSES: Readonly<Record<string, Charged>> = {
  charged: 'yes',
  released: 'no',
  reserved: 'unknown',
  unknown: 'unknown',
};

function refundStatus(body: Bill): string | undefined {
  return body.billing?.refund_status?.toLowerCase();
}

/** A refund that is pending or has failed gave nothing back. */
function refundIsOpen(body: Bill): boolean {
  return ['pending', 'failed'].includes(refundStatus(body) ?? '');
}

/** The first figure above zero; zero where that is all that was said. */
function takenCredits({ billing, usage }: Bill): number | undefined {
  const figures = [billing?.charged_credits, usage?.credits_used, usage?.cost?.credits];
  return figures.find(figure => figure !== undefined && figure > 0) ?? figures.find(figure => figure === 0);
}

function reservedCredits({ billing, usage }: Bill): number | undefined {
  return [usage?.credits_reserved, billing?.reserved_credits].find(
    figure => figure !== undefined && figure > 0,
  );
}

/** What was taken and not given back. */
function keptCredits(body: Bill): number | undefined {
  const taken = takenCredits(body);
  if (taken === undefined) return undefined;
  const refunded = refundIsOpen(body) ? 0 : (body.billing?.refunded_credits ?? 0);
  // Where both make up the reservation, what came back is its unused part and not a part of the charge.
  if (round(taken + refunded) === reservedCredits(body)) return taken;
  return Math.max(0, round(taken - refunded));
}

function round(credits: number): number {
  return Math.round(credits * 10_000) / 10_000;
}

/** The figures that are known. Zero, reserved or charged, says only that it is not counted yet. */
export function creditsOf(charged: Charged, body: Bill): TaskCredits {
  const kept = keptCredits(body);
  return defined({
    reserved: reservedCredits(body),
    charged: charged === 'yes' && kept !== 0 ? kept : undefined,
  });
}
