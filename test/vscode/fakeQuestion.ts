import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { waitFor } from '../support/waitFor.ts';

/** A picker without a window: tests see its rows and accept them, as a person would. */
class FakePick {
  title: string | undefined;
  placeholder: string | undefined;
  prompt: string | undefined;
  value = '';
  ignoreFocusOut = false;
  keepScrollPosition = false;
  items: readonly vscode.QuickPickItem[] = [];
  activeItems: readonly vscode.QuickPickItem[] = [];
  isOpen = false;
  readonly #accept = new vscode.EventEmitter<void>();
  readonly #hide = new vscode.EventEmitter<void>();
  readonly #value = new vscode.EventEmitter<string>();
  readonly #button = new vscode.EventEmitter<vscode.QuickPickItemButtonEvent<vscode.QuickPickItem>>();
  readonly onDidAccept = this.#accept.event;
  readonly onDidHide = this.#hide.event;
  readonly onDidChangeValue = this.#value.event;
  readonly onDidTriggerItemButton = this.#button.event;

  show(): void {
    this.isOpen = true;
  }

  hide(): void {
    this.isOpen = false;
    this.#hide.fire();
  }

  dispose(): void {
    this.isOpen = false;
  }

  /** All that it says. */
  get text(): string {
    const rows = this.items.map(({ label, description, detail }) =>
      [label, description, detail].filter(Boolean).join(' | '),
    );
    return [this.title, ...rows].join('\n');
  }

  row(label: string | RegExp): vscode.QuickPickItem {
    const found = this.items.find(item =>
      typeof label === 'string' ? item.label === label : label.test(item.label),
    );
    assert(found, `a row ${label} in:\n${this.text}`);
    return found;
  }

  accept(label: string | RegExp): void {
    this.activeItems = [this.row(label)];
    this.#accept.fire();
  }

  press(label: string | RegExp, tooltip: string): void {
    const item = this.row(label);
    const button = item.buttons?.find(button => button.tooltip === tooltip);
    assert(button, tooltip);
    this.#button.fire({ item, button });
  }
}

export type { FakePick };

/** Stands for the window's pickers until `restore`. */
export class FakeQuestions {
  readonly all: FakePick[] = [];
  readonly #original = vscode.window.createQuickPick;

  constructor() {
    const create = (): FakePick => {
      const pick = new FakePick();
      this.all.push(pick);
      return pick;
    };
    Object.assign(vscode.window, { createQuickPick: create });
  }

  restore(): void {
    Object.assign(vscode.window, { createQuickPick: this.#original });
  }

  /** Waits for the question after so many others. */
  async next(number = this.all.length): Promise<FakePick> {
    return await waitFor('the question', () => (this.all[number]?.isOpen ? this.all[number] : undefined));
  }
}
