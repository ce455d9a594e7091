import {
  ASPECT_RATIOS,
  findModel,
  MODELS,
  type AspectRatio,
  type Model,
  type Quality,
} from '../evolink/models.ts';
import { callbackProblem } from './callback.ts';
import type { Problem } from './problem.ts';

/** What a task is made from. */
export interface AcceptedRequest {
  readonly model: Model;
  readonly prompt: string;
  /** Seconds. */
  readonly duration: number;
  readonly quality: Quality;
  readonly aspectRatio: AspectRatio;
  readonly audio: boolean;
  readonly contentFilter: boolean;
  readonly webSearch: boolean;
}

/** EvoLink's limit; see `tokens`. */
const MAX_PROMPT_TOKENS = 10_000;

/** How many media links a model of each kind takes (EvoLink's API reference, Seedance 2.0 image and reference pages). */
const MEDIA = ['image_urls', 'video_urls', 'audio_urls'] as const;
const MEDIA_COUNTS: Readonly<
  Record<Model['input'], Readonly<Record<(typeof MEDIA)[number], readonly [number, number]>>>
> = {
  text: { image_urls: [0, 0], video_urls: [0, 0], audio_urls: [0, 0] },
  image: { image_urls: [1, 2], video_urls: [0, 0], audio_urls: [0, 0] },
  reference: { image_urls: [0, 9], video_urls: [0, 3], audio_urls: [0, 3] },
};

/** Checks the body of `POST /v1/videos/generations` field by field, in the order of EvoLink's API reference. Unknown fields are ignored. */
export function validate(body: unknown): AcceptedRequest | { readonly problem: Problem } {
  if (!isObject(body)) return { problem: { param: 'body', message: 'Request body must be a JSON object' } };
  const found = typeof body['model'] === 'string' ? findModel(body['model']) : undefined;
  if (!found)
    return {
      problem: oneOf(
        'model',
        MODELS.map(model => model.id),
      ),
    };
  const problem =
    promptProblem(body['prompt']) ??
    durationProblem(body['duration'], found) ??
    enumProblem('quality', body['quality'], found.qualities) ??
    enumProblem('aspect_ratio', body['aspect_ratio'], ASPECT_RATIOS) ??
    booleanProblem('generate_audio', body['generate_audio']) ??
    booleanProblem('content_filter', body['content_filter']) ??
    modelParamsProblem(body['model_params'], found) ??
    mediaProblem(body, found) ??
    callbackProblem(body['callback_url']);
  if (problem) return { problem };

  const webSearch = isObject(body['model_params']) && body['model_params']['web_search'] === true;
  const contentFilter = body['content_filter'] !== false;
  if (webSearch && !contentFilter) {
    return {
      problem: {
        param: 'content_filter',
        message: 'content_filter=false cannot be combined with web_search=true',
      },
    };
  }
  return {
    model: found,
    prompt: String(body['prompt']),
    duration: typeof body['duration'] === 'number' ? body['duration'] : found.duration.default,
    quality: found.qualities.find(quality => quality === body['quality']) ?? '720p',
    aspectRatio: ASPECT_RATIOS.find(ratio => ratio === body['aspect_ratio']) ?? '16:9',
    audio: body['generate_audio'] !== false,
    contentFilter,
    webSearch,
  };
}

function promptProblem(prompt: unknown): Problem | undefined {
  if (typeof prompt !== 'string' || prompt.trim() === '')
    return { param: 'prompt', message: 'prompt is required' };
  if (tokens(prompt) <= MAX_PROMPT_TOKENS) return undefined;
  return {
    param: 'prompt',
    message: `prompt exceeds the maximum length of ${MAX_PROMPT_TOKENS} tokens`,
    details: { max: MAX_PROMPT_TOKENS },
  };
}

/** EvoLink's tokenizer is not published: here a Chinese, Japanese or Korean character is one token, four others are one. */
export function tokens(prompt: string): number {
  const wide =
    prompt.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0;
  return wide + Math.ceil((prompt.length - wide) / 4);
}

function durationProblem(duration: unknown, { duration: { min, max } }: Model): Problem | undefined {
  if (duration === undefined) return undefined;
  if (typeof duration === 'number' && Number.isInteger(duration) && duration >= min && duration <= max)
    return undefined;
  return {
    param: 'duration',
    message: `duration must be an integer between ${min} and ${max}`,
    details: { min, max },
  };
}

function enumProblem(param: string, value: unknown, allowed: readonly string[]): Problem | undefined {
  return value === undefined || (typeof value === 'string' && allowed.includes(value))
    ? undefined
    : oneOf(param, allowed);
}

function oneOf(param: string, allowed: readonly string[]): Problem {
  return {
    param,
    message: `${param} must be one of: ${allowed.join(', ')}`,
    details: { allowed_values: allowed },
  };
}

function booleanProblem(param: string, value: unknown): Problem | undefined {
  return value === undefined || typeof value === 'boolean'
    ? undefined
    : { param, message: `${param} must be a boolean` };
}

function modelParamsProblem(params: unknown, model: Model): Problem | undefined {
  if (params === undefined) return undefined;
  if (!isObject(params)) return { param: 'model_params', message: 'model_params must be an object' };
  const other = Object.keys(params).find(key => key !== 'web_search' || !model.webSearch);
  if (other !== undefined) {
    return {
      param: `model_params.${other}`,
      message: `model_params.${other} is not supported by model ${model.id}`,
    };
  }
  return booleanProblem('model_params.web_search', params['web_search']);
}

function mediaProblem(body: Readonly<Record<string, unknown>>, model: Model): Problem | undefined {
  for (const param of MEDIA) {
    const [min, max] = MEDIA_COUNTS[model.input][param];
    const urls: unknown = body[param] ?? [];
    if (max === 0 && body[param] !== undefined) {
      return { param, message: `${param} is not supported by model ${model.id}` };
    }
    if (!Array.isArray(urls) || !urls.every(isWebUrl))
      return { param, message: `${param} must be an array of URLs` };
    if (urls.length < min || urls.length > max) {
      return { param, message: `${param} must have ${min} to ${max} items`, details: { min, max } };
    }
  }
  const count = (param: (typeof MEDIA)[number]) => (Array.isArray(body[param]) ? body[param].length : 0);
  if (model.input === 'reference' && count('image_urls') + count('video_urls') === 0) {
    return { param: 'image_urls', message: 'At least one image or video is required' };
  }
  return undefined;
}

function isWebUrl(value: unknown): boolean {
  return typeof value === 'string' && /^https?:$/.test(URL.parse(value)?.protocol ?? '');
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
