import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import * as vscode from 'vscode';
import { cleanPrompt } from '../../prompt/clean.ts';
import { meantAt, type TextRefusal } from '../../prompt/meantText.ts';
import type { Lines } from '../../prompt/place.ts';
import { isPrivate, type DocumentKind } from '../../prompt/privateText.ts';
import { isTooLarge, isTooLong, MAX_TEXT_BYTES } from '../../prompt/size.ts';
import type { TaskSource } from '../../tasks/task.ts';
import { languageComments } from './languageComments.ts';
import { cellOf, resourceOf } from './resourceOf.ts';

/** A text to make a video of. */
export interface GatheredText {
  /** As it stands in the document. */
  readonly text: string;
  /** Exactly this was selected by a person. */
  readonly selected: boolean;
  readonly source: TaskSource;
  /** Whose workspace folder and settings apply; undefined: nobody's, as for an untitled text. See `resourceOf`. */
  readonly resource: vscode.Uri | undefined;
}

/** At least one text, or why there is none. */
export type Gathered = { readonly texts: readonly GatheredText[] } | { readonly refusal: TextRefusal };

/**
 * The texts that a person means, as the window is now: in a notebook the selected cells, or what is selected inside the one
 * that is edited; else each selection of the active editor that has text; else the paragraph or comment at each cursor.
 */
export function gatherTexts(): Gathered {
  const notebook = vscode.window.activeNotebookEditor;
  if (notebook) return gatherFromNotebook(notebook, vscode.window.activeTextEditor);
  const editor = vscode.window.activeTextEditor;
  return editor ? (gatherSelected(editor) ?? gatherMeant(editor)) : { refusal: 'none' };
}

/**
 * VS Code's active text editor may be that of another cell than the selected one, of none, or of a panel: it counts only
 * where it is the editor of the one cell that is selected.
 */
function gatherFromNotebook(
  { notebook, selections }: vscode.NotebookEditor,
  editor: vscode.TextEditor | undefined,
): Gathered {
  const cells = selections.flatMap(range => notebook.getCells(range));
  const [only] = cells;
  if (only && cells.length === 1 && editor?.document.uri.toString() === only.document.uri.toString()) {
    const selected = gatherSelected(editor);
    if (selected) return selected;
  }
  // One cell is always selected, also where nobody chose it.
  const selected = cells.length > 1;
  const texts: (GatheredText | TextRefusal)[] = cells.map(({ document }) =>
    !selected && isPrivate(kindOf(document)) ? 'private' : takeRange(document, wholeOf(document), selected),
  );
  return withoutBlank(texts);
}

/** Undefined where nothing is selected. */
function gatherSelected({ document, selections }: vscode.TextEditor): Gathered | undefined {
  const ranges = selections.filter(selection => !selection.isEmpty);
  if (ranges.length === 0) return undefined;
  return withoutBlank(ranges.map(range => takeRange(document, range, true)));
}

function gatherMeant({ document, selections }: vscode.TextEditor): Gathered {
  const kind = kindOf(document);
  const lines: Lines = { count: document.lineCount, text: line => document.lineAt(line).text };
  const texts = new Map<string, GatheredText | TextRefusal>();
  for (const { active } of selections) {
    const meant = meantAt(kind, lines, active.line, () => languageComments(kind.languageId));
    if (typeof meant === 'string') {
      texts.set(meant, meant);
      continue;
    }
    const { start, end } = meant;
    const range = new vscode.Range(start.line, start.character, end.line, end.character);
    texts.set(`${start.line}:${start.character}`, takeRange(document, range, false));
  }
  return withoutBlank([...texts.values()]);
}

function wholeOf(document: vscode.TextDocument): vscode.Range {
  return document.lineAt(0).range.union(document.lineAt(document.lineCount - 1).range);
}

/** Reads a range if a person may have meant it. A very large one is not even read. */
function takeRange(
  document: vscode.TextDocument,
  range: vscode.Range,
  selected: boolean,
): GatheredText | TextRefusal {
  if (document.offsetAt(range.end) - document.offsetAt(range.start) > MAX_TEXT_BYTES)
    return selected ? 'tooLarge' : 'tooLong';
  const text = document.getText(range);
  if (selected ? isTooLarge(text) : isTooLong(text)) return selected ? 'tooLarge' : 'tooLong';
  if (cleanPrompt(text) === '') return 'none';
  return {
    text,
    selected,
    source: sourceOf(document, range.start.line, text),
    resource: resourceOf(document.uri),
  };
}

/**
 * Where a video finds its text again: a cell by its notebook and number, a version by its file. An untitled text keeps its
 * own uri, since its file may never come to be.
 */
function sourceOf({ uri }: vscode.TextDocument, line: number, text: string): TaskSource {
  const cell = cellOf(uri);
  const file = cell?.notebook.uri ?? (uri.scheme === 'untitled' ? uri : (resourceOf(uri) ?? uri));
  return {
    uri: file.toString(),
    ...(cell ? { cell: cell.index } : {}),
    line,
    text,
    hash: createHash('sha256').update(text).digest('hex'),
  };
}

/** Blank ones are left out; any other reason to refuse one refuses all, so that none is missed without a word. */
function withoutBlank(all: readonly (GatheredText | TextRefusal)[]): Gathered {
  const refusal = all.filter(text => typeof text === 'string').find(reason => reason !== 'none');
  if (refusal !== undefined) return { refusal };
  const texts = all.filter(text => typeof text !== 'string');
  return texts.length > 0 ? { texts } : { refusal: 'none' };
}

function kindOf({ uri, languageId }: vscode.TextDocument): DocumentKind {
  return { scheme: uri.scheme, name: posix.basename((resourceOf(uri) ?? uri).path), languageId };
}
