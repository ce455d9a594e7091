import * as vscode from 'vscode';
import { findAgain } from '../prompt/findAgain.ts';
import type { TextRange } from '../prompt/place.ts';
import { cellOf, resourceOf } from './generate/resourceOf.ts';

/** Where a video's text is: a task's `source`, or what a sidecar knows of it. */
export interface SourcePlace {
  /** Uri as text. */
  readonly uri: string;
  /** Zero-based number of the cell, where `uri` is a notebook. */
  readonly cell?: number;
  /** Zero-based; in a notebook within the cell. */
  readonly line: number;
  readonly text?: string;
}

/**
 * Opens the text that a video was made of, and selects it where it still stands.
 * @returns false where it is not there any more; nothing was opened then
 */
export async function openSource(source: SourcePlace): Promise<boolean> {
  const uri = vscode.Uri.parse(source.uri);
  try {
    if (source.cell !== undefined) await showCell(uri, source);
    else if (uri.scheme === 'vscode-notebook-cell')
      await showCell(cellOf(uri)?.notebook.uri ?? resourceOf(uri) ?? uri, source);
    else await showText(uri, source);
    return true;
  } catch {
    return false;
  }
}

async function showText(uri: vscode.Uri, source: SourcePlace): Promise<void> {
  const document = await documentOf(uri, source);
  const start = new vscode.Position(source.line, 0);
  const found = placeIn(document, source);
  const selection = found
    ? new vscode.Range(found.start.line, found.start.character, found.end.line, found.end.character)
    : document.validateRange(new vscode.Range(start, start));
  await vscode.window.showTextDocument(document, { selection });
}

async function documentOf(uri: vscode.Uri, source: SourcePlace): Promise<vscode.TextDocument> {
  if (uri.scheme !== 'untitled') return await vscode.workspace.openTextDocument(resourceOf(uri) ?? uri);
  // Opening an untitled text by its uri would make a new one. It may have become a file since.
  const { textDocuments, fs } = vscode.workspace;
  const same = textDocuments.find(document => document.uri.toString() === uri.toString());
  const holding = [...(same ? [same] : []), ...textDocuments].find(
    document =>
      (document.isUntitled || fs.isWritableFileSystem(document.uri.scheme) === true) &&
      placeIn(document, source) !== undefined,
  );
  const document = holding ?? same;
  if (document) return document;
  const file = resourceOf(uri);
  if (!file) throw new Error('The untitled text was closed.');
  return await vscode.workspace.openTextDocument(file);
}

async function showCell(uri: vscode.Uri, source: SourcePlace): Promise<void> {
  const { notebookDocuments } = vscode.workspace;
  const open = notebookDocuments.find(notebook => notebook.uri.toString() === uri.toString());
  if (!open && uri.scheme === 'untitled') throw new Error('The untitled notebook was closed.');
  const notebook = open ?? (await vscode.workspace.openNotebookDocument(uri));
  const at = cellNumber(notebook, source);
  const range = new vscode.NotebookRange(at, at + 1);
  const editor = await vscode.window.showNotebookDocument(notebook, { selections: [range] });
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
}

/** The nearest cell to the one that the text was in which still holds it; cells are moved and put in between. */
function cellNumber(notebook: vscode.NotebookDocument, source: SourcePlace): number {
  const then = source.cell ?? 0;
  const holding = notebook
    .getCells()
    .filter(({ document }) => placeIn(document, source) !== undefined)
    .toSorted((a, b) => Math.abs(a.index - then) - Math.abs(b.index - then))[0];
  return holding?.index ?? Math.max(0, Math.min(Math.floor(then), notebook.cellCount - 1));
}

function placeIn(document: vscode.TextDocument, { text, line }: SourcePlace): TextRange | undefined {
  return text === undefined ? undefined : findAgain(document.getText(), text, line);
}
