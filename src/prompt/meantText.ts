import { commentAt } from './commentAt.ts';
import type { CommentMarkers } from './commentMarkers.ts';
import { docstringAt } from './docstringAt.ts';
import { paragraphAt } from './paragraph.ts';
import type { Lines, TextRange } from './place.ts';
import { type DocumentKind, isPrivate } from './privateText.ts';

/** Languages that people write prose in; the menu's `when` in package.json names the same. */
const PROSE: ReadonlySet<string> = new Set([
  'markdown',
  'plaintext',
  'latex',
  'restructuredtext',
  'asciidoc',
  'typst',
  'fountain',
  'org',
]);

/** Why no text is taken. `none`: there is none; the others: only once a person selects it. */
export type TextRefusal = 'none' | 'private' | 'code' | 'tooLong' | 'tooLarge';

/**
 * The text that a person means by a cursor alone: a paragraph of prose, or the comment or docstring around it.
 * @param markers asked for only where they are needed
 */
export function meantAt(
  kind: DocumentKind,
  lines: Lines,
  line: number,
  markers: () => CommentMarkers,
): TextRange | TextRefusal {
  if (isPrivate(kind)) return 'private';
  if (PROSE.has(kind.languageId)) return paragraphAt(lines, line) ?? 'none';
  const docstring = kind.languageId === 'python' ? docstringAt(lines, line) : undefined;
  return docstring ?? commentAt(lines, line, markers()) ?? 'code';
}
