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
