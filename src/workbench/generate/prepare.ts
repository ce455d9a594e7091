import { estimateCost, PRICE_TABLE, type Estimate } from '../../evolink/pricing.ts';
import {
  buildRequest,
  type GenerationRequest,
  type RequestOptions,
  type RequestProblem,
  type RequestWarning,
} from '../../evolink/request.ts';
import { cleanPrompt } from '../../prompt/clean.ts';

/** Options that the price depends on. */
const PRICED = ['model', 'duration', 'quality', 'contentFilter', 'webSearch'] as const;
export type PricedOption = (typeof PRICED)[number];

/** Options that are not the user's own and make a video dearer than those would. */
export interface Dearer {
  readonly options: readonly PricedOption[];
  /** Credits with the user's own settings; undefined where these make no request. */
  readonly ownCredits: number | undefined;
}

export interface PrepareInput {
  /** As it was selected, typed or handed over. */
  readonly text: string;
  /** What the caller said. Absent, undefined and null mean the setting. */
  readonly given: RequestOptions;
  /** The settings where the video will lie, a workspace's included. */
  readonly settings: RequestOptions;
  /** The user's own settings, without any workspace. */
  readonly own: RequestOptions;
  /** Whether what the caller said is a file's word. */
  readonly isFile: boolean;
}

export interface Prepared {
  readonly request: GenerationRequest;
  readonly warnings: readonly RequestWarning[];
  /** Undefined where the price is not known. */
  readonly estimate: Estimate | undefined;
  /** The estimate with one web search counted in where there may be some. */
  readonly credits: number | undefined;
  readonly dearer?: Dearer;
  /** EvoLink will call this address, which is not the user's setting. */
  readonly otherCallback?: string;
}

/** The request that a text makes, its price, and what may surprise; or all that is wrong with it. */
export function prepare(input: PrepareInput): Prepared | { readonly problems: readonly RequestProblem[] } {
  const given = said(input.given);
  const built = buildRequest(cleanPrompt(input.text), { ...input.settings, ...given });
  if ('problems' in built) return built;
  const { request, warnings } = built;
  const estimate = estimateCost(request);
  const credits = countedCredits(estimate);
  const dearer = dearerThanOwn(input, { ...input.settings, ...given }, credits);
  const otherCallback = foreignCallback(request, input.own);
  return {
    request,
    warnings,
    estimate,
    credits,
    ...(dearer && { dearer }),
    ...(otherCallback !== undefined && { otherCallback }),
  };
}

/** Credits as limits count them: with one web search where there may be some. */
export function countedCredits(estimate: Estimate | undefined): number | undefined {
  return estimate && (estimate.from ? estimate.credits + PRICE_TABLE.webSearch : estimate.credits);
}

/** Without the fields that mean the setting. */
function said(options: RequestOptions): RequestOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined && value !== null),
  );
}

function dearerThanOwn(
  { given, own, isFile }: PrepareInput,
  used: RequestOptions,
  credits: number | undefined,
): Dearer | undefined {
  const ownOptions = isFile ? own : { ...own, ...said(given) };
  const options = PRICED.filter(name => used[name] !== ownOptions[name]);
  if (options.length === 0) return undefined;
  const built = buildRequest('.', ownOptions);
  const ownCredits = 'request' in built ? countedCredits(estimateCost(built.request)) : undefined;
  const isDearer = credits === undefined || ownCredits === undefined || credits > ownCredits;
  return isDearer ? { options, ownCredits } : undefined;
}

/** The address that EvoLink will call, where it is not the user's setting. */
export function foreignCallback(request: GenerationRequest, own: RequestOptions): string | undefined {
  // In the form in which it would be sent.
  const built = buildRequest('.', { callbackUrl: own.callbackUrl });
  const mine = 'request' in built ? built.request.callback_url : undefined;
  return request.callback_url === mine ? undefined : request.callback_url;
}
