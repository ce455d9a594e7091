/** EvoLink's advice on the length of a prompt (reference, field `prompt`). */
export const PROMPT_ADVICE = { chineseCharacters: 500, words: 1000, maxTokens: 10_000 } as const;

/** What may surprise in a prompt. EvoLink does not refuse these, as far as its reference says. */
export type PromptAdvice =
  | {
      readonly kind: 'promptLong';
      readonly unit: 'chineseCharacters' | 'words';
      readonly count: number;
      readonly advised: number;
    }
  /** Probably over the limit, which EvoLink counts in tokens of a tokenizer that is not public. */
  | { readonly kind: 'promptTooLong'; readonly estimatedTokens: number; readonly maxTokens: number }
  /** Tags of reference images, videos or sounds, which a text model has not. */
  | { readonly kind: 'referenceTags'; readonly tags: readonly string[] };

/** The digits end a tag: in Chinese, Japanese and Korean a letter may touch it (`@image1의`). */
const REFERENCE_TAG = /@(?:image|video|audio|图片|圖片|图|圖|视频|視頻|影片|音频|音頻) ?\d{1,2}/giu;

export function promptAdvice(prompt: string): readonly PromptAdvice[] {
  const advice: PromptAdvice[] = [];
  const han = countMatches(prompt, /\p{Script=Han}/gu);
  const words = prompt.split(/\s+/u).filter(part => /[\p{L}\p{N}]/u.test(part)).length;
  const { chineseCharacters, words: advisedWords, maxTokens } = PROMPT_ADVICE;
  if (han > chineseCharacters) {
    advice.push({ kind: 'promptLong', unit: 'chineseCharacters', count: han, advised: chineseCharacters });
  } else if (words > advisedWords) {
    advice.push({ kind: 'promptLong', unit: 'words', count: words, advised: advisedWords });
  }
  const estimatedTokens = estimateTokens(prompt);
  if (estimatedTokens > maxTokens) advice.push({ kind: 'promptTooLong', estimatedTokens, maxTokens });
  const tags = [...new Set(prompt.match(REFERENCE_TAG))];
  if (tags.length > 0) advice.push({ kind: 'referenceTags', tags });
  return advice;
}

/** A rule of thumb for current tokenizers: four ASCII characters a token, one of any other script. */
function estimateTokens(prompt: string): number {
  const ascii = countMatches(prompt, /\p{ASCII}/gu);
  return Math.ceil(ascii / 4) + countMatches(prompt, /\P{ASCII}/gu);
}

function countMatches(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
