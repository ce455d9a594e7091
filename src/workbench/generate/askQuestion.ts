import * as vscode from 'vscode';
import { PRICE_TABLE } from '../../evolink/pricing.ts';
import { showHint } from '../host/pickerHint.ts';
import { AcceptGuard } from './acceptGuard.ts';
import { chosenOf, initialState, type Answer, type Question, type QuestionState } from './question.ts';
import { rowsOf, titleOf, type Row, type RowButton } from './questionRows.ts';

interface TextShower {
  readonly showText: (text: string, name: string) => Promise<void>;
  readonly hideTexts: () => Promise<void>;
}

/** Asks with everything that is known, and pays nothing by itself. Undefined where the person left it. */
export async function askQuestion(question: Question, texts: TextShower): Promise<Answer> {
  const open = new OpenQuestion(question, texts);
  try {
    return await open.answer;
  } finally {
    open.dispose();
    // What was chosen counts, whatever becomes of the texts that were shown.
    await texts.hideTexts().catch(() => {});
  }
}

/** The question on the screen: a picker that only accepts what was one press, on a row that was seen. */
class OpenQuestion implements vscode.Disposable {
  readonly answer: Promise<Answer>;
  readonly #question: Question;
  readonly #texts: TextShower;
  readonly #resolve: (answer: Answer) => void;
  readonly #pick = vscode.window.createQuickPick<Row>();
  readonly #guard = new AcceptGuard({
    now: () => performance.now(),
    after: (milliseconds, act) => {
      const timer = setTimeout(act, milliseconds);
      return () => clearTimeout(timer);
    },
  });
  #state: QuestionState;
  #isOpen = true;

  constructor(question: Question, texts: TextShower) {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.answer = promise;
    this.#resolve = resolve;
    this.#question = question;
    this.#texts = texts;
    this.#state = initialState(question);
    const pick = this.#pick;
    pick.ignoreFocusOut = true;
    pick.keepScrollPosition = true;
    pick.placeholder = vscode.l10n.t('Nothing is sent until you choose it');
    showHint(pick, usualHint());
    this.#draw(0);
    pick.onDidAccept(() => this.#accept());
    pick.onDidChangeValue(value => {
      // Whoever types on did not mean the press before.
      this.#guard.cancel();
      showHint(
        pick,
        value === ''
          ? usualHint()
          : vscode.l10n.t('Delete what you typed: nothing is chosen while it is there.'),
      );
    });
    pick.onDidTriggerItemButton(({ item, button }) => this.#press(item, button));
    pick.onDidHide(() => this.#resolve(undefined));
    void question.balance?.then(balance => this.#change({ balance }));
    pick.show();
  }

  dispose(): void {
    this.#isOpen = false;
    this.#guard.dispose();
    this.#pick.dispose();
  }

  #change(changes: Partial<QuestionState>): void {
    if (!this.#isOpen) return;
    const [active] = this.#pick.activeItems;
    const index = active ? this.#pick.items.indexOf(active) : -1;
    this.#state = { ...this.#state, ...changes };
    this.#draw(index);
  }

  /** @param active index of the row that has the focus; -1: none */
  #draw(active: number): void {
    const rows = rowsOf(this.#question, this.#state);
    this.#pick.title = titleOf(this.#question, this.#state);
    this.#pick.items = rows;
    const row = rows[active];
    this.#pick.activeItems = row ? [row] : [];
  }

  #accept(): void {
    const [row] = this.#pick.activeItems;
    const isClear = this.#pick.value === '' && row !== undefined;
    this.#guard.accept(
      isClear,
      () => row && this.#choose(row),
      () => {
        if (this.#pick.value === '')
          showHint(this.#pick, vscode.l10n.t('That was more than one press: press Enter or click once.'));
      },
    );
  }

  #choose(row: Row): void {
    const { act } = row;
    switch (act.kind) {
      case 'answer':
        return this.#resolve(act.answer);
      case 'pay':
        // It may have become known since the press.
        if (this.#state.balance.kind === 'keyRefused') return undefined;
        return this.#resolve({ kind: 'pay', chosen: chosenOf(this.#question, this.#state) });
      case 'text':
        return this.#showText(act.index);
      case 'nothing':
    }
  }

  #press(row: Row, button: vscode.QuickInputButton): void {
    if (row.act.kind === 'answer') return this.#resolve(row.act.answer);
    if (row.act.kind !== 'text') return;
    const { index } = row.act;
    if (!isToggle(button)) return this.#showText(index);
    const included = this.#state.included.map((isIn, at) => (at === index ? !isIn : isIn));
    this.#change({ included });
  }

  #showText(index: number): void {
    const prompt = this.#question.candidates[index]?.request.prompt;
    if (prompt !== undefined) void this.#texts.showText(prompt, vscode.l10n.t('Prompt {0}', index + 1));
  }
}

function isToggle(button: vscode.QuickInputButton): button is RowButton {
  return 'does' in button && button.does === 'toggle';
}

function usualHint(): string {
  return vscode.l10n.t('Prices of {0}; EvoLink’s own word counts.', PRICE_TABLE.date);
}
