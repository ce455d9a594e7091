/** Zero-based first and last line of a paragraph. */
export interface Paragraph {
  readonly first: number;
  readonly last: number;
}

/** The block of lines with text around `line`, bounded by blank lines; undefined where `line` itself is blank. */
export function paragraphAt(
  lineText: (line: number) => string,
  lineCount: number,
  line: number,
): Paragraph | undefined {
  const isBlank = (at: number): boolean => at < 0 || at >= lineCount || lineText(at).trim() === '';
  if (isBlank(line)) return undefined;
  let first = line;
  let last = line;
  while (!isBlank(first - 1)) first -= 1;
  while (!isBlank(last + 1)) last += 1;
  return { first, last };
}
