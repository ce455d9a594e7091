import * as v from 'valibot';

/** What begins and ends the comments of a language. */
export interface CommentMarkers {
  /** What begins a comment that reaches to the end of its line. */
  readonly line: readonly string[];
  /** What begins and what ends a comment of any number of lines. */
  readonly block: readonly (readonly [string, string])[];
}

const LineComment = v.union([
  v.string(),
  v.pipe(
    v.object({ comment: v.string() }),
    v.transform(given => given.comment),
  ),
]);

/** `comments` of a language configuration. Anybody's extension writes it: a part that makes no sense counts as missing. */
const Comments = v.object({
  lineComment: v.fallback(v.optional(LineComment), undefined),
  blockComment: v.fallback(v.optional(v.tuple([v.string(), v.string()])), undefined),
});

/** Line markers that people write and that the language’s configuration does not name. */
const ALSO_WRITTEN: ReadonlyMap<string, readonly string[]> = new Map([
  ['bat', ['REM', '::']],
  ['clojure', [';']],
]);

/**
 * The markers that a language's configuration names.
 * @param comments the configuration's member `comments`, whatever it is
 */
export function commentMarkers(languageId: string, comments: unknown): CommentMarkers {
  const parsed = v.safeParse(Comments, comments);
  if (!parsed.success) return { line: [], block: [] };
  const { lineComment, blockComment } = parsed.output;
  const [open, close] = (blockComment ?? []).map(marker => marker.trim());
  // XSL has an empty marker; where a blank ends a "block", as in .properties files, a line comment is meant.
  const block = open && close ? ([[open, close]] as const) : [];
  const line = [lineComment?.trim() ?? '', ...(ALSO_WRITTEN.get(languageId) ?? [])].filter(
    marker => marker !== '',
  );
  // Python's """ is no comment: it may be a docstring, or any other text of the program.
  return { line, block: languageId === 'python' ? [] : block };
}
