import type { Lines, TextRange } from './place.ts';
import { MAX_LINES } from './size.ts';

/**
 * The block of lines with text around `line`, bounded by blank lines; undefined where `line` itself is blank. Of a longer
 * one than is ever taken, a part.
 */
export function paragraphAt(lines: Lines, line: number): TextRange | undefined {
  const isBlank = (at: number): boolean => at < 0 || at >= lines.count || lines.text(at).trim() === '';
  if (isBlank(line)) return undefined;
  let first = line;
  let last = line;
  while (last - first < MAX_LINES && !isBlank(first - 1)) first -= 1;
  while (last - first < MAX_LINES && !isBlank(last + 1)) last += 1;
  return { start: { line: first, character: 0 }, end: { line: last, character: lines.text(last).length } };
}
