// Changes bytes of real files, to make those that no encoder writes.
import { Box, readTopBoxes } from '../../../src/mp4/box.ts';
import { box, concatenate } from '../../../src/mp4/write.ts';

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

/** A copy of the file with another box, of any size, in the place of one inside its `moov`, which must be at the end. */
export function replaceBox(
  bytes: Uint8Array,
  path: readonly string[],
  replacement: Uint8Array,
  trak = 0,
): Uint8Array {
  const replaced = findBox(bytes, path, trak);
  const rebuild = (at: Box): Uint8Array => {
    if (at.start === replaced.start) return replacement;
    const holds = at.start < replaced.start && replaced.end <= at.end;
    return holds ? box(at.type, ...at.children().map(child => rebuild(child))) : at.raw;
  };
  return concatenate(readTopBoxes(bytes).map(top => rebuild(top)));
}
