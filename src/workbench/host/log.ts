import * as vscode from 'vscode';
import { logEntry } from './foreignText.ts';

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** The log of the extension. */
export interface Log extends Readonly<Record<Level, (text: string) => void>>, vscode.Disposable {
  show(): void;
}

/** The output channel of that name, in which no foreign word can pass for a line of ours or turn it round. */
export function openLog(name: string): Log {
  const channel = vscode.window.createOutputChannel(name, { log: true });
  return {
    trace: text => channel.trace(logEntry(text)),
    debug: text => channel.debug(logEntry(text)),
    info: text => channel.info(logEntry(text)),
    warn: text => channel.warn(logEntry(text)),
    error: text => channel.error(logEntry(text)),
    show: () => channel.show(),
    dispose: () => channel.dispose(),
  };
}
