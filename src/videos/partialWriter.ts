import { createHash, type Hash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { DownloadError, diskError } from './error.ts';
import { discardPartial, type PartialNotes, writeNotes } from './partial.ts';
import { isWholeMp4, readAt } from './wholeness.ts';

/** So much may have to be fetched again after a power cut or kill; each costs one wait for the disk. */
const SYNC_EVERY_BYTES = 1 << 20;

/** Bytes that an earlier download left, and a hash that has taken them in. */
export interface Resumable {
  readonly notes: PartialNotes;
  readonly hash: Hash;
}

/** What the server said of the video. */
export type VideoHeaders = Pick<PartialNotes, 'total' | 'validator'>;

/** Writes a partial file and its notes, and hashes on the way. Every method throws DownloadError for the disk's errors. */
export class PartialWriter {
  readonly #path: string;
  readonly #headers: VideoHeaders;
  readonly #resumed: Resumable | undefined;
  readonly #hash: Hash;
  /** Opened by the first byte: an answer without video leaves what is there alone. */
  #file: fs.FileHandle | undefined;
  #bytes: number;
  #synced: number;

  constructor(partialPath: string, resumed: Resumable | undefined, headers: VideoHeaders) {
    this.#path = partialPath;
    this.#headers = headers;
    this.#resumed = resumed;
    this.#hash = resumed?.hash ?? createHash('sha256');
    this.#bytes = resumed?.notes.bytes ?? 0;
    this.#synced = this.#bytes;
  }

  /** Of the video so far. */
  get bytes(): number {
    return this.#bytes;
  }

  async write(chunk: Uint8Array): Promise<void> {
    try {
      this.#file ??= await this.#open();
      await writeAll(this.#file, chunk, this.#bytes);
      this.#hash.update(chunk);
      this.#bytes += chunk.length;
      if (this.#bytes - this.#synced >= SYNC_EVERY_BYTES) await this.#sync(this.#file);
    } catch (error) {
      throw diskError(error);
    }
  }

  /**
   * Marks the file as complete, synced, and returns its SHA-256 in lower-case hexadecimal.
   * @param vouched the server said how long the video is; else its boxes are asked
   */
  async finish(vouched: boolean): Promise<string> {
    const file = this.#file;
    if (!file || (this.#headers.total !== undefined && this.#bytes !== this.#headers.total))
      throw new DownloadError('truncated');
    try {
      if (!vouched && !(await isWholeMp4(readAt(file), this.#bytes))) throw new DownloadError('truncated');
      await file.truncate(this.#bytes);
      await file.sync();
      const sha256 = this.#hash.digest('hex');
      await writeNotes(this.#path, { ...this.#headers, bytes: this.#bytes, total: this.#bytes, sha256 });
      await file.close();
      this.#file = undefined;
      return sha256;
    } catch (error) {
      throw diskError(error);
    }
  }

  /** Keeps what is there for the next download, as far as the disk takes it. Never throws; may be called after all else. */
  async interrupt(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (!file) return;
    await this.#sync(file).catch(() => {});
    await file.close().catch(() => {});
  }

  async #open(): Promise<fs.FileHandle> {
    if (this.#resumed) return fs.open(this.#path, 'r+');
    // Never emptied in place: a killed process may have left it as a second name of a finished video.
    await discardPartial(this.#path);
    const file = await fs.open(this.#path, 'wx+');
    await writeNotes(this.#path, { ...this.#headers, bytes: 0 });
    return file;
  }

  async #sync(file: fs.FileHandle): Promise<void> {
    await file.datasync();
    await writeNotes(this.#path, { ...this.#headers, bytes: this.#bytes });
    this.#synced = this.#bytes;
  }
}

/** A single write may take less than it is given, on a disk that fills up. */
async function writeAll(file: fs.FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
