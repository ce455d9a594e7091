import * as vscode from 'vscode';

/** The API keys: in SecretStorage under the name of the API's origin, and in memory for following. Nowhere else. */
export class ApiKeys implements vscode.Disposable {
  readonly #secrets: vscode.SecretStorage;
  readonly #known = new Map<string, string>();
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #listener: vscode.Disposable;
  readonly onDidChange = this.#changes.event;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
    this.#listener = secrets.onDidChange(() => {
      this.#known.clear();
      this.#changes.fire();
    });
  }

  /** Waits without a limit: a person may be unlocking their keyring. Work in the background sets its own. */
  async get(origin: string): Promise<string | undefined> {
    const known = this.#known.get(origin);
    if (known !== undefined) return known;
    const key = await this.#secrets.get(secretName(origin));
    if (key !== undefined) this.#known.set(origin, key);
    return key;
  }

  async set(origin: string, key: string): Promise<void> {
    await this.#secrets.store(secretName(origin), key);
    this.#known.set(origin, key);
  }

  async remove(origin: string): Promise<void> {
    await this.#secrets.delete(secretName(origin));
    this.#known.delete(origin);
  }

  dispose(): void {
    this.#listener.dispose();
    this.#changes.dispose();
    this.#known.clear();
  }
}

function secretName(origin: string): string {
  return `apiKey:${origin}`;
}
