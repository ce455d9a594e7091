import * as fs from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './error.ts';
import { isDevice } from './portable.ts';

export type FolderProblem =
  /** The workspace folder itself is gone. */
  | 'workspaceMissing'
  /** Absolute, or leads out of the workspace folder, by `..` or by a symbolic link. */
  | 'outside'
  /** Something on the way is a file. */
  | 'notAFolder'
  /** A name that not every system takes. */
  | 'badName';

export type OutputFolder =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'problem'; readonly problem: FolderProblem };

/**
 * Where videos of a workspace folder go. Asked anew before each download and each naming: settings and disks change. The
 * folder need not exist yet.
 * @param workspaceRoot absolute path
 * @param relative the setting `outputFolder`, with `/` or `\` on any system; empty for the workspace folder itself
 */
export async function resolveOutputFolder(workspaceRoot: string, relative: string): Promise<OutputFolder> {
  const segments = outputSegments(relative);
  if (typeof segments === 'string') return problem(segments);
  const root = await fs.realpath(workspaceRoot).catch(() => undefined);
  if (root === undefined) return problem('workspaceMissing');
  let current = workspaceRoot;
  for (const segment of segments) {
    current = path.join(current, segment);
    const found = await inspect(current, root);
    if (found === 'missing') break;
    if (found !== 'inside') return problem(found);
  }
  return { kind: 'folder', path: path.join(workspaceRoot, ...segments) };
}

/** The setting `outputFolder` as path segments, or what is wrong with it, on whatever system it is read. */
export function outputSegments(relative: string): string[] | FolderProblem {
  if (/^[\\/~]|^[A-Za-z]:/.test(relative)) return 'outside';
  const segments: string[] = [];
  for (const segment of relative.split(/[\\/]/)) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') {
      if (segments.pop() === undefined) return 'outside';
    } else if (!isPortable(segment)) {
      return 'badName';
    } else {
      segments.push(segment);
    }
  }
  return segments;
}

function isPortable(segment: string): boolean {
  return (
    !/[<>:"|?*\p{Cc}\p{Cs}]|[. ]$/u.test(segment) && !isDevice(segment) && Buffer.byteLength(segment) <= 255
  );
}

/** What is at this path, seen from a workspace folder whose real path is `root`. */
async function inspect(folder: string, root: string): Promise<'inside' | 'missing' | FolderProblem> {
  try {
    const real = await fs.realpath(folder);
    const way = path.relative(root, real);
    if (way === '..' || way.startsWith(`..${path.sep}`) || path.isAbsolute(way)) return 'outside';
    return (await fs.stat(real)).isDirectory() ? 'inside' : 'notAFolder';
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') return 'notAFolder';
    // A symbolic link to nowhere could be to anywhere.
    return (await fs.lstat(folder).catch(() => undefined)) ? 'outside' : 'missing';
  }
}

function problem(kind: FolderProblem): OutputFolder {
  return { kind: 'problem', problem: kind };
}
