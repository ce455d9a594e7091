import type * as vscode from 'vscode';

const KEY = 'promptDrafts';
/** Drafts that are kept, the oldest go first. */
const MOST = 20;

/** Prompts that were typed and not sent yet: a refusal, a question that was left or a reload loses none. */
export class Drafts {
  readonly #state: vscode.Memento;
  readonly #drafts: Map<string, string>;

  constructor(state: vscode.Memento) {
    this.#state = state;
    const kept = state.get<unknown>(KEY);
    const entries: readonly unknown[] = Array.isArray(kept) ? kept : [];
    this.#drafts = new Map(entries.filter(isEntry));
  }

  /** @param about what the prompt is typed for: a task's id, a video's uri, or '' for a new one */
  get(about: string): string | undefined {
    return this.#drafts.get(about);
  }

  keep(about: string, text: string): void {
    this.#drafts.delete(about);
    if (text.trim() !== '') this.#drafts.set(about, text);
    const oldest = [...this.#drafts.keys()].slice(0, -MOST);
    for (const name of oldest) this.#drafts.delete(name);
    this.#save();
  }

  /** It was sent. */
  forget(about: string): void {
    if (this.#drafts.delete(about)) this.#save();
  }

  #save(): void {
    void this.#state.update(KEY, [...this.#drafts]);
  }
}

function isEntry(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every(part => typeof part === 'string');
}
