/**
 * Why a video could not be fetched, kept or named. `code` and `kind` are for programs and the log; the sentence that a
 * person reads is made in the workbench. Nothing here holds the link, since whoever has it can fetch the video.
 */
export type DownloadErrorKind =
  /** The server does not know the link (any more): 401, 403, 404 or 410. Ask the API for the task's link again. */
  | 'linkExpired'
  /** The link, or one it redirects to, breaks the rule of `checkResultLink`. */
  | 'linkRefused'
  /** A web page or something else that is no MP4, as sign-in pages of networks answer. */
  | 'notVideo'
  | 'tooLarge'
  | 'diskFull'
  /** The folder or file system is read-only, or belongs to somebody else. */
  | 'notWritable'
  | 'folderMissing'
  /** Any other trouble of the file system; `code` says which. */
  | 'disk'
  /** No answer; `code` is the system's. */
  | 'network'
  /** Not one byte for `stallSeconds`. */
  | 'stalled'
  /** The answer broke off or ended before the video did. */
  | 'truncated'
  /** Any other status than success. */
  | 'http';

/** Kinds after which the same call, with the same link and folder, has a chance later on. */
const RETRYABLE: ReadonlySet<DownloadErrorKind> = new Set([
  'notVideo',
  'diskFull',
  'disk',
  'network',
  'stalled',
  'truncated',
]);

/** HTTP statuses of a passing state: time-outs, too many requests, trouble at the server or a proxy. */
const PASSING_STATUS: ReadonlySet<number> = new Set([407, 408, 421, 425, 429]);

export interface DownloadErrorDetails {
  readonly httpStatus?: number;
  /** The system's code, such as ECONNRESET or ENOSPC, or the reason of a refused link. */
  readonly code?: string;
  /** From `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

export class DownloadError extends Error {
  readonly kind: DownloadErrorKind;
  /** The same call may succeed later; else a new link, another folder or a person is needed. */
  readonly retryable: boolean;
  readonly httpStatus?: number;
  readonly code?: string;
  readonly retryAfterSeconds?: number;

  constructor(kind: DownloadErrorKind, details: DownloadErrorDetails = {}) {
    super([kind, details.httpStatus, details.code].filter(part => part !== undefined).join(' '));
    this.name = 'DownloadError';
    this.kind = kind;
    this.retryable = RETRYABLE.has(kind) || (kind === 'http' && isPassing(details.httpStatus));
    Object.assign(this, details);
  }
}

/** What the file system's error means here. An error that is none of the system's is a fault of the program: returned as it is. */
export function diskError(error: unknown): unknown {
  const code = error instanceof DownloadError ? undefined : errorCode(error);
  if (code === undefined) return error;
  return new DownloadError(DISK_KINDS.get(code) ?? 'disk', { code });
}

/** `code` of the system's errors. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

const DISK_KINDS: ReadonlyMap<string, DownloadErrorKind> = new Map([
  ['ENOSPC', 'diskFull'],
  ['EDQUOT', 'diskFull'],
  ['EACCES', 'notWritable'],
  ['EPERM', 'notWritable'],
  ['EROFS', 'notWritable'],
  ['ENOENT', 'folderMissing'],
  ['ENOTDIR', 'folderMissing'],
  // FAT ends at 4 GiB.
  ['EFBIG', 'tooLarge'],
]);

function isPassing(status: number | undefined): boolean {
  return status !== undefined && (status >= 500 || PASSING_STATUS.has(status));
}
