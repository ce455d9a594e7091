import * as vscode from 'vscode';
import { PROMPT_ADVICE } from '../../evolink/promptAdvice.ts';
import type { TextRefusal } from '../../prompt/meantText.ts';
import { MAX_TEXT_BYTES } from '../../prompt/size.ts';

/** Why no text is taken, and what to do. */
export function textRefusalSentence(refusal: TextRefusal): string {
  const { t } = vscode.l10n;
  switch (refusal) {
    case 'none':
      return t('There is no text to make a video of: select some, or put the cursor in a paragraph.');
    case 'private':
      return t(
        'This may be a log, or hold passwords or keys: select the text that the video shall be made of, so that no more is sent.',
      );
    case 'code':
      return t(
        'This is no prose: put the cursor in a comment, or select the text that the video shall be made of.',
      );
    case 'tooLong':
      return t(
        'The text at the cursor is longer than {0} words or {1} Chinese characters: select the part that the video shall be made of.',
        PROMPT_ADVICE.words.toLocaleString(vscode.env.language),
        PROMPT_ADVICE.chineseCharacters.toLocaleString(vscode.env.language),
      );
    case 'tooLarge':
      return t('The selected text is larger than {0} kB: select less.', MAX_TEXT_BYTES / 1_000);
  }
}
