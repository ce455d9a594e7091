import { BlockList, isIP } from 'node:net';
import type { Problem } from './problem.ts';

const MAX_LENGTH = 2048;

/** Loopback, private, link-local and unique-local targets: EvoLink refuses to call into an internal network. */
const INTERNAL = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  INTERNAL.addSubnet(network, prefix, 'ipv4');
}
INTERNAL.addAddress('::', 'ipv6');
INTERNAL.addAddress('::1', 'ipv6');
INTERNAL.addSubnet('fc00::', 7, 'ipv6');
INTERNAL.addSubnet('fe80::', 10, 'ipv6');

/** The rules of EvoLink's API reference, field `callback_url`. `URL` brings every spelling of an IPv4 address to dotted decimals. */
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
  return isInternal(parsed.hostname)
    ? { param, message: 'callback_url must not point to an internal address' }
    : undefined;
}

function isInternal(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const family = isIP(host);
  if (family === 0) return host === 'localhost' || host.endsWith('.localhost');
  return INTERNAL.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
