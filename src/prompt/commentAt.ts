import type { CommentMarkers } from './commentMarkers.ts';
import type { Lines, TextRange } from './place.ts';
import { MAX_LINES } from './size.ts';

/**
 * The whole comment in which a line lies; undefined where it lies in none. Only comments that begin their line are seen:
 * elsewhere a marker may as well be part of a text, as in an address.
 */
export function commentAt(lines: Lines, line: number, markers: CommentMarkers): TextRange | undefined {
  return blockAt(lines, line, markers) ?? lineCommentsAt(lines, line, markers);
}

/** Read from the top: only so is it known which of two equal markers begins a comment and which ends it. */
function blockAt(lines: Lines, line: number, { block }: CommentMarkers): TextRange | undefined {
  if (block.length === 0) return undefined;
  for (let at = 0; at <= line; at++) {
    const text = lines.text(at);
    const character = indentOf(text);
    const pair = block.find(([open]) => text.startsWith(open, character));
    if (!pair) continue;
    const end = endOf(lines, at, character + pair[0].length, pair[1]);
    if (!end) return undefined;
    if (line <= end.line) return { start: { line: at, character }, end };
    at = end.line;
  }
  return undefined;
}

/** The place behind the first `close` from there on. */
function endOf(lines: Lines, line: number, character: number, close: string): TextRange['end'] | undefined {
  for (let at = line; at < lines.count; at++) {
    const found = lines.text(at).indexOf(close, at === line ? character : 0);
    if (found !== -1) return { line: at, character: found + close.length };
  }
  return undefined;
}

/** The run of lines around `line` that each are a comment; of a longer one than is ever taken, a part. */
function lineCommentsAt(
  lines: Lines,
  line: number,
  { line: markers }: CommentMarkers,
): TextRange | undefined {
  const isComment = (at: number): boolean =>
    at >= 0 && at < lines.count && markers.some(marker => isLineComment(lines.text(at), at, marker));
  if (!isComment(line)) return undefined;
  let first = line;
  let last = line;
  while (last - first < MAX_LINES && isComment(first - 1)) first -= 1;
  while (last - first < MAX_LINES && isComment(last + 1)) last += 1;
  return {
    start: { line: first, character: indentOf(lines.text(first)) },
    end: { line: last, character: lines.text(last).length },
  };
}

function isLineComment(text: string, line: number, marker: string): boolean {
  const start = indentOf(text);
  const head = text.slice(start, start + marker.length);
  // `#!` tells the system which program runs the file.
  if (line === 0 && text.startsWith('#!')) return false;
  if (!/[a-z]$/i.test(marker)) return head === marker;
  // A word such as REM, in any case, and not the beginning of a longer one.
  return head.toLowerCase() === marker.toLowerCase() && !/^\w/.test(text.slice(start + marker.length));
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}
