// Small and read-only file systems, for tests of what a disk can do to us. Only root may mount them, on Linux.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';

/** Why nothing can be mounted here; undefined where it can. */
export function whyNoMounts(): string | undefined {
  if (process.platform !== 'linux') return 'tmpfs is mounted on Linux only';
  if (process.geteuid?.() !== 0) return 'only root may mount a tmpfs';
  const place = '/dev/shm';
  if (!existsSync(place)) return 'there is no tmpfs';
  try {
    // Containers are often root without the right to mount.
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', place], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'this container may not mount a tmpfs';
  }
}

/** What one test has mounted. */
export class Mounts {
  readonly #places: string[] = [];

  /** Mounts a file system of this size (as mount takes it, `2m`) in a new folder. @returns the folder */
  async tmpfs(place: string, size: string): Promise<string> {
    await mkdir(place);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', place]);
    this.#places.push(place);
    return place;
  }

  /** Changes options of a mounted file system: `size=8m`, `ro`, `rw`. */
  remount(place: string, options: string): void {
    execFileSync('mount', ['-o', `remount,${options}`, place]);
  }

  /** To be called before the folder around them is removed. */
  unmountAll(): void {
    for (const place of this.#places.splice(0).toReversed()) execFileSync('umount', [place]);
  }
}
