import * as vscode from 'vscode';
import { cleanPrompt } from '../../prompt/clean.ts';
import type { Drafts } from './drafts.ts';
import { BREAK, fromLine, toLine } from './lineBreaks.ts';

/**
 * Asks for a prompt. Undefined where the user left it; what was typed is there again the next time.
 * @param about what it is typed for, as {@link Drafts} has it
 * @param value the text to begin with where there is no draft
 */
export async function typePrompt(about: string, value: string, drafts: Drafts): Promise<string | undefined> {
  const box = vscode.window.createInputBox();
  try {
    box.title = vscode.l10n.t('Generate Video');
    box.value = toLine(drafts.get(about) ?? value);
    box.prompt = box.value.includes(BREAK)
      ? vscode.l10n.t('Describe the video. Put what is spoken in double quotes. {0} is a line break.', BREAK)
      : vscode.l10n.t('Describe the video. Put what is spoken in double quotes.');
    box.ignoreFocusOut = true;
    return await new Promise<string | undefined>(resolve => {
      const check = (): boolean => {
        const isEmpty = cleanPrompt(box.value) === '';
        box.validationMessage = isEmpty
          ? vscode.l10n.t('The prompt is empty: there is nothing to make a video of.')
          : '';
        return !isEmpty;
      };
      box.onDidChangeValue(check);
      box.onDidAccept(() => {
        if (check()) resolve(fromLine(box.value));
      });
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
  } finally {
    const typed = fromLine(box.value);
    if (typed === value) drafts.forget(about);
    else drafts.keep(about, typed);
    box.dispose();
  }
}
