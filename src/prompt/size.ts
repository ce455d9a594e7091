import { PROMPT_ADVICE } from '../evolink/promptAdvice.ts';

/** Bytes in UTF-8. EvoLink takes 10,000 tokens: what is larger was selected by mistake. */
export const MAX_TEXT_BYTES = 200_000;

/** UTF-16 units. Prose of a thousand words is shorter in any language; what is longer is not worth counting. */
const MAX_COUNTED = 20_000;

/** Lines that a text may have which nobody selected. More are data. */
export const MAX_LINES = 1_000;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

/** Whether a text is more than a person may select as one prompt. */
export function isTooLarge(text: string): boolean {
  return text.length > MAX_TEXT_BYTES || Buffer.byteLength(text) > MAX_TEXT_BYTES;
}

/**
 * Whether a text is more than EvoLink advises for one prompt, in words or in Chinese characters: nobody means that much by
 * a cursor. Words are those of the Unicode standard, since not every language has blanks between them.
 */
export function isTooLong(text: string): boolean {
  if (text.length > MAX_COUNTED || text.split('\n').length > MAX_LINES) return true;
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  if (han > PROMPT_ADVICE.chineseCharacters) return true;
  let words = 0;
  for (const { isWordLike } of segmenter.segment(text)) if (isWordLike === true) words += 1;
  return words > PROMPT_ADVICE.words;
}
