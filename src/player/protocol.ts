/** What the player's page and the extension say to each other: every message is checked against these schemas on arrival. */
import * as v from 'valibot';

/** What is known of a video's making: from the task list or the sidecar. */
export interface VideoStory {
  readonly prompt: string;
  /** As a person reads it, in the user's language. */
  readonly state?: string;
  readonly taskId?: string;
  readonly options?: {
    readonly model?: string;
    /** Whole seconds. */
    readonly duration?: number;
    readonly quality?: string;
    readonly aspectRatio?: string;
    readonly generateAudio?: boolean;
    readonly contentFilter?: boolean;
    readonly webSearch?: boolean;
  };
  readonly cost?: { readonly credits?: number; readonly usd?: number };
  /** Where the prompt was selected. */
  readonly source?: {
    /** Uri of the document as text. */
    readonly uri: string;
    /** Zero-based number of the cell, where the document is a notebook. */
    readonly cell?: number;
    /** Zero-based. */
    readonly line: number;
  };
}

export const ACTIONS = [
  'generateAgain',
  'editAndGenerate',
  'openSource',
  'openExternally',
  'copyMarkdown',
] as const;
export type PlayerAction = (typeof ACTIONS)[number];

/** Every text of the page in the user's language, made once by the extension. `{0}` marks a value. */
export const STRING_KEYS = [
  'player',
  'play',
  'pause',
  'mute',
  'muted',
  'unmute',
  'volume',
  'seek',
  'time',
  'speed',
  'speedValue',
  'loop',
  'previousFrame',
  'nextFrame',
  'enterFullscreen',
  'exitFullscreen',
  'saveFrame',
  'copyMarkdown',
  'openExternally',
  'generateAgain',
  'editAndGenerate',
  'openSource',
  'prompt',
  'source',
  'details',
  'showDetails',
  'frame',
  'frameOf',
  'position',
  'notLoaded',
  'volumeValue',
  'repeats',
  'repeatsNot',
  'backwards',
  'frameSaved',
  'frameFailed',
  'noPicture',
  'markdownCopied',
  'actionFailed',
  'cannotPlay',
  'preparingSound',
  'noSound',
  'startsMuted',
  'soundUnreadable',
  'soundUndecodable',
  'soundTooLarge',
] as const;
export const playerStrings = v.object(v.entriesFromList(STRING_KEYS, v.string()));
export type PlayerStrings = Readonly<v.InferOutput<typeof playerStrings>>;

const finite = v.pipe(v.number(), v.finite());
/** 0 to 1. */
const volume = v.pipe(finite, v.minValue(0), v.maxValue(1));
const index = v.pipe(v.number(), v.integer(), v.minValue(0));
/** Pixels of a thumbnail's longer side at most: enough for a hover. */
export const MAX_THUMBNAIL_SIDE = 320;
/** 320 × 320 pixels of noise take less. */
export const MAX_THUMBNAIL_BYTES = 1 << 19;

/** At most 64 MB: a 4k frame as PNG is about a quarter of that. */
const png = v.pipe(v.instance(Uint8Array), v.minLength(8), v.maxLength(64 * 1024 * 1024));

const media = v.strictObject({
  /** Address that the page can load; it changes with the file's content. */
  url: v.string(),
  name: v.string(),
  /** Frames per second of the video track; absent when the file does not tell. */
  frameRate: v.optional(v.pipe(finite, v.gtValue(0), v.maxValue(1000))),
  frames: v.optional(index),
  /** What the sound track is; `other` is one that VS Code may decode by itself. */
  sound: v.picklist(['none', 'aac', 'other', 'unknown']),
});
export type Media = v.InferOutput<typeof media>;

/** The story as lines to show. */
const story = v.strictObject({
  prompt: v.string(),
  details: v.array(v.strictObject({ label: v.string(), value: v.string() })),
  /** Text of the link to the prompt's place, for example `shots.md:12`. */
  source: v.optional(v.string()),
});
export type Story = v.InferOutput<typeof story>;

