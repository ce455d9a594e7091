import { BlockList, isIP } from 'node:net';

/** Ranges that no host on the public Internet has (IANA special-purpose address registries). */
const NOT_PUBLIC: readonly string[] = [
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
  '::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/9',
  'ff00::/8',
];
/** IPv6 addresses that carry an IPv4 address (NAT64, 6to4, SIIT): where they lead can't be told from outside. */
const TRANSLATED: readonly string[] = ['64:ff9b::/96', '2002::/16', '::ffff:0:0:0/96'];

/** ISATAP (RFC 5214, 6.1): the interface id `[0200:]5efe` is followed by an IPv4 address. */
const ISATAP = /:(200:|0:)?5efe:[^:]+:[^:]+$/;
/** Top-level names that no public DNS has (RFC 6761, 6762, 8375; ICANN's reserved ones). */
const INTERNAL_NAME =
  /\.(localhost|localdomain|local|internal|intranet|private|lan|home|corp|home\.arpa|test|invalid|onion)$/;

const notPublic = blockList([...NOT_PUBLIC, ...TRANSLATED]);
const loopback = blockList(['127.0.0.0/8', '::1/128']);

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/**
 * Whether a URL's host is this machine by its name or address.
 * @param hostname `URL.hostname`, which has already brought `0x7f.1` and the like into their usual form.
 */
export function isLoopbackHost(hostname: string): boolean {
  const host = bare(hostname);
  return isIP(host) === 0 ? /(^|\.)localhost$/.test(host) : inList(loopback, host);
}

/** Whether a URL's host can be on the public Internet, by its spelling alone: names are not resolved. */
export function isPublicHost(hostname: string): boolean {
  const host = bare(hostname);
  if (isIP(host) !== 0) return !inList(notPublic, host) && !ISATAP.test(host);
  const labels = host.split('.');
  return labels.length > 1 && !labels.includes('') && !INTERNAL_NAME.test(host);
}

function bare(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

function inList(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
