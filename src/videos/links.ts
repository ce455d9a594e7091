import { BlockList, isIP } from 'node:net';

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

/** Special-purpose IPv4 blocks that are not globally reachable (IANA registry, RFC 6890), multicast and the relic 6to4. */
const NOT_PUBLIC_V4: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
/** Within 2000::/3, the only global unicast block: protocol assignments and Teredo, documentation, 6to4 (holds an IPv4 address). */
const NOT_PUBLIC_V6: readonly [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const notPublic = new BlockList();
for (const [network, prefix] of NOT_PUBLIC_V4) notPublic.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of NOT_PUBLIC_V6) notPublic.addSubnet(network, prefix, 'ipv6');
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** RFC 6761, 6762, 8375, ICANN's `internal`, and what routers call their own network. */
const PRIVATE_SUFFIX = /(^|\.)(localhost|localdomain|local|internal|home\.arpa|lan)$/;

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
  if (api && url.origin === api.origin && isHttp(url) && isLoopback(hostOf(api)))
    return { allowed: true, url };
  if (url.protocol !== 'https:') return refuse('notHttps');
  const host = hostOf(url);
  if (isIP(host) !== 0) return isPublicAddress(host) ? { allowed: true, url } : refuse('privateAddress');
  if (!host.includes('.') || PRIVATE_SUFFIX.test(host)) return refuse('privateName');
  return { allowed: true, url };
}

function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !notPublic.check(address, 'ipv4');
  return globalUnicast.check(address, 'ipv6') && !notPublic.check(address, 'ipv6');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** The host as URL parsing normalises it (dotted decimal, lower case), without brackets and without the root's dot. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
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
