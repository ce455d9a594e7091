import type { TextRange } from './place.ts';

/**
 * Where a text that was once selected stands now: the place nearest to the line where it began then. Line ends may have
 * changed since.
 * @param line zero-based
 */
export function findAgain(document: string, text: string, line: number): TextRange | undefined {
  const within = document.replaceAll(/\r\n?/g, '\n');
  const wanted = text.replaceAll(/\r\n?/g, '\n');
  if (wanted === '') return undefined;
  let nearest: TextRange['start'] | undefined;
  let at = within.indexOf(wanted);
  let seen = 0;
  let place = { line: 0, character: 0 };
  while (at !== -1) {
    place = advance(place, within.slice(seen, at));
    seen = at;
    if (!nearest || Math.abs(place.line - line) < Math.abs(nearest.line - line)) nearest = place;
    if (place.line > line) break;
    at = within.indexOf(wanted, at + wanted.length);
  }
  return nearest && { start: nearest, end: advance(nearest, wanted) };
}

/** The place behind `text` that begins at `from`. */
function advance(from: TextRange['start'], text: string): TextRange['start'] {
  const lines = text.split('\n');
  const last = lines.at(-1)?.length ?? 0;
  return lines.length === 1
    ? { line: from.line, character: from.character + last }
    : { line: from.line + lines.length - 1, character: last };
}
