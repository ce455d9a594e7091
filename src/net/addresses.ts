import { BlockList, isIP } from 'node:net';

/** IPv4 ranges that no host on the public Internet has (IANA special-purpose registry, RFC 6890), multicast, the relic 6to4. */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
/** The only global unicast block of IPv6 (RFC 4291, IANA): mapped, compatible, translated and local addresses lie outside. */
const GLOBAL_V6 = ['2000::/3'];
/** What in it is not public: protocol assignments and Teredo, documentation, 6to4, which holds an IPv4 address. */
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
/** ISATAP (RFC 5214, 6.1): the interface id `[0200:]5efe` is followed by an IPv4 address. */
const ISATAP = /:(200:|0:)?5efe:[^:]+:[^:]+$/;
/** Top-level names that no public DNS has (RFC 6761, 6762, 7686, 8375; ICANN's reserved ones). */
const LOCAL_NAME =
  /(^|\.)(localhost|localdomain|local|internal|intranet|private|lan|home|corp|home\.arpa|test|invalid|onion)$/;

const notPublic = blockList([...NOT_PUBLIC_V4, ...NOT_PUBLIC_V6]);
const globalUnicast = blockList(GLOBAL_V6);
const loopback = blockList(['127.0.0.0/8', '::1/128']);

/** What a host is by its spelling alone: names are not resolved, since behind a proxy this machine's DNS says nothing. */
export type HostKind =
  | 'public'
  /** An address outside of the public ranges. */
  | 'privateAddress'
  /** `localhost` or another name that means something else on every network. */
  | 'privateName';

/**
 * The one list behind two policies: for callbacks (`evolink/request`) and for result links (`videos/links`).
 * @param hostname `URL.hostname`, which has already brought `0x7f.1` and the like into their usual form
 */
export function hostKind(hostname: string): HostKind {
  const host = bare(hostname);
  if (isIP(host) !== 0) return isPublicAddress(host) ? 'public' : 'privateAddress';
  const labels = host.split('.');
  return labels.length < 2 || labels.includes('') || LOCAL_NAME.test(host) ? 'privateName' : 'public';
}

/**
 * Whether a URL's host is this machine. Names below `localhost` are left out: not every resolver keeps them here.
 * @param hostname as above
 */
export function isThisMachine(hostname: string): boolean {
  const host = bare(hostname);
  return host === 'localhost' || (isIP(host) !== 0 && isIn(loopback, host));
}

function isPublicAddress(address: string): boolean {
  if (isIn(notPublic, address)) return false;
  return isIP(address) === 4 || (isIn(globalUnicast, address) && !ISATAP.test(address));
}

/** Without brackets and without the root's dot. */
function bare(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return list;
}

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
