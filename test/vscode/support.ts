// What VS Code would show, kept instead: nobody is there to answer.
import * as vscode from 'vscode';

export interface Shown {
  /** `error`, `warning`, `information`, `input`, `pick`, `question` (the one that pays), `folder`, `progress`. */
  readonly kind: string;
  readonly text: string;
  readonly modal: boolean;
  /** All that was handed over. */
  readonly all: readonly unknown[];
}

type Answer = (shown: Shown) => unknown;

const message = (first: unknown): string => String(first);
const titled = (first: unknown): string => String(Object(first).title);

/** Runs `work` while nothing is shown; what would have been is given to `answer`, which answers for the person. */
export async function whileWatched<T>(
  work: () => Promise<T>,
  answer: Answer = () => undefined,
): Promise<{ result: T; shown: Shown[] }> {
  const shown: Shown[] = [];
  const stub =
    (kind: string, textOf: (first: unknown) => string) =>
    (...all: unknown[]): Promise<unknown> => {
      const entry = { kind, text: textOf(all[0]), modal: isModal(all[1]), all };
      shown.push(entry);
      return Promise.resolve(answer(entry));
    };
  /** A box or picker that is left as soon as it is shown. */
  const left = (kind: string): object => {
    const hide = new vscode.EventEmitter<void>();
    const never = new vscode.EventEmitter<void>().event;
    const box = {
      title: '',
      value: '',
      items: [],
      activeItems: [],
      onDidHide: hide.event,
      onDidAccept: never,
      onDidChangeValue: never,
      onDidTriggerItemButton: never,
      dispose: () => {},
      show: () => {
        const entry = { kind, text: box.title, modal: false, all: [box] };
        shown.push(entry);
        answer(entry);
        queueMicrotask(() => hide.fire());
      },
    };
    return box;
  };
  const stubs = {
    showErrorMessage: stub('error', message),
    showWarningMessage: stub('warning', message),
    showInformationMessage: stub('information', message),
    showInputBox: stub('input', titled),
    showQuickPick: stub('pick', () => ''),
    showOpenDialog: stub('folder', titled),
    createInputBox: () => left('input'),
    createQuickPick: () => left('question'),
  };
  const own = Object.fromEntries(Object.keys(stubs).map(name => [name, Reflect.get(vscode.window, name)]));
  Object.assign(vscode.window, stubs);
  try {
    return { result: await work(), shown };
  } finally {
    Object.assign(vscode.window, own);
  }
}

function isModal(options: unknown): boolean {
  return Object(options).modal === true;
}
