import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { cleanPrompt } from '../../prompt/clean.ts';
import { paragraphAt } from '../../prompt/paragraph.ts';
import type { TaskSource } from '../../tasks/task.ts';

/** The texts to make videos of: each selection that has text, else the paragraph at the cursor. */
export function selectedSources({ document, selections }: vscode.TextEditor): TaskSource[] {
  const ranges: vscode.Range[] = selections.filter(selection => !selection.isEmpty);
  if (ranges.length === 0) {
    const at = selections[0]?.active.line ?? 0;
    const paragraph = paragraphAt(line => document.lineAt(line).text, document.lineCount, at);
    if (paragraph)
      ranges.push(document.lineAt(paragraph.first).range.union(document.lineAt(paragraph.last).range));
  }
  return ranges
    .map(range => ({ text: document.getText(range), line: range.start.line }))
    .filter(({ text }) => cleanPrompt(text) !== '')
    .map(({ text, line }) => ({
      uri: document.uri.toString(),
      line,
      text,
      hash: createHash('sha256').update(text).digest('hex'),
    }));
}
