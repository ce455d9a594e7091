import * as vscode from 'vscode';
import { foreignMarkdown } from './foreignText.ts';

export interface HoverParts {
  readonly picture?: { readonly uri: vscode.Uri; readonly alt: string };
  readonly title: string;
  /** Beside the title. */
  readonly facts: readonly string[];
  readonly paragraphs: readonly string[];
}

/** A tooltip in Markdown, in which every part but the picture's address is text, whatever it holds. */
export function hover({ picture, title, facts, paragraphs }: HoverParts): vscode.MarkdownString {
  const first = [`**${foreignMarkdown(title)}**`, ...facts.map(foreignMarkdown)].join(' · ');
  const shown = [first, ...paragraphs.map(foreignMarkdown)];
  // A Uri's own spelling leaves no sign that would end the address.
  if (picture) shown.unshift(`![${foreignMarkdown(picture.alt)}](${picture.uri.toString()})`);
  return new vscode.MarkdownString(shown.join('\n\n'));
}
