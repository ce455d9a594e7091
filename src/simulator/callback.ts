import { hostKind } from '../net/addresses.ts';
import type { Problem } from './problem.ts';

const MAX_LENGTH = 2048;

/** The rules of EvoLink's API reference, field `callback_url`. What counts as internal is told by the one list of private hosts. */
export function callbackProblem(url: unknown): Problem | undefined {
  if (url === undefined) return undefined;
  const param = 'callback_url';
  const parsed = typeof url === 'string' ? URL.parse(url) : null;
  if (typeof url !== 'string' || !parsed || parsed.protocol !== 'https:')
    return { param, message: 'callback_url must be an HTTPS URL' };
  if (url.length > MAX_LENGTH) {
    return {
      param,
      message: `callback_url must not exceed ${MAX_LENGTH} characters`,
      details: { max: MAX_LENGTH },
    };
  }
  return hostKind(parsed.hostname) !== 'public'
    ? { param, message: 'callback_url must not point to an internal address' }
    : undefined;
}
