import { readFileSync } from 'node:fs';
import stripJsonComments from 'strip-json-comments';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { type CommentMarkers, commentMarkers } from '../../prompt/commentMarkers.ts';

/** What an extension's package.json says of languages; anybody writes it. */
const Manifest = v.object({
  contributes: v.object({
    languages: v.array(
      v.object({
        id: v.fallback(v.string(), ''),
        configuration: v.fallback(v.optional(v.string()), undefined),
      }),
    ),
  }),
});

const Configuration = v.object({ comments: v.unknown() });

/** The comment markers of a language, from the configuration files of all extensions; VS Code has no call for them. */
export function languageComments(languageId: string): CommentMarkers {
  const found = configurationFiles(languageId)
    .map(readComments)
    .findLast(comments => comments !== undefined);
  return commentMarkers(languageId, found);
}

function configurationFiles(languageId: string): vscode.Uri[] {
  return vscode.extensions.all.flatMap(({ packageJSON, extensionUri }) => {
    const manifest = v.safeParse(Manifest, packageJSON);
    if (!manifest.success) return [];
    return manifest.output.contributes.languages
      .filter(({ id }) => id === languageId)
      .flatMap(({ configuration }) =>
        configuration === undefined ? [] : [vscode.Uri.joinPath(extensionUri, configuration)],
      );
  });
}

/**
 * Read at once, not later: what is selected must not change before the text is taken. The files are small and lie beside
 * VS Code. Undefined where a file can't be read.
 */
function readComments(file: vscode.Uri): unknown {
  try {
    const text = readFileSync(file.fsPath, 'utf8').replace(/^\ufeff/, '');
    const parsed = v.safeParse(Configuration, JSON.parse(stripJsonComments(text, { trailingCommas: true })));
    return parsed.success ? parsed.output.comments : undefined;
  } catch {
    return undefined;
  }
}
