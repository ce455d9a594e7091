/** A file in the folder of playback copies. */
export interface CachedFile {
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds since 1970: when it was made or last played. */
  readonly usedAt: number;
}

export interface CacheLimits {
  /** Bytes of all copies together. */
  readonly bytes: number;
  /** Milliseconds without use. */
  readonly age: number;
  /** Milliseconds after its last use in which a copy is kept whatever its size: some window may be playing it. */
  readonly grace: number;
}

export const CACHE_LIMITS: CacheLimits = {
  bytes: 500 * 1024 * 1024,
  age: 14 * 24 * 3600_000,
  grace: 3600_000,
};

/** Names of the files to delete: what was not used for long, then the longest unused until the rest is small enough. */
export function filesToEvict(
  files: readonly CachedFile[],
  now: number,
  limits: CacheLimits = CACHE_LIMITS,
): string[] {
  const evicted: string[] = [];
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const file of files.toSorted((a, b) => a.usedAt - b.usedAt)) {
    const unused = now - file.usedAt;
    if (unused <= limits.grace) break;
    if (unused <= limits.age && total <= limits.bytes && !isUnfinished(file.name)) continue;
    evicted.push(file.name);
    total -= file.bytes;
  }
  return evicted;
}

/** What a conversion left that was ended half way. */
function isUnfinished(name: string): boolean {
  return name.endsWith('.part');
}