export const preferences = v.strictObject({ volume, muted: v.boolean() });
export type Preferences = v.InferOutput<typeof preferences>;

const settings = v.strictObject({ loop: v.boolean(), autoplay: v.boolean() });

/** What the page may ask, with the shape of each answer. */
export const ANSWERS = {
  /** A version of the file whose sound this page can decode. */
  playbackCopy: v.strictObject({ url: v.string() }),
  /** The file is written; `name` is its path inside the workspace. */
  saveFrame: v.strictObject({ name: v.string() }),
  action: v.strictObject({}),
} as const;
export type RequestKind = keyof typeof ANSWERS;
export type Answer<K extends RequestKind> = v.InferOutput<(typeof ANSWERS)[K]>;

const requestBody = v.variant('kind', [
  v.strictObject({ kind: v.literal('playbackCopy') }),
  v.strictObject({ kind: v.literal('saveFrame'), png, frame: v.optional(index), seconds: finite }),
  v.strictObject({ kind: v.literal('action'), action: v.picklist(ACTIONS) }),
]);
export type RequestBody = v.InferOutput<typeof requestBody>;

export const pageMessage = v.variant('type', [
  /** `page` names it and those that are made of it later, after it was hidden or the window was reloaded. */
  v.strictObject({ type: v.literal('ready'), page: v.pipe(v.string(), v.maxLength(100)) }),
  /** Whether this page decodes AAC, found out by decoding. */
  v.strictObject({ type: v.literal('aac'), decodes: v.boolean() }),
  v.strictObject({ type: v.literal('preferences'), preferences }),
  /** The first frame. */
  v.strictObject({ type: v.literal('thumbnail'), png: v.pipe(png, v.maxLength(MAX_THUMBNAIL_BYTES)) }),
  /** The page cannot go full screen by itself. */
  v.strictObject({ type: v.literal('toggleFullscreen') }),
  v.strictObject({ type: v.literal('log'), text: v.pipe(v.string(), v.maxLength(2000)) }),
  v.strictObject({ type: v.literal('request'), id: index, body: requestBody }),
]);
export type PageMessage = v.InferOutput<typeof pageMessage>;

export const hostMessage = v.variant('type', [
  /** Answer to `ready`. */
  v.strictObject({
    type: v.literal('open'),
    media,
    story: v.optional(story),
    strings: playerStrings,
    preferences,
    settings,
    wantsThumbnail: v.boolean(),
    /** Name of a page in whose place this one comes, since its file was renamed. */
    continues: v.optional(v.string()),
  }),
  /** The file was replaced. */
  v.strictObject({ type: v.literal('media'), media }),
  /** The file is not there (any more); `text` says so. May come instead of `open`, which then follows when the file is there. */
  v.strictObject({ type: v.literal('gone'), text: v.string() }),
  v.strictObject({ type: v.literal('story'), story: v.optional(story) }),
  /** Answer to `preferences`, when they last. */
  v.strictObject({ type: v.literal('kept'), preferences }),
  v.strictObject({ type: v.literal('answer'), id: index, value: v.unknown() }),
  /** The request failed; `reason` is a sentence for a person. */
  v.strictObject({ type: v.literal('refusal'), id: index, reason: v.string() }),
]);
export type HostMessage = v.InferOutput<typeof hostMessage>;
export type OpenMessage = Extract<HostMessage, { type: 'open' }>;

/** What the page keeps across a reload of the window. */
export const pageState = v.object({
  seconds: finite,
  playing: v.boolean(),
  rate: v.pipe(finite, v.minValue(0.25), v.maxValue(2)),
  loop: v.boolean(),
  detailsOpen: v.optional(v.boolean()),
  /** Name of the page. */
  id: v.optional(v.string()),
});
export type PageState = v.InferOutput<typeof pageState>;
