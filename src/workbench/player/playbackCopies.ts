import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConvertResult } from '../../sound/convert.ts';
import { mediaFacts } from './mediaFacts.ts';
import { filesToEvict, type CachedFile } from './eviction.ts';

/** Conversions at the same time. */
const MAX_CONVERSIONS = 2;

/** Writes the playback copy of `source` to `target`: whole or not at all. Never rejects. */
export type Convert = (source: string, target: string, signal: AbortSignal) => Promise<ConvertResult>;

/** Why there is no copy. `message` is for the log. */
export class CopyError extends Error {
  readonly kind: 'tooLarge' | 'undecodable' | 'changed' | 'disk' | 'timedOut' | 'aborted';

  constructor(kind: CopyError['kind'], message: string) {
    super(`${kind}: ${message}`);
    this.kind = kind;
  }
}

export interface PlaybackCopiesOptions {
  /** Absolute path; made when needed. */
  readonly folder: string;
  readonly convert: Convert;
  readonly now: () => number;
}

/** The copies of videos whose sound every page decodes, kept in a folder by path, size and time of their video. */
export class PlaybackCopies {
  readonly #options: PlaybackCopiesOptions;
  readonly #running = new Map<string, Promise<string>>();
  readonly #waiting: (() => void)[] = [];
  readonly #disposal = new AbortController();
  #conversions = 0;

  constructor(options: PlaybackCopiesOptions) {
    this.#options = options;
  }

  /**
   * The copy of a video, made if it is not there; all who ask at the same time get the same one. A video without AAC is
   * its own copy, and no thread is started for it where its boxes say so.
   * @param path absolute path of the video
   * @returns absolute path of the copy
   * @throws {CopyError} (rejection)
   */
  async get(path: string): Promise<string> {
    const key = await onDisk(keyOf(path));
    const running = this.#running.get(key);
    if (running) return running;
    const copy = this.#find(key).then(found => found ?? this.#make(path, key));
    this.#running.set(key, copy);
    try {
      return await copy;
    } finally {
      this.#running.delete(key);
    }
  }

  /** Deletes what is old or too much. Another window may delete the same at the same time. */
  async clean(): Promise<void> {
    const { folder, now } = this.#options;
    const names = await readdir(folder).catch(() => []);
    const files: CachedFile[] = [];
    for (const name of names) {
      const facts = await stat(join(folder, name)).catch(() => undefined);
      if (facts?.isFile()) files.push({ name, bytes: facts.size, usedAt: facts.mtimeMs });
    }
    for (const name of filesToEvict(files, now())) await discard(join(folder, name));
  }

  /** Ends all conversions. */
  dispose(): void {
    this.#disposal.abort();
  }

  async #find(key: string): Promise<string | undefined> {
    const path = this.#pathOf(key);
    const time = new Date(this.#options.now());
    try {
      await utimes(path, time, time); // the time of a copy is that of its last use
      return path;
    } catch {
      return undefined;
    }
  }

  async #make(source: string, key: string): Promise<string> {
    const { folder, convert } = this.#options;
    const target = this.#pathOf(key);
    const { sound } = await mediaFacts(source);
    if (sound === 'none' || sound === 'other') return source;
    await this.#turn();
    try {
      await onDisk(mkdir(folder, { recursive: true }));
      const result = await convert(source, target, this.#disposal.signal);
      if (result.kind === 'nothingToDo') return source;
      if (result.kind !== 'made') {
        // Another window may have been faster, and may play its copy: Windows then lets nobody replace it.
        const theirs = result.kind === 'failed' ? await this.#find(key) : undefined;
        if (theirs === undefined) throw copyError(result);
        return theirs;
      }
      if ((await keyOf(source).catch(() => undefined)) !== key) {
        await discard(target); // its name would be that of a video which it may not be of
        throw new CopyError('changed', 'the video changed while it was converted');
      }
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#conversions--;
    }
    await this.clean();
    return target;
  }

  /** Waits for one of the places. */
  async #turn(): Promise<void> {
    if (this.#conversions < MAX_CONVERSIONS) this.#conversions++;
    else
      await new Promise<void>(resolve => {
        this.#waiting.push(resolve); // its place is handed over
      });
  }

  #pathOf(key: string): string {
    return join(this.#options.folder, `${key}.mp4`);
  }
}

/** Changes with the content of a video, as far as its size and time tell. */
async function keyOf(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  return createHash('sha256').update(`${path}\0${size}\0${mtimeMs}`).digest('hex').slice(0, 40);
}

/** Windows deletes no file that another window plays: a later cleaning finds it again. */
async function discard(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}

async function onDisk<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new CopyError('disk', String(error));
  }
}

function copyError(result: Exclude<ConvertResult, { kind: 'made' | 'nothingToDo' }>): CopyError {
  if (result.kind !== 'failed') return new CopyError(result.kind, 'the conversion was ended');
  const { by, reason, detail } = result;
  const tooLarge = reason === 'tooLarge' || reason === 'tooLong';
  return new CopyError(tooLarge ? 'tooLarge' : by === 'disk' ? 'disk' : 'undecodable', `${by}: ${detail}`);
}
