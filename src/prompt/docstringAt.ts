import type { Lines, Place, TextRange } from './place.ts';

const BEGINS_LINE = /^\s*[ru]?$/i;
const ENDS_LINE = /^\s*(?:[;#].*)?$/;
const OPENING = '([{';
const CLOSING = ')]}';

/**
 * Python's docstring in which a line lies: a text in three quotes that is a statement of its own. One that is given to a
 * name or a function is part of the program. Undefined where there is none, or where it does not end.
 */
export function docstringAt(lines: Lines, line: number): TextRange | undefined {
  let place: Place = { line: 0, character: 0 };
  /** Brackets that are open. */
  let depth = 0;
  while (place.line <= line) {
    const text = lines.text(place.line);
    const at = text.slice(place.character).search(/["'#([{)\]}]/);
    const character = place.character + at;
    const found = text[character];
    if (at === -1 || found === undefined || found === '#') {
      place = { line: place.line + 1, character: 0 };
      continue;
    }
    if (found === '"' || found === "'") {
      const end = endOfString(lines, { line: place.line, character });
      if (!end) return undefined;
      if (isTriple(text, character) && end.line >= line) {
        const isStatement =
          depth === 0 &&
          BEGINS_LINE.test(text.slice(0, character)) &&
          !/\\\s*$/.test(place.line > 0 ? lines.text(place.line - 1) : '') &&
          ENDS_LINE.test(lines.text(end.line).slice(end.character));
        if (isStatement) return { start: { line: place.line, character: text.search(/\S/) }, end };
        if (end.line > line) return undefined;
      }
      place = end;
      continue;
    }
    if (OPENING.includes(found)) depth += 1;
    if (CLOSING.includes(found)) depth = Math.max(0, depth - 1);
    place = { line: place.line, character: character + 1 };
  }
  return undefined;
}

function isTriple(text: string, character: number): boolean {
  const quote = text[character] ?? '';
  return text.startsWith(quote.repeat(3), character);
}

/** The place behind a string that begins at `start`. Without three quotes it ends with its line at the latest. */
function endOfString(lines: Lines, start: Place): Place | undefined {
  const first = lines.text(start.line);
  const quote = first[start.character] ?? '';
  const triple = isTriple(first, start.character);
  const close = triple ? quote.repeat(3) : quote;
  let character = start.character + close.length;
  for (let line = start.line; line < lines.count; line++, character = 0) {
    const text = lines.text(line);
    for (; character < text.length; character++) {
      if (text[character] === '\\') character += 1;
      else if (text.startsWith(close, character)) return { line, character: character + close.length };
    }
    if (!triple) return { line: line + 1, character: 0 };
  }
  return undefined;
}
