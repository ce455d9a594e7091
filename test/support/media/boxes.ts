// Changes bytes of real files, to make those that no encoder writes.
import { Box, readTopBoxes } from '../../../src/mp4/box.ts';

/** The box at the end of `path`, `nth` telling which where the first step has several (`trak`). */
export function findBox(bytes: Uint8Array, path: readonly string[], trak = 0): Box {
  let boxes = readTopBoxes(bytes);
  let found: Box | undefined;
  for (const type of path) {
    const same = boxes.filter(box => box.type === type);
    found = type === 'trak' ? same[trak] : same[0];
    if (!found) throw new Error(`no ${path.join('/')}`);
    boxes = type === path.at(-1) ? [] : found.children();
  }
  if (!found) throw new Error('no path');
  return found;
}

/** A copy of the file with `values` (bytes) written into the body of a box, at `at`. */
export function patch(
  bytes: Uint8Array,
  path: readonly string[],
  at: number,
  values: readonly number[],
  trak = 0,
): Uint8Array {
  const copy = bytes.slice();
  copy.set(values, findBox(copy, path, trak).body + at);
  return copy;
}
