import { fileURLToPath, pathToFileURL } from 'node:url';
import { readFactsFrom, type VideoFacts } from '../mp4/facts.ts';
import { download, type Downloaded, MAX_VIDEO_BYTES } from '../videos/download.ts';
import { DownloadError } from '../videos/error.ts';
import type { Fetch } from '../videos/fetch.ts';
import { resolveOutputFolder } from '../videos/folder.ts';
import { fileName } from '../videos/names.ts';
import { isComplete, partialPathIn, readNotes } from '../videos/partial.ts';
import { placeWithoutOverwrite } from '../videos/place.ts';
import { type Sidecar, sidecarOf, writeSidecar } from '../videos/sidecar.ts';
import type { Saved } from './downloads.ts';
import type { TaskRecord } from './record.ts';
import { SaveError } from './saveError.ts';
import { sleep } from './sleep.ts';
import type { SavedVideo } from './task.ts';
import { discardFiles } from './tidy.ts';

/** Seconds without one byte after which a download is begun anew. */
const STALL_SECONDS = 30;

export interface SaverOptions {
  readonly fetch: Fetch;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (line: string) => void;
  /** Path of a folder in the extension's storage for videos whose own folder can't be used. */
  readonly parkingFolder?: string;
  /** Default: {@link MAX_VIDEO_BYTES}. */
  readonly maxBytes?: number;
}

/** Kinds of trouble that another folder does not have. */
const OF_FOLDER: ReadonlySet<string> = new Set(['diskFull', 'notWritable', 'folderMissing', 'disk']);

/** Kinds of trouble that another link may not have. */
const LINK_DEAD: ReadonlySet<string> = new Set(['linkExpired', 'linkRefused']);

/**
 * Downloads a task's result into the folder that was chosen when Generate was pressed, checks it, gives it its name without
 * overwriting anything, and writes its sidecar. Called again after a crash it goes on where it was. Where that folder can't
 * be used, the video is parked, so that it outlives its link, and brought in by a later call. Throws {@link SaveError}; its
 * `parked` says that the video is safe.
 */
export async function saveVideo(
  task: TaskRecord,
  signal: AbortSignal,
  onProgress: (bytes: number, total: number | undefined) => void,
  options: SaverOptions,
): Promise<Saved> {
  const parking =
    options.parkingFolder === undefined ? undefined : partialPathIn(options.parkingFolder, task.id);
  const fetchTo = (partialPath: string) => fetchVideo(task, partialPath, signal, onProgress, options);
  let trouble: SaveError;
  try {
    const folder = await outputFolder(task);
    const isParked = parking !== undefined && (await isCompleteAt(parking));
    const partialPath = isParked ? parking : partialPathIn(folder, task.id);
    const fetched = await fetchTo(partialPath);
    const path = await placeWithoutOverwrite(partialPath, folder, nameOf(task));
    const video = savedVideo(pathToFileURL(path).href, fetched);
    await describe(task, path, video, options.log);
    return { video, forget: () => discardFiles(task, options.parkingFolder) };
  } catch (error) {
    trouble = saveErrorOf(error);
  }
  const isOfFolder = trouble.kind.startsWith('folder') || OF_FOLDER.has(trouble.kind);
  if (parking === undefined || !isOfFolder) throw trouble;
  try {
    const { bytes, sha256 } = await fetchTo(parking);
    throw new SaveError(trouble.kind, trouble.message, { parked: { path: parking, bytes, sha256 } });
  } catch (error) {
    throw saveErrorOf(error);
  }
}

async function fetchVideo(
  task: TaskRecord,
  partialPath: string,
  signal: AbortSignal,
  onProgress: (bytes: number, total: number | undefined) => void,
  options: SaverOptions,
): Promise<Downloaded<VideoFacts>> {
  return await download({
    url: task.resultUrl ?? '',
    apiOrigin: task.origin,
    partialPath,
    fetch: options.fetch,
    readFacts: readFactsFrom,
    signal,
    maxBytes: options.maxBytes ?? MAX_VIDEO_BYTES,
    stallSeconds: STALL_SECONDS,
    now: options.now,
    sleep,
    onProgress,
  });
}

/** The video's facts as the ledger keeps them. `uri` is the file's, as text. */
export function savedVideo(uri: string, { bytes, sha256, facts }: Downloaded<VideoFacts>): SavedVideo {
  return {
    uri,
    bytes,
    sha256,
    ...(facts?.width === undefined ? {} : { width: facts.width }),
    ...(facts?.height === undefined ? {} : { height: facts.height }),
    ...(facts?.seconds === undefined ? {} : { seconds: facts.seconds }),
    ...(facts === undefined ? {} : { hasAudio: facts.hasAudio }),
  };
}

async function isCompleteAt(partialPath: string): Promise<boolean> {
  const notes = await readNotes(partialPath);
  return notes !== undefined && isComplete(notes);
}

function saveErrorOf(error: unknown): SaveError {
  if (error instanceof SaveError) return error;
  if (!(error instanceof DownloadError)) throw error;
  // Of a request EvoLink says `tooLarge` as well.
  const kind = error.kind === 'tooLarge' ? 'videoTooLarge' : error.kind;
  return new SaveError(kind, error.code ?? '', {
    // Some storage calls a link that is too old a bad request.
    linkDead: LINK_DEAD.has(error.kind) || (error.kind === 'http' && !error.retryable),
    ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
  });
}

async function outputFolder(task: TaskRecord): Promise<string> {
  const { workspaceFolder, outputFolder } = task.target;
  if (!workspaceFolder.startsWith('file:')) throw new SaveError('folderElsewhere', workspaceFolder);
  const folder = await resolveOutputFolder(fileURLToPath(workspaceFolder), outputFolder);
  if (folder.kind === 'problem') throw new SaveError(`folder.${folder.problem}`, outputFolder);
  return folder.path;
}

/** The name that a task's video gets, with its extension. */
export function nameOf({ id, request, target, createdAt }: TaskRecord): string {
  return fileName(target.fileName, {
    date: new Date(createdAt),
    prompt: request.prompt,
    id,
    model: request.model,
    duration: request.duration,
    quality: request.quality,
    aspectRatio: request.aspect_ratio,
  });
}

/** The video is what was paid for: where its sidecar can't be written, it is saved all the same. */
async function describe(
  task: TaskRecord,
  path: string,
  video: SavedVideo,
  log: SaverOptions['log'],
): Promise<void> {
  try {
    const sidecar = sidecarFor(task, video);
    if ((await writeSidecar(path, sidecar)) === 'foreign')
      log(`Task ${task.id}: another file has the name of its sidecar.`);
  } catch (error) {
    log(`Task ${task.id}: its sidecar could not be written: ${String(error)}`);
  }
}

/** Of an adopted task it is not known what was asked for: nothing is said of it. */
export function sidecarFor(task: TaskRecord, video: SavedVideo): Sidecar {
  const { model, prompt } = task.request;
  const known = task.adopted === true ? { request: { model, prompt } } : {};
  return sidecarOf({ ...task, ...known, video }, task.target.workspaceFolder);
}
