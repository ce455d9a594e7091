import { createHash } from 'node:crypto';
import type { GenerationRequest } from '../evolink/request.ts';

/** Requests never change, and each is looked up several times on its way. */
const known = new WeakMap<GenerationRequest, string>();

/** Finds the same request among all tasks by an index. Lower-case hexadecimal; the order of the fields does not matter. */
export function requestHash(request: GenerationRequest): string {
  let hash = known.get(request);
  if (hash === undefined) known.set(request, (hash = hashOf(request)));
  return hash;
}

function hashOf(request: GenerationRequest): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(request)))
    .digest('hex');
}

/** … of a request as JSON text. Null where it is none: one odd row must not keep the others from being found. */
export function hashOfRequestText(text: string): string | null {
  try {
    const request: GenerationRequest | null = JSON.parse(text);
    return typeof request === 'object' && request !== null ? requestHash(request) : null;
  } catch {
    return null;
  }
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, field]) => [name, sorted(field)] as const);
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
}
