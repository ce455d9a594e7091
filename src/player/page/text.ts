/** Puts values into the places `{0}`, `{1}`, … of a text. */
export function fill(text: string, ...values: readonly string[]): string {
  return text.replaceAll(/\{(\d)\}/g, (whole, index: string) => values[Number(index)] ?? whole);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
