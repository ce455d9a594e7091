import { hostKind } from '../net/addresses.ts';
import { defined } from './defined.ts';
import type { AspectRatio, Model, Quality } from './models.ts';
import { DEFAULT_MODEL, findModel, OFFERED_MODELS, STANDARD_TEXT_MODEL } from './models.ts';
import { PRICE_TABLE } from './pricing.ts';
import type { PromptAdvice } from './promptAdvice.ts';
import { promptAdvice } from './promptAdvice.ts';

/** The body of `POST /v1/videos/generations` (reference, schema `VideoGenerationRequest`). It exists only when valid. */
export interface GenerationRequest {
  readonly model: string;
  readonly prompt: string;
  /** Whole seconds. */
  readonly duration: number;
  readonly quality: Quality;
  /** Always sent: EvoLink's pages disagree about the default. */
  readonly aspect_ratio: AspectRatio;
  readonly generate_audio: boolean;
  readonly content_filter: boolean;
  readonly model_params?: { readonly web_search: boolean };
  readonly callback_url?: string;
}

/** Values of unknown origin: settings, arguments of other extensions. Absent, undefined and null mean the default. */
export interface RequestOptions {
  readonly model?: unknown;
  /** Whole seconds. */
  readonly duration?: unknown;
  readonly quality?: unknown;
  readonly aspectRatio?: unknown;
  readonly generateAudio?: unknown;
  readonly contentFilter?: unknown;
  readonly webSearch?: unknown;
  readonly callbackUrl?: unknown;
  /** Text models take no media; named here so that they are refused and not passed over. */
  readonly imageUrls?: unknown;
  readonly videoUrls?: unknown;
  readonly audioUrls?: unknown;
}

export type RequestField = 'prompt' | keyof RequestOptions;

/** Why a value can't be sent. The sentence that a person reads is made in the workbench. */
export interface RequestProblem {
  readonly field: RequestField;
  /**
   * `type`: not of the expected type. `notAllowed`: not one of `allowed`. `range`: not a whole number from `min` to `max`.
   * `notOffered`: EvoLink has the model, this extension can't send for it yet. `conflict`: not together with `other`.
   * The rest is about the callback's address; `private`: a host that is not on the public Internet.
   */
  readonly kind:
    | 'empty'
    | 'type'
    | 'notAllowed'
    | 'range'
    | 'notOffered'
    | 'conflict'
    | 'notSupported'
    | 'notAUrl'
    | 'notHttps'
    | 'private'
    | 'tooLong';
  /** For `type`. */
  readonly expected?: 'text' | 'wholeNumber' | 'boolean';
  readonly allowed?: readonly (string | number | boolean)[];
  readonly min?: number;
  readonly max?: number;
  /** The allowed value that was probably meant. */
  readonly suggestion?: string;
  /** The model whose rule it is, or the one that is not offered. */
  readonly model?: string;
  readonly other?: RequestField;
}

/** What may surprise in a request that can be sent. */
export type RequestWarning =
  | PromptAdvice
  | { readonly kind: 'contentFilterOff'; readonly priceFactor: number }
  /** Each search that is really made is charged, and there may be several. */
  | { readonly kind: 'webSearchCharged'; readonly creditsEach: number };

export interface ValidRequest {
  readonly request: GenerationRequest;
  readonly warnings: readonly RequestWarning[];
}
export type BuiltRequest = ValidRequest | { readonly problems: readonly RequestProblem[] };

/** Characters (reference, field `callback_url`). */
export const MAX_CALLBACK_URL = 2048;

/** What is sent where nothing was chosen (reference, `default` of each field; the web search is off by being absent). */
export const REQUEST_DEFAULTS = {
  model: DEFAULT_MODEL,
  quality: '720p',
  aspectRatio: '16:9',
  generateAudio: true,
  contentFilter: true,
  webSearch: false,
} as const;

/** The model of this id before EvoLink named one for each input; other programs still know it. */
const FORMER_MODEL = 'seedance-2.0';

/**
 * The request for a prompt and options, or everything that is wrong with them: what EvoLink would refuse is refused
 * here, before anything is sent. The prompt goes in as it is; cleaning is the caller's.
 */
