/** Stands for a line break in a box of one line, which would glue the lines of a longer prompt together. */
export const BREAK = '↵';

/** A text of several lines in one, to be read and edited. */
export function toLine(text: string): string {
  return text.replaceAll(/\r\n?|\n/g, ` ${BREAK} `);
}

/** What {@link toLine} made of a text, back in its lines. */
export function fromLine(line: string): string {
  return line.replaceAll(/ ?↵ ?/g, '\n');
}
