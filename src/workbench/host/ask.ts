import * as vscode from 'vscode';
import { foreign } from './foreignText.ts';

/** Everything that asks a person goes through here, so that no foreign word is forgotten (docs/architecture.md). */

/** A modal question: Do Not Disturb hides none. Resolves to whether its one button was pressed. */
export async function askModal(question: string, detail: string, button: string): Promise<boolean> {
  const options = { modal: true, detail: foreign(detail) };
  return (await vscode.window.showWarningMessage(foreign(question), options, button)) === button;
}

/** An item of a pick; what it stands for is found again by its identity. */
export interface PickItem<T> {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly value: T;
}

/** A choice from a list. Undefined where it was left. */
export async function pickOne<T>(
  items: readonly PickItem<T>[],
  options: { readonly title?: string; readonly placeHolder?: string },
): Promise<T | undefined> {
  const shown = items.map(({ label, description, detail, value }) => ({
    label: foreign(label),
    ...(description === undefined ? {} : { description: foreign(description) }),
    ...(detail === undefined ? {} : { detail: foreign(detail) }),
    value,
  }));
  return (await vscode.window.showQuickPick(shown, { ...options, matchOnDetail: true }))?.value;
}

/** A line that a person types. `value` is theirs to change and stays as it is. `validate` gives what is wrong with it. */
export async function typeText(options: {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  readonly placeHolder?: string;
  readonly password?: boolean;
  readonly ignoreFocusOut?: boolean;
  readonly validate: (text: string) => string | undefined;
}): Promise<string | undefined> {
  const { validate, title, prompt, ...rest } = options;
  return await vscode.window.showInputBox({
    ...rest,
    title: foreign(title),
    prompt: foreign(prompt),
    validateInput: text => {
      const problem = validate(text);
      return problem === undefined ? undefined : foreign(problem);
    },
  });
}
