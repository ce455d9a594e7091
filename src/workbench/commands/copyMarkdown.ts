import { posix } from 'node:path';
import * as vscode from 'vscode';
import { onOneLine } from '../host/foreignText.ts';

/** `seedance.copyMarkdown`: the video as a Markdown document shows it, beside it or at the top of its workspace folder. */
export async function copyMarkdown(video: vscode.Uri, prompt: string | undefined): Promise<string> {
  const isInWorkspace = vscode.workspace.getWorkspaceFolder(video) !== undefined;
  const path = isInWorkspace ? vscode.workspace.asRelativePath(video, false) : posix.basename(video.path);
  const markdown = markdownOf(path, prompt ?? posix.basename(video.path));
  await vscode.env.clipboard.writeText(markdown);
  return markdown;
}

/** As VS Code itself writes a video that is dropped into Markdown: its preview plays that. */
function markdownOf(path: string, title: string): string {
  const address = path.split(/[\\/]/).map(encodeURIComponent).join('/');
  return `<video src="${address}" controls title="${escapeAttribute(title)}"></video>`;
}

function escapeAttribute(text: string): string {
  return onOneLine(text)
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
