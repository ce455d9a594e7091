/**
 * Uris between files of one workspace folder, relative to one of them, so that a folder can be moved, cloned and opened
 * on another system. Written with `/`; only characters with a meaning in uris are encoded, so that names stay readable.
 */

/**
 * How `to` is written inside the file `from`; undefined when `to` lies outside of `root`, since such a path would tell of
 * the machine and mean nothing elsewhere.
 */
export function relativeUri(from: string, to: string, root: string): string | undefined {
  const [base, target, top] = [parse(from), parse(to), parse(root)];
  if (!base || !target || !top || !isInside(target, top) || !isInside(base, top)) return undefined;
  const folder = base.segments.slice(0, -1);
  let shared = 0;
  while (shared < folder.length && folder[shared] === target.segments[shared]) shared++;
  const up = folder.slice(shared).map(() => '..');
  const down = target.segments.slice(shared).map(escape);
  const relative = [...up, ...down].join('/');
  // A first segment with a colon would read as a scheme.
  return /^[^/]*:/.test(relative) ? `./${relative}` : relative;
}

/**
 * The full uri of what is written as `relative` inside the file `from`; undefined when it is no relative path or leaves
 * `root`: the file may come from anyone.
 */
export function resolveUri(relative: string, from: string, root: string): string | undefined {
  const [base, top] = [parse(from), parse(root)];
  if (!base || !top || relative === '' || /^\/|^[^/]*:|[\\?#\0]/.test(relative)) return undefined;
  const segments = base.segments.slice(0, -1);
  for (const part of relative.split('/')) {
    const segment = decode(part);
    if (segment === undefined || segment === '' || /[/\\\0]/.test(segment)) return undefined;
    if (segment === '..') {
      if (segments.pop() === undefined) return undefined;
    } else if (segment !== '.') {
      segments.push(segment);
    }
  }
  const target = { ...base, segments };
  if (!isInside(target, top)) return undefined;
  return `${base.origin}/${segments.map(encodeURIComponent).join('/')}`;
}

interface Location {
  /** Scheme and authority: `file://`, `vscode-vfs://github`, `memfs:`. */
  readonly origin: string;
  readonly segments: readonly string[];
}

function parse(uri: string): Location | undefined {
  const match = /^([a-z][a-z0-9+.-]*:(?:\/\/[^/?#]*)?)\/([^?#]*)$/i.exec(uri);
  const segments = match?.[2]
    ?.split('/')
    .filter(segment => segment !== '')
    .map(decode);
  if (!match?.[1] || !segments || !segments.every(segment => segment !== undefined)) return undefined;
  // Windows and VS Code disagree on the case of a drive.
  if (/^[A-Z]:$/.test(segments[0] ?? '')) segments[0] = segments[0]?.toLowerCase() ?? '';
  return { origin: match[1].toLowerCase(), segments };
}

function isInside(location: Location, root: Location): boolean {
  if (location.origin !== root.origin || location.segments.length <= root.segments.length) return false;
  if (location.segments.includes('..')) return false;
  return root.segments.every((segment, index) => segment === location.segments[index]);
}

function escape(segment: string): string {
  return segment.replace(/[%?#\\\s\p{Cc}]/gu, encodeURIComponent);
}

/** Undefined for what no uri can say: broken escapes, and halves of characters. */
function decode(segment: string): string | undefined {
  try {
    return segment.isWellFormed() ? decodeURIComponent(segment) : undefined;
  } catch {
    return undefined;
  }
}
