import type { FileHandle } from 'node:fs/promises';
import { createRequire, syncBuiltinESMExports } from 'node:module';

// The object behind the module, so that its functions can be replaced for all who imported it.
const disk: typeof import('node:fs/promises') = createRequire(import.meta.url)('node:fs/promises');

export interface Mortality {
  /** Operations on the disk so far, the fatal one included. */
  readonly operations: () => number;
  /** Settles when the fatal operation is due. */
  readonly death: Promise<void>;
  /** Gives the disk back to the living. */
  end(): Promise<void>;
}

/**
 * Lets the operations on the disk hang for ever from the n-th on: what runs here stops at that point, with all that it had
 * done on disk, as a killed process would. Reading and the many writes of a download don't count.
 */
export async function dieBeforeOperation(fatal: number): Promise<Mortality> {
  let operations = 0;
  const { promise: death, resolve: die } = Promise.withResolvers<void>();
  const restore: (() => void)[] = [];
  const open = new Set<FileHandle>();
  const nothing = await disk.open(process.execPath);
  const handles: object = Object.getPrototypeOf(nothing);
  await nothing.close();

  function wrap(holder: object, method: string): void {
    const original: unknown = Reflect.get(holder, method);
    if (typeof original !== 'function') throw new Error(`no ${method}`);
    restore.push(() => Reflect.set(holder, method, original));
    Reflect.set(holder, method, function counted(this: FileHandle, ...values: unknown[]): unknown {
      // `writeFile` has one of its own.
      if (holder === handles) open.add(this);
      operations += 1;
      if (operations === fatal) die();
      return operations >= fatal ? new Promise(() => {}) : Reflect.apply(original, this, values);
    });
  }
  for (const method of ['truncate', 'datasync', 'sync']) wrap(handles, method);
  const openFile = disk.open;
  restore.push(() => {
    disk.open = openFile;
  });
  disk.open = async (...values) => {
    const handle = await openFile(...values);
    open.add(handle);
    return handle;
  };
  for (const method of ['open', 'mkdir', 'link', 'rename', 'rm', 'writeFile', 'copyFile']) wrap(disk, method);
  syncBuiltinESMExports();

  return {
    operations: () => operations,
    death,
    async end() {
      for (const undo of restore.toReversed()) undo();
      syncBuiltinESMExports();
      for (const handle of open) await handle.close().catch(() => {});
    },
  };
}
