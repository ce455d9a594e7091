import type { Quality, Tier } from './models.ts';
import { findModel } from './models.ts';
import type { GenerationRequest } from './request.ts';

/**
 * EvoLink's public default prices. They change, and an account group may have others: an estimate is never a promise,
 * and EvoLink's own `credits_reserved` and final charge replace it as they come.
 */
export const PRICE_TABLE = {
  /** The day on which the table was read (ISO date). */
  date: '2026-10-10',
  creditsPerUsd: 68,
  /** Credits for a second of video at 720p. */
  creditsPerSecond: { standard: 13.5, fast: 8.2013, mini: 2.7 } satisfies Record<Tier, number>,
  qualityFactor: { '480p': 0.465, '720p': 1, '1080p': 2.5, '4k': 5.1 } satisfies Record<Quality, number>,
  /** Credits that a task costs at least. */
  minimum: { standard: 25.002, fast: 15.1893, mini: 5.0004 } satisfies Record<Tier, number>,
  /** Factor of `content_filter: false` (reference, field `content_filter`). */
  contentFilterOff: 1.1,
  /** Credits for each web search that is really made; a task may make several. */
  webSearch: 0.04,
} as const;

export interface Estimate {
  readonly credits: number;
  readonly usd: number;
  /** True where the final charge may be higher by parts that can't be known before (web searches). */
  readonly from: boolean;
  /** Date of the price table (ISO date). */
  readonly priceDate: string;
}

/** What a request will cost by the price table; undefined for a model without a price, never zero. */
export function estimateCost(request: GenerationRequest): Estimate | undefined {
  const model = findModel(request.model);
  if (!model?.offered) return undefined;
  const perSecond = PRICE_TABLE.creditsPerSecond[model.tier] * PRICE_TABLE.qualityFactor[request.quality];
  const filterFactor = request.content_filter ? 1 : PRICE_TABLE.contentFilterOff;
  const credits = Math.max(perSecond * request.duration, PRICE_TABLE.minimum[model.tier]) * filterFactor;
  return {
    credits: roundHalfUp(credits, 4),
    usd: creditsToUsd(credits),
    from: request.model_params?.web_search === true,
    priceDate: PRICE_TABLE.date,
  };
}

/** US dollars at EvoLink's public rate. */
export function creditsToUsd(credits: number): number {
  return roundHalfUp(credits / PRICE_TABLE.creditsPerUsd, 4);
}

export interface Cost {
  readonly credits: number;
  readonly usd: number;
  /** Where the figure comes from: the final charge, EvoLink's reservation, or the price table. */
  readonly source: 'charged' | 'reserved' | 'estimated';
}

/** The most certain figure that is known of a task's cost; undefined when there is none, never zero in its place. */
export function knownCost(credits: {
  readonly estimated?: number;
  readonly reserved?: number;
  readonly charged?: number;
}): Cost | undefined {
  for (const source of ['charged', 'reserved', 'estimated'] as const) {
    const amount = credits[source];
    if (amount !== undefined) return { credits: amount, usd: creditsToUsd(amount), source };
  }
  return undefined;
}

function roundHalfUp(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.floor(value * factor + 0.5) / factor;
}
