import assert from 'node:assert/strict';
import fc from 'fast-check';
import { buildRequest } from '../../../src/evolink/request.ts';
import { hostKind, isThisMachine, type HostKind } from '../../../src/net/addresses.ts';
import { callbackProblem } from '../../../src/simulator/callback.ts';
import { checkResultLink } from '../../../src/videos/links.ts';

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

function kindOf(host: string): HostKind {
  return hostKind(new URL(`https://${host}/`).hostname);
}

/** Hosts as they are written in an address, and what they are. */
const HOSTS: Readonly<Record<HostKind, readonly string[]>> = {
  public: words(`
    example.com EXAMPLE.com. localhost.example.com corp.example bücher.example 8.8.8.8 172.15.0.1
    172.32.0.1 192.169.0.1 223.255.255.255 [2606:4700::1111] [2606:4700::5efd:7f00:1]
  `),
  privateAddress: words(`
    127.0.0.1 127.1 2130706433 0x7f000001 017700000001 127.0.0.1. １２７.0.0.1 0 10.1.2.3 100.64.0.1
    169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.257 198.18.0.1
    198.51.100.7 203.0.113.9 224.0.0.1 255.255.255.255 [::] [::1] [::127.0.0.1] [::ffff:10.0.0.1]
    [::ffff:8.8.8.8] [::ffff:0:7f00:1] [64:ff9b::7f00:1] [64:ff9b:1::1] [100::1] [2001::1]
    [2001:2::1] [2001:db8::1] [2002:7f00:1::] [3fff::1] [4000::1] [5f00::1] [fc00::1] [fd12:3456::1]
    [fe80::1] [fec0::1] [ff02::1] [2606:4700::5efe:7f00:1] [2606:4700::200:5efe:a00:1]
  `),
  privateName: words(`
    localhost LOCALHOST. a.localhost loc%61lhost ⓛocalhost localhost.localdomain localhost..
    intranet router box.local metadata.google.internal wiki.intranet printer.private nas.lan a.home
    evil.corp router.home.arpa a.b.test a.invalid a.onion example..com
  `),
};

describe('private hosts', () => {
  for (const [kind, hosts] of Object.entries(HOSTS))
    for (const host of hosts)
      it(`are the same for callbacks and result links: ${host} is ${kind}`, () => {
        const url = `https://${host}/x`;
        assert.equal(kindOf(host), kind);
        const built = buildRequest('a frog', { callbackUrl: url });
        assert.deepEqual(
          'problems' in built ? built.problems.map(problem => problem.kind) : [],
          kind === 'public' ? [] : ['private'],
        );
        const verdict = checkResultLink(url, 'https://api.evolink.ai');
        assert.equal(verdict.allowed ? 'public' : verdict.reason, kind);
        assert.equal(callbackProblem(url) === undefined, kind === 'public');
      });

  it('differ in what the two policies take beside: the API’s own loopback origin, http to it, user info', () => {
    const api = 'http://127.0.0.1:4010';
    assert.equal(checkResultLink(`${api}/x.mp4`, api).allowed, true);
    assert.ok('problems' in buildRequest('a frog', { callbackUrl: `${api}/hook` }));
    assert.equal(checkResultLink('https://user@example.com/x', api).allowed, false);
    assert.ok('request' in buildRequest('a frog', { callbackUrl: 'https://user@example.com/hook' }));
  });

  it('are known by number, not by spelling, and in IPv6 never by the IPv4 that they carry', () => {
    fc.assert(
      fc.property(fc.ipV4(), address => {
        const number = address.split('.').reduce((total, part) => total * 256 + Number(part), 0);
        assert.equal(kindOf(String(number)), kindOf(address));
        assert.equal(kindOf(`[::ffff:${address}]`), 'privateAddress');
        assert.equal(kindOf(`[64:ff9b::${address}]`), 'privateAddress');
      }),
    );
  });

  it('are this machine by few names', () => {
    for (const host of ['localhost', 'localhost.', '127.0.0.1', '127.255.0.9', '[::1]'])
      assert.equal(isThisMachine(host), true, host);
    for (const host of ['a.localhost', 'example.com', '128.0.0.1', '10.0.0.1', '[::2]', 'notlocalhost'])
      assert.equal(isThisMachine(host), false, host);
  });
});