export function buildRequest(prompt: string, options: RequestOptions): BuiltRequest {
  const problems: RequestProblem[] = [];
  const refuse = (problem: RequestProblem): undefined => void problems.push(problem);
  const given: RequestOptions = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined && value !== null),
  );
  const wanted: RequestOptions = { ...REQUEST_DEFAULTS, ...given };

  if (prompt.trim() === '') refuse({ field: 'prompt', kind: 'empty' });
  const model = readModel(wanted.model, refuse);
  // An unknown model is a problem already; the other fields are then held against the default one's rules.
  const rules = model ?? STANDARD_TEXT_MODEL;
  for (const field of ['imageUrls', 'videoUrls', 'audioUrls'] as const) {
    if (wanted[field] !== undefined) refuse({ field, kind: 'notSupported', model: rules.id });
  }
  const duration = readDuration(wanted.duration ?? rules.duration.default, rules, refuse);
  const quality = readChoice('quality', wanted.quality, rules.qualities, rules, refuse);
  const ratio = readChoice('aspectRatio', wanted.aspectRatio, rules.aspectRatios, rules, refuse);
  const generateAudio = readFlag('generateAudio', wanted.generateAudio, refuse);
  const contentFilter = readFlag('contentFilter', wanted.contentFilter, refuse);
  const webSearch = readFlag('webSearch', wanted.webSearch, refuse);
  if (webSearch === true && !rules.webSearch) {
    refuse({ field: 'webSearch', kind: 'notAllowed', allowed: [false], model: rules.id });
  }
  if (webSearch === true && contentFilter === false) {
    refuse({ field: 'webSearch', kind: 'conflict', other: 'contentFilter' });
  }
  const callbackUrl =
    wanted.callbackUrl === undefined ? undefined : readCallbackUrl(wanted.callbackUrl, refuse);

  const incomplete = generateAudio === undefined || contentFilter === undefined || duration === undefined;
  if (problems.length > 0 || !model || !quality || !ratio || incomplete) return { problems };
  const request: GenerationRequest = {
    model: model.id,
    // EvoLink would read half a surrogate pair as U+FFFD; this way what is recorded is what it reads.
    prompt: prompt.toWellFormed(),
    duration,
    quality,
    aspect_ratio: ratio,
    generate_audio: generateAudio,
    content_filter: contentFilter,
    ...(webSearch === true && { model_params: { web_search: true } }),
    ...(callbackUrl !== undefined && { callback_url: callbackUrl }),
  };
  return { request, warnings: warningsOf(request) };
}

type Refuse = (problem: RequestProblem) => undefined;

function readModel(value: unknown, refuse: Refuse): Model | undefined {
  const allowed = OFFERED_MODELS.map(({ id }) => id);
  if (typeof value !== 'string') return refuse({ field: 'model', kind: 'type', expected: 'text', allowed });
  const model = findModel(value);
  if (model?.offered === true) return model;
  if (model) return refuse({ field: 'model', kind: 'notOffered', allowed, model: model.id });
  const suggestion = value.trim() === FORMER_MODEL ? DEFAULT_MODEL : similar(value, allowed);
  return refuse({ field: 'model', kind: 'notAllowed', allowed, ...defined({ suggestion }) });
}

function readDuration(value: unknown, model: Model, refuse: Refuse): number | undefined {
  const { min, max } = model.duration;
  if (typeof value !== 'number')
    return refuse({ field: 'duration', kind: 'type', expected: 'wholeNumber', min, max });
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  return refuse({ field: 'duration', kind: 'range', min, max, model: model.id });
}

function readChoice<Value extends string>(
  field: RequestField,
  value: unknown,
  allowed: readonly Value[],
  model: Model,
  refuse: Refuse,
): Value | undefined {
  if (typeof value !== 'string') return refuse({ field, kind: 'type', expected: 'text', allowed });
  const found = allowed.find(choice => choice === value);
  if (found !== undefined) return found;
  const suggestion = similar(value, allowed);
  return refuse({ field, kind: 'notAllowed', allowed, model: model.id, ...defined({ suggestion }) });
}

function readFlag(field: RequestField, value: unknown, refuse: Refuse): boolean | undefined {
  return typeof value === 'boolean' ? value : refuse({ field, kind: 'type', expected: 'boolean' });
}

/** EvoLink compares exactly; `1080P` is an error there. */
function similar<Value extends string>(value: string, allowed: readonly Value[]): Value | undefined {
  const word = value.trim().toLowerCase();
  return allowed.find(choice => choice.toLowerCase() === word);
}

/**
 * https only, at most 2048 characters, no internal network (reference, field `callback_url`). The address is sent in
 * the form in which it was checked, so that no other spelling of a private address gets past.
 */
function readCallbackUrl(value: unknown, refuse: Refuse): string | undefined {
  const field = 'callbackUrl';
  if (typeof value !== 'string') return refuse({ field, kind: 'type', expected: 'text' });
  if (value.trim() === '') return undefined;
  const url = URL.parse(value.trim());
  if (!url) return refuse({ field, kind: 'notAUrl' });
  if (url.protocol !== 'https:') return refuse({ field, kind: 'notHttps' });
  if (hostKind(url.hostname) !== 'public') return refuse({ field, kind: 'private' });
  if (url.href.length > MAX_CALLBACK_URL) return refuse({ field, kind: 'tooLong', max: MAX_CALLBACK_URL });
  return url.href;
}

function warningsOf(request: GenerationRequest): readonly RequestWarning[] {
  const warnings: RequestWarning[] = [...promptAdvice(request.prompt)];
  if (!request.content_filter) {
    warnings.push({ kind: 'contentFilterOff', priceFactor: PRICE_TABLE.contentFilterOff });
  }
  if (request.model_params?.web_search === true) {
    warnings.push({ kind: 'webSearchCharged', creditsEach: PRICE_TABLE.webSearch });
  }
  return warnings;
}
