/**
 * What each Seedance 2.0 model at EvoLink accepts, as data: the one source for validation, pickers, settings and pixel sizes.
 * A new model is one new row. Source: EvoLink's API reference, page "Seedance 2.0 text-to-video" (fields `quality`,
 * `duration`, `aspect_ratio`, `model_params`), and the overview page for the other ids.
 */

export const QUALITIES = ['480p', '720p', '1080p', '4k'] as const;
export type Quality = (typeof QUALITIES)[number];

export const ASPECT_RATIOS = ['16:9', '9:16', '1:1', '4:3', '3:4', '21:9', 'adaptive'] as const;
export type AspectRatio = (typeof ASPECT_RATIOS)[number];

/** Standard is the best picture, fast is quicker and cheaper, mini is the cheapest. */
export type Tier = 'standard' | 'fast' | 'mini';

export interface Model {
  readonly id: string;
  readonly tier: Tier;
  /** What the model makes a video from. */
  readonly input: 'text' | 'image' | 'reference';
  /** Whether this extension can send requests for it. */
  readonly offered: boolean;
  readonly qualities: readonly Quality[];
  /** Whole seconds. */
  readonly duration: { readonly min: number; readonly max: number; readonly default: number };
  readonly aspectRatios: readonly AspectRatio[];
  readonly webSearch: boolean;
}

const DURATION = { min: 4, max: 15, default: 5 } as const;
const STANDARD = {
  tier: 'standard',
  qualities: QUALITIES,
  duration: DURATION,
  aspectRatios: ASPECT_RATIOS,
} as const;
const FAST = { ...STANDARD, tier: 'fast', qualities: ['480p', '720p'] } as const;
const MINI = { ...FAST, tier: 'mini' } as const;

export const STANDARD_TEXT_MODEL: Model = {
  id: 'seedance-2.0-text-to-video',
  ...STANDARD,
  input: 'text',
  offered: true,
  webSearch: true,
};

export const MODELS: readonly Model[] = [
  STANDARD_TEXT_MODEL,
  { id: 'seedance-2.0-fast-text-to-video', ...FAST, input: 'text', offered: true, webSearch: true },
  { id: 'seedance-2.0-mini-text-to-video', ...MINI, input: 'text', offered: true, webSearch: false },
  { id: 'seedance-2.0-image-to-video', ...STANDARD, input: 'image', offered: false, webSearch: false },
  { id: 'seedance-2.0-fast-image-to-video', ...FAST, input: 'image', offered: false, webSearch: false },
  { id: 'seedance-2.0-mini-image-to-video', ...MINI, input: 'image', offered: false, webSearch: false },
  {
    id: 'seedance-2.0-reference-to-video',
    ...STANDARD,
    input: 'reference',
    offered: false,
    webSearch: false,
  },
  {
    id: 'seedance-2.0-fast-reference-to-video',
    ...FAST,
    input: 'reference',
    offered: false,
    webSearch: false,
  },
  {
    id: 'seedance-2.0-mini-reference-to-video',
    ...MINI,
    input: 'reference',
    offered: false,
    webSearch: false,
  },
];

export const OFFERED_MODELS: readonly Model[] = MODELS.filter(model => model.offered);
export const DEFAULT_MODEL = STANDARD_TEXT_MODEL.id;

export function findModel(id: string): Model | undefined {
  return MODELS.find(model => model.id === id);
}

/** Width and height in pixels. */
export type PixelSize = readonly [width: number, height: number];

/** The reference's own table: the sizes are not all exact ratios, so none is computed. */
const PIXELS: Readonly<Record<Exclude<AspectRatio, 'adaptive'>, Readonly<Record<Quality, PixelSize>>>> = {
  '16:9': { '480p': [864, 496], '720p': [1280, 720], '1080p': [1920, 1080], '4k': [3840, 2160] },
  '4:3': { '480p': [752, 560], '720p': [1112, 834], '1080p': [1664, 1248], '4k': [3326, 2494] },
  '1:1': { '480p': [640, 640], '720p': [960, 960], '1080p': [1440, 1440], '4k': [2880, 2880] },
  '3:4': { '480p': [560, 752], '720p': [834, 1112], '1080p': [1248, 1664], '4k': [2494, 3326] },
  '9:16': { '480p': [496, 864], '720p': [720, 1280], '1080p': [1080, 1920], '4k': [2160, 3840] },
  '21:9': { '480p': [992, 432], '720p': [1470, 630], '1080p': [2206, 946], '4k': [4398, 1886] },
};

/** The size of the picture that EvoLink makes; undefined for `adaptive`, where the model chooses. */
export function pixelSize(aspectRatio: AspectRatio, quality: Quality): PixelSize | undefined {
  return aspectRatio === 'adaptive' ? undefined : PIXELS[aspectRatio][quality];
}
