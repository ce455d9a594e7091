import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { diskError } from './error.ts';
import { giveName, type LinkDisk, renameOver } from './noOverwrite.ts';
import { relativeUri } from './uris.ts';

/** Above this it is not ours: a prompt has a few kB. */
export const MAX_SIDECAR_BYTES = 1 << 20;
/** A longer selection is not repeated in the sidecar; its hash is. In UTF-16 units. */
const MAX_SOURCE_TEXT = 100_000;

const Text = v.string();
const Count = v.pipe(v.number(), v.finite(), v.minValue(0));

/** A part that may be missing; one that makes no sense counts as missing. */
function lenient<const Schema extends v.GenericSchema>(schema: Schema) {
  return v.fallback(v.optional(schema), undefined);
}

const SidecarSchema = v.object({
  /** Of this format. A reader ignores what it does not know. */
  version: v.literal(1),
  remoteId: lenient(Text),
  origin: lenient(Text),
  state: v.literal('saved'),
  prompt: Text,
  /** As it was sent, except `callback_url`: that is nobody else's, and a foreign one must not come in by a file. */
  request: v.object({
    model: Text,
    prompt: Text,
    duration: lenient(Count),
    quality: lenient(Text),
    aspect_ratio: lenient(Text),
    generate_audio: lenient(v.boolean()),
    content_filter: lenient(v.boolean()),
    model_params: lenient(v.object({ web_search: v.boolean() })),
  }),
  /** Milliseconds since 1970. */
  createdAt: lenient(Count),
  updatedAt: lenient(Count),
  /** Percent. */
  progress: lenient(Count),
  estimatedSeconds: lenient(Count),
  credits: lenient(
    v.object({ estimated: lenient(Count), reserved: lenient(Count), charged: lenient(Count) }),
  ),
  charged: lenient(v.picklist(['no', 'yes', 'unknown'])),
  video: v.object({
    /** Relative to the sidecar; see `resolveUri`. */
    uri: Text,
    bytes: Count,
    /** Lower-case hexadecimal. */
    sha256: v.pipe(Text, v.regex(/^[0-9a-f]{64}$/)),
    /** Pixels. */
    width: lenient(Count),
    height: lenient(Count),
    seconds: lenient(Count),
    hasAudio: lenient(v.boolean()),
  }),
  source: lenient(
    v.object({
      /** Relative to the sidecar; missing when the text lies outside of the workspace folder. */
      uri: lenient(Text),
      /** In a notebook the zero-based number of the cell; the line is then one within the cell. */
      cell: lenient(Count),
      /** Zero-based. */
      line: lenient(Count),
      text: lenient(Text),
      /** SHA-256 of the text, lower-case hexadecimal. */
      hash: lenient(Text),
    }),
  ),
});

/** What lies beside a video: the task's JSON shape without local id, callback and machine. */
export type Sidecar = v.InferOutput<typeof SidecarSchema>;

/** A task as `sidecarOf` takes it: plain, with full uris. More fields are ignored. */
export interface SidecarFields {
  readonly remoteId?: string;
  readonly origin: string;
  readonly prompt: string;
  readonly request: { readonly model: string; readonly prompt: string };
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly estimatedSeconds?: number;
  readonly credits: { readonly estimated?: number; readonly reserved?: number; readonly charged?: number };
  readonly charged: 'no' | 'yes' | 'unknown';
  readonly video: {
    /** Full uri of the video under its final name. */
    readonly uri: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly width?: number;
    readonly height?: number;
    readonly seconds?: number;
    readonly hasAudio?: boolean;
  };
  readonly source?: {
    readonly uri: string;
    readonly cell?: number;
    readonly line: number;
    readonly text: string;
    readonly hash: string;
  };
}

/** `clip.mp4.json` for `clip.mp4`. Works on paths and uris. */
export function sidecarPath(video: string): string {
  return `${video}.json`;
}

/**
 * The sidecar of a saved task.
 * @param workspaceRoot full uri of the workspace folder that the video was saved in
 */
export function sidecarOf(fields: SidecarFields, workspaceRoot: string): Sidecar {
  const { video, source } = fields;
  const sidecarUri = sidecarPath(video.uri);
  const sourceUri = source && relativeUri(sidecarUri, source.uri, workspaceRoot);
  return v.parse(SidecarSchema, {
    ...fields,
    version: 1,
    state: 'saved',
    progress: 100,
    video: {
      ...video,
      uri: relativeUri(sidecarUri, video.uri, video.uri.slice(0, video.uri.lastIndexOf('/'))),
    },
    ...(source && {
      source: {
        ...(sourceUri !== undefined && { uri: sourceUri }),
        ...(source.cell !== undefined && { cell: source.cell }),
        line: source.line,
        ...(source.text.length <= MAX_SOURCE_TEXT && { text: source.text }),
        hash: source.hash,
      },
    }),
  });
}

/** As it is written: indented, for git. */
export function formatSidecar(sidecar: Sidecar): string {
  return `${JSON.stringify(sidecar, undefined, 2)}\n`;
}

/** Undefined when the text is no sidecar: it may be anybody's. */
export function parseSidecar(text: string): Sidecar | undefined {
  if (text.length > MAX_SIDECAR_BYTES) return undefined;
  try {
    const parsed = v.safeParse(SidecarSchema, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** The sidecar of a video; undefined when there is none, or something else in its place. Never throws. */
export async function readSidecar(videoPath: string): Promise<Sidecar | undefined> {
  const text = await readLimited(sidecarPath(videoPath));
  return text === undefined ? undefined : parseSidecar(text);
}

/**
 * Writes the sidecar of a video, in one step. One of the same video is replaced; resolves to `foreign`, and changes
 * nothing, when another file has its name. Throws DownloadError of the disk's kinds.
 */
export async function writeSidecar(
  videoPath: string,
  sidecar: Sidecar,
  disk: LinkDisk = fs,
): Promise<'written' | 'foreign'> {
  const target = sidecarPath(videoPath);
  // Always the same for this video, so that what a crash leaves is used up by the next call; two videos may have the same bytes.
  const own = createHash('sha256').update(target).digest('hex').slice(0, 20);
  const fresh = path.join(path.dirname(videoPath), `.seedance-${own}.json`);
  try {
    await fs.rm(fresh, { force: true });
    await fs.writeFile(fresh, formatSidecar(sidecar), { flag: 'wx', flush: true });
    if (await giveName(fresh, target, disk)) return 'written';
    if (!(await isReplaceable(target, sidecar))) return 'foreign';
    await renameOver(fresh, target);
    return 'written';
  } catch (error) {
    throw diskError(error);
  } finally {
    await fs.rm(fresh, { force: true }).catch(() => {});
  }
}

/** An earlier sidecar of this very video, or the empty file that a crash left (see `giveName`). */
async function isReplaceable(file: string, sidecar: Sidecar): Promise<boolean> {
  const text = await readLimited(file);
  if (text === '') return true;
  return text !== undefined && parseSidecar(text)?.video.sha256 === sidecar.video.sha256;
}

/** A plain file's text; undefined when there is none or it is too long. Pipes and devices are not opened. */
async function readLimited(file: string): Promise<string | undefined> {
  try {
    const stats = await fs.lstat(file);
    if (!stats.isFile() || stats.size > MAX_SIDECAR_BYTES) return undefined;
    return await fs.readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
