import { hostKind, isThisMachine } from '../net/addresses.ts';

export type LinkRefusal =
  | 'invalid'
  | 'notHttps'
  /** `user:password@` in the link. */
  | 'userInfo'
  /** An address outside the public ranges. */
  | 'privateAddress'
  /** `localhost` or another name that means something else on every network. */
  | 'privateName';

export type LinkVerdict =
  { readonly allowed: true; readonly url: URL } | { readonly allowed: false; readonly reason: LinkRefusal };

/** Longer than any signed link seen, and than what servers take. */
const MAX_LINK_LENGTH = 16_384;

/**
 * Whether a video may be fetched from this link. https to public names and addresses; where the API's own origin is on
 * loopback, that origin too. Every redirect is checked again by its URL. Names are not looked up: behind a proxy this
 * machine's DNS says nothing about where a request goes.
 * @param apiOrigin origin of the API that the task belongs to
 */
export function checkResultLink(link: string, apiOrigin: string): LinkVerdict {
  const url = link.length <= MAX_LINK_LENGTH ? parse(link) : undefined;
  if (!url) return refuse('invalid');
  if (url.username !== '' || url.password !== '') return refuse('userInfo');
  const api = parse(apiOrigin);
  if (api && url.origin === api.origin && isHttp(url) && isThisMachine(api.hostname))
    return { allowed: true, url };
  if (url.protocol !== 'https:') return refuse('notHttps');
  const kind = hostKind(url.hostname);
  if (kind !== 'public') return refuse(kind);
  return { allowed: true, url };
}

function isHttp(url: URL): boolean {
  return url.protocol === 'http:' || url.protocol === 'https:';
}

function parse(link: string): URL | undefined {
  return URL.parse(link) ?? undefined;
}

function refuse(reason: LinkRefusal): LinkVerdict {
  return { allowed: false, reason };
}
