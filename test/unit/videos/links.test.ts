import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkResultLink } from '../../../src/videos/links.ts';

const API = 'https://api.evolink.ai';

function reasonOf(link: string, apiOrigin = API): string {
  const verdict = checkResultLink(link, apiOrigin);
  return verdict.allowed ? 'allowed' : verdict.reason;
}

describe('checkResultLink', () => {
  it('allows https to public names and addresses', () => {
    for (const link of [
      'https://files.evolink.ai/a1/videos/2026/10/05/file_00.mp4?signature=x#t=1',
      'https://media.evolink.ai:8443/x.mp4',
      'https://8.8.8.8/x.mp4',
      'https://[2606:4700::1111]/x.mp4',
      'https://bücher.example/x.mp4',
      'https://172.32.0.1/x',
      'https://localhost.example/x',
    ]) {
      assert.equal(reasonOf(link), 'allowed', link);
    }
  });

  it('refuses what is not https', () => {
    for (const link of [
      'http://files.evolink.ai/x.mp4',
      'ftp://files.evolink.ai/x',
      'file:///etc/passwd',
      'data:video/mp4;base64,AAAA',
    ]) {
      assert.equal(reasonOf(link), 'notHttps', link);
    }
  });

  it('refuses what is no link', () => {
    for (const link of [
      '',
      'files.evolink.ai/x.mp4',
      'https://',
      'https://1.2.3.256/',
      `https://a.b/${'x'.repeat(20_000)}`,
    ]) {
      assert.equal(reasonOf(link), 'invalid', link.slice(0, 40));
    }
  });

  it('refuses user info', () => {
    assert.equal(reasonOf('https://files.evolink.ai@evil.example/x'), 'userInfo');
    assert.equal(reasonOf('https://:secret@files.evolink.ai/x'), 'userInfo');
  });

  it('refuses addresses outside the public ranges, however they are written', () => {
    for (const host of [
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f.1',
      '0177.0.0.1',
      '127.0.0.1.',
      '0.0.0.0',
      '10.1.2.3',
      '100.64.0.1',
      '169.254.169.254',
      '172.16.0.1',
      '172.31.255.255',
      '192.0.0.8',
      '192.168.1.1',
      '198.18.0.1',
      '198.51.100.7',
      '203.0.113.9',
      '224.0.0.1',
      '255.255.255.255',
      '１２７.0.0.1',
      '[::1]',
      '[::]',
      '[::ffff:10.0.0.1]',
      '[::ffff:8.8.8.8]',
      '[fe80::1]',
      '[fc00::1]',
      '[fd12:3456::1]',
      '[ff02::1]',
      '[64:ff9b::7f00:1]',
      '[2001:db8::1]',
      '[2001::1]',
      '[2002:7f00:1::]',
      '[3fff::1]',
      '[4000::1]',
    ]) {
      assert.equal(reasonOf(`https://${host}/x`), 'privateAddress', host);
    }
  });

  it('refuses names that belong to a local network', () => {
    for (const host of [
      'localhost',
      'LOCALHOST',
      'localhost.',
      'api.localhost',
      'router',
      'printer.local',
      'metadata.google.internal',
      'nas.home.arpa',
      'box.lan',
      'localhost.localdomain',
    ]) {
      assert.equal(reasonOf(`https://${host}/x`), 'privateName', host);
    }
  });

  it("allows the API's own origin on loopback, and only that", () => {
    const api = 'http://127.0.0.1:4010';
    assert.equal(reasonOf(`${api}/files/x.mp4`, api), 'allowed');
    assert.equal(reasonOf('http://localhost:4010/x', 'http://localhost:4010'), 'allowed');
    assert.equal(reasonOf('http://[::1]:4010/x', 'http://[::1]:4010'), 'allowed');
    assert.equal(reasonOf('http://127.0.0.1:4011/x', api), 'notHttps');
    assert.equal(reasonOf('https://127.0.0.1:4010/x', api), 'privateAddress');
    assert.equal(reasonOf('http://user@127.0.0.1:4010/x', api), 'userInfo');
    assert.equal(reasonOf('http://files.evolink.ai/x', api), 'notHttps');
    assert.equal(reasonOf('https://files.evolink.ai/x', api), 'allowed');
    assert.equal(
      reasonOf('http://10.0.0.5:80/x', 'http://10.0.0.5:80'),
      'notHttps',
      'an API elsewhere on the network',
    );
    assert.equal(reasonOf('https://10.0.0.5/x', 'https://10.0.0.5'), 'privateAddress');
  });

  it('judges IPv4 addresses by number, not by spelling', () => {
    fc.assert(
      fc.property(fc.ipV4(), address => {
        const number = address.split('.').reduce((total, part) => total * 256 + Number(part), 0);
        assert.equal(reasonOf(`https://${number}/`), reasonOf(`https://${address}/`));
        assert.equal(reasonOf(`https://[::ffff:${address}]/`), 'privateAddress');
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl()), fc.string(), (link, api) => {
        checkResultLink(link, api);
      }),
    );
  });
});
