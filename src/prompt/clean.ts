/** Neither a space (Braille has one of its own), nor a character that nothing is drawn for, nor half of one. */
const VISIBLE = /[^\p{White_Space}\u2800\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;

/**
 * The text that is sent: line ends made alike, other breaks made a space, invisible control characters
 * dropped, blank edges cut. Nothing else changes.
 * Empty where a person would see nothing: that must not be paid for.
 */
export function cleanPrompt(text: string): string {
  if (!VISIBLE.test(text)) return '';
  return (
    text
      .replaceAll(/\r\n?/g, '\n')
      // These part words as well; without a space the two would become one.
      .replaceAll(/[\f\v\u0085]/g, ' ')
      // Control characters other than tab and line feed never mean anything in a prompt.
      .replaceAll(/[^\P{Cc}\t\n]|\ufeff/gu, '')
      .trim()
  );
}
