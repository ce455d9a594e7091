import { isThisMachine } from '../net/addresses.ts';

export interface BaseUrl {
  /** Without a trailing slash and without `/v1`. */
  readonly baseUrl: string;
  readonly origin: string;
}

/** Why an address can't be the API's. `insecure`: the key would travel in the clear. */
export interface BaseUrlProblem {
  readonly kind: 'empty' | 'notAUrl' | 'scheme' | 'insecure' | 'userInfo' | 'query';
}

/**
 * Brings the address of an API, as people write it, into one form. https everywhere, http on loopback only. EvoLink's
 * marketing site and the address of any of its routes stand for its API; a trailing `/v1` is tolerated; a missing scheme is
 * filled in.
 */
export function normaliseBaseUrl(text: string): BaseUrl | { readonly problem: BaseUrlProblem } {
  const trimmed = text.trim();
  if (trimmed === '') return problem('empty');
  const url = parse(trimmed);
  if (!url || url.hostname === '') return problem('notAUrl');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return problem('scheme');
  if (url.username !== '' || url.password !== '') return problem('userInfo');
  if (url.search !== '' || url.hash !== '') return problem('query');
  if (url.protocol === 'http:' && !isThisMachine(url.hostname)) return problem('insecure');
  if (/^(www\.|api\.)?evolink\.ai\.?$/.test(url.hostname))
    return { baseUrl: EVOLINK_ORIGIN, origin: EVOLINK_ORIGIN };
  const path = url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '').replace(/\/+$/, '');
  return { baseUrl: url.origin + path, origin: url.origin };
}

/** EvoLink's API (reference, `servers`). */
export const EVOLINK_ORIGIN = 'https://api.evolink.ai';

function parse(text: string): URL | undefined {
  if (text.includes('://') || /^https?:/i.test(text)) return URL.parse(text) ?? undefined;
  const secure = URL.parse(`https://${text}`);
  if (!secure) return undefined;
  return isThisMachine(secure.hostname) ? (URL.parse(`http://${text}`) ?? undefined) : secure;
}

function problem(kind: BaseUrlProblem['kind']): { readonly problem: BaseUrlProblem } {
  return { problem: { kind } };
}
