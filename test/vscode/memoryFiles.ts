// Files that only VS Code can reach, as those of a repository that is opened without a clone.
import * as vscode from 'vscode';

interface Entry {
  type: vscode.FileType;
  bytes: Uint8Array;
}

/** A file system in memory. Folders are made by `createDirectory`; nothing is watched. */
export class MemoryFiles implements vscode.FileSystemProvider {
  readonly #entries = new Map<string, Entry>([
    ['/', { type: vscode.FileType.Directory, bytes: Buffer.of() }],
  ]);
  readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;
  /** Every write fails with this while it is set. */
  trouble: vscode.FileSystemError | undefined;

  /** Paths of all files. */
  get files(): string[] {
    return [...this.#entries].filter(([, { type }]) => type === vscode.FileType.File).map(([path]) => path);
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { type, bytes } = this.#get(uri);
    return { type, ctime: 0, mtime: 0, size: bytes.length };
  }

  readDirectory({ path }: vscode.Uri): [string, vscode.FileType][] {
    const prefix = path.endsWith('/') ? path : `${path}/`;
    return [...this.#entries]
      .filter(([other]) => other.startsWith(prefix) && !other.slice(prefix.length).includes('/'))
      .map(([other, { type }]) => [other.slice(prefix.length), type]);
  }

  createDirectory({ path }: vscode.Uri): void {
    this.#check();
    this.#entries.set(path, { type: vscode.FileType.Directory, bytes: Buffer.of() });
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return this.#get(uri).bytes;
  }

  writeFile({ path }: vscode.Uri, bytes: Uint8Array): void {
    this.#check();
    this.#entries.set(path, { type: vscode.FileType.File, bytes });
  }

  delete(uri: vscode.Uri): void {
    this.#get(uri);
    this.#entries.delete(uri.path);
  }

  rename(from: vscode.Uri, to: vscode.Uri, { overwrite }: { overwrite: boolean }): void {
    this.#check();
    const entry = this.#get(from);
    if (!overwrite && this.#entries.has(to.path)) throw vscode.FileSystemError.FileExists(to);
    this.#entries.set(to.path, entry);
    this.#entries.delete(from.path);
  }

  #get(uri: vscode.Uri): Entry {
    const entry = this.#entries.get(uri.path);
    if (!entry) throw vscode.FileSystemError.FileNotFound(uri);
    return entry;
  }

  #check(): void {
    if (this.trouble) throw this.trouble;
  }
}
