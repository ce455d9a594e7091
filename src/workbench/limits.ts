import type * as vscode from 'vscode';

/** Milliseconds after which VS Code is taken for gone: a host whose browser was closed lives on, and its calls never settle. */
const HOST_LIMIT = 5_000;

export class HostSilent extends Error {}

/** Awaits VS Code in background work, but not for ever. Throws {@link HostSilent}. */
export async function withinLimit<T>(call: Thenable<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new HostSilent('VS Code does not answer.')), HOST_LIMIT);
  });
  try {
    return await Promise.race([call, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Milliseconds for which VS Code's last answer counts. */
const ALIVE_FOR = 1_000;

/** Whether VS Code answers: where the browser of a remote window was closed, writes to its state never settle. */
export function hostCheck(globalState: Pick<vscode.Memento, 'update'>): () => Promise<boolean> {
  let answeredAt = -Infinity;
  return async () => {
    if (performance.now() - answeredAt < ALIVE_FOR) return true;
    try {
      await withinLimit(globalState.update('alive', undefined));
      answeredAt = performance.now();
      return true;
    } catch {
      return false;
    }
  };
}
