import * as vscode from 'vscode';

const SCHEME = 'seedance-prompt';

/** Shows texts as they will be sent, read-only, while the question about them is open. */
export class TextPreview implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #registration: vscode.Disposable;
  readonly #texts = new Map<string, string>();
  #count = 0;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  /** The question keeps the focus. */
  async show(text: string, name: string): Promise<void> {
    // Another question may have shown a text of the same name.
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${++this.#count}/${name}` });
    this.#texts.set(uri.toString(), text);
    await vscode.window.showTextDocument(uri, { preview: true, preserveFocus: true });
  }

  /** Closes what was shown. */
  async hide(): Promise<void> {
    if (this.#texts.size === 0) return;
    this.#texts.clear();
    const tabs = vscode.window.tabGroups.all
      .flatMap(group => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === SCHEME);
    await vscode.window.tabGroups.close(tabs, true);
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
