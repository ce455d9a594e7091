import assert from 'node:assert/strict';
import { normaliseBaseUrl } from '../../../src/evolink/baseUrl.ts';
import { buildRequest } from '../../../src/evolink/request.ts';

function callbackProblem(callbackUrl: unknown): string | undefined {
  const built = buildRequest('a frog', { callbackUrl });
  return 'problems' in built ? built.problems.map(({ kind }) => kind).join() : undefined;
}

describe('callback address', () => {
  it('takes public https addresses', () => {
    for (const url of [
      'https://example.com/hook',
      'https://EXAMPLE.com:8443/',
      'https://8.8.8.8/hook',
      'https://172.15.0.1/',
      'https://172.32.0.1/',
      'https://192.169.0.1/',
      'https://[2606:4700::1111]/',
      'https://localhost.example.com/',
    ]) {
      assert.equal(callbackProblem(url), undefined, url);
    }
  });

  it('takes nothing but https', () => {
    for (const url of [
      'http://example.com/',
      'ftp://example.com/',
      'file:///etc/passwd',
      'javascript:alert(1)',
    ]) {
      assert.equal(callbackProblem(url), 'notHttps', url);
    }
    for (const url of [
      'example.com',
      '//example.com',
      'https://',
      'https://exa mple.com',
      'https://256.1.1.1/',
    ]) {
      assert.equal(callbackProblem(url), 'notAUrl', url);
    }
    assert.equal(callbackProblem(7), 'type');
  });

  it('refuses internal targets in any spelling', () => {
    for (const host of [
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0x7f.1',
      '017700000001',
      '127.0.0.1.',
      '１２７.0.0.1',

      '0.0.0.0',
      '0',
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '192.168.257',
      '169.254.1.1',

      '100.64.0.1',
      '198.18.0.1',
      '224.0.0.1',
      '255.255.255.255',
      '192.0.2.1',
      '203.0.113.9',

      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::127.0.0.1]',
      '[0:0:0:0:0:ffff:10.0.0.1]',

      '[fc00::1]',
      '[fd12:3456::1]',
      '[fe80::1]',
      '[febf::1]',
      '[fec0::1]',
      '[ff02::1]',
      '[2001:db8::1]',
      '[64:ff9b::7f00:1]',
      '[64:ff9b::a00:1]',
      '[2002:7f00:1::]',
      '[2001:0:7f00:1::]',

      'localhost',
      'LOCALHOST.',
      'a.localhost',
      'loc%61lhost',
      'ⓛocalhost',
      'intranet',
      'box.local',
      'a.internal',

      '127。0。0。1',
      'user@127.0.0.1',
      'example.com@10.0.0.1',
      'router.home.arpa',

      'localhost.localdomain',
      'nas.lan',
      'wiki.corp',
      'printer.private',
      'localhost..',
      '127.0.0.1..',
      'example..com',
      '[::ffff:0:7f00:1]',
      '[2606:4700::5efe:7f00:1]',
      '[2606:4700::200:5efe:a00:1]',
      '[5f00::1]',
      '[2001:2::1]',
      '192.88.99.1',
    ]) {
      assert.equal(callbackProblem(`https://${host}/hook`), 'private', host);
    }
  });

  it('takes 2048 characters and not one more', () => {
    const start = 'https://example.com/';
    assert.equal(callbackProblem(start + 'a'.repeat(2048 - start.length)), undefined);
    assert.equal(callbackProblem(start + 'a'.repeat(2049 - start.length)), 'tooLong');
    // Counted as it is sent: each of these characters becomes nine.
    assert.equal(callbackProblem(start + '蛙'.repeat(300)), 'tooLong');
  });

  it('sends the spelling that was checked', () => {
    const built = buildRequest('a frog', { callbackUrl: 'HTTPS:\\\\Example.COM/a b' });
    assert.ok('request' in built);
    assert.equal(built.request.callback_url, 'https://example.com/a%20b');
  });
});

describe('base URL', () => {
  it('brings what people write into one form', () => {
    const evolink = { baseUrl: 'https://api.evolink.ai', origin: 'https://api.evolink.ai' };
    for (const text of [
      'https://api.evolink.ai',
      ' https://api.evolink.ai/ ',
      'https://api.evolink.ai/v1',
      'api.evolink.ai/v1/',

      'evolink.ai',
      'https://evolink.ai/v1',
      'https://www.evolink.ai',
      'HTTPS://EVOLINK.AI/dashboard/keys',

      'https://api.evolink.ai:443/v1//',
      'https://api.evolink.ai/v1/videos/generations',
      'HTTPS://api.evolink.ai./V1',
      'https:/evolink.ai',
      'https:api.evolink.ai',
      '//api.evolink.ai',
    ]) {
      assert.deepEqual(normaliseBaseUrl(text), evolink, text);
    }
    assert.deepEqual(normaliseBaseUrl('https://gateway.example:8443/evolink/v1'), {
      baseUrl: 'https://gateway.example:8443/evolink',
      origin: 'https://gateway.example:8443',
    });
  });

  it('takes http on loopback only', () => {
    for (const [text, origin] of [
      ['http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080'],
      ['localhost:8080', 'http://localhost:8080'],
      ['http://[::1]:8080/', 'http://[::1]:8080'],
      ['http://2130706433:8080/', 'http://127.0.0.1:8080'],
      ['https://localhost:8080/', 'https://localhost:8080'],
    ] as const) {
      assert.deepEqual(normaliseBaseUrl(text), { baseUrl: origin, origin }, text);
    }
    for (const text of [
      'http://api.localhost',
      'http:/192.168.1.5',
      'http://api.evolink.ai',
      'http://192.168.1.5:8080',
      'http://localhost.example.com',
    ]) {
      assert.deepEqual(normaliseBaseUrl(text), { problem: { kind: 'insecure' } }, text);
    }
  });

  it('says what is wrong with the rest', () => {
    for (const [text, kind] of [
      ['', 'empty'],
      ['  ', 'empty'],
      ['https://', 'notAUrl'],
      ['https://a b', 'notAUrl'],
      ['ftp://api.evolink.ai', 'scheme'],
      ['https://sk-1@api.evolink.ai', 'userInfo'],
      ['https://a:b@api.evolink.ai', 'userInfo'],
      ['https://api.evolink.ai/?key=1', 'query'],
      ['https://api.evolink.ai/#v1', 'query'],
    ] as const) {
      assert.deepEqual(normaliseBaseUrl(text), { problem: { kind } }, text);
    }
  });
});
