import * as v from 'valibot';
import * as vscode from 'vscode';

/** What the git extension writes into the query of a file's version. */
const GitQuery = v.pipe(v.string(), v.parseJson(), v.object({ path: v.string() }));

/**
 * The uri whose workspace folder and settings apply to a document: a cell's notebook, the file of a version (`git:` and the
 * like). VS Code finds the folder of a document by its scheme, and so finds none for these. Undefined where no folder is
 * known, as for an untitled text.
 */
export function resourceOf(uri: vscode.Uri): vscode.Uri | undefined {
  const cell = cellOf(uri);
  if (cell) return resourceOf(cell.notebook.uri);
  if (uri.scheme === 'git') {
    const query = v.safeParse(GitQuery, uri.query);
    if (query.success) return vscode.Uri.file(query.output.path);
  }
  const { workspace } = vscode;
  if (workspace.getWorkspaceFolder(uri) || workspace.fs.isWritableFileSystem(uri.scheme) === true) return uri;
  if (!uri.path.startsWith('/')) return undefined;
  return (workspace.workspaceFolders ?? [])
    .map(folder => folder.uri.with({ path: uri.path }))
    .find(file => workspace.getWorkspaceFolder(file) !== undefined);
}

/** The cell of an open notebook that has the document. */
export function cellOf(document: vscode.Uri): vscode.NotebookCell | undefined {
  if (document.scheme !== 'vscode-notebook-cell') return undefined;
  const uri = document.toString();
  return vscode.workspace.notebookDocuments
    .flatMap(notebook => notebook.getCells())
    .find(cell => cell.document.uri.toString() === uri);
}
