import assert from 'node:assert/strict';
import { playerHtml } from '../../../src/workbench/player/html.ts';

const options = {
  cspSource: 'https://*.vscode-cdn.net',
  nonce: 'abc',
  scriptUri: 'https://x/player.js',
  styleUri: 'https://x/player.css',
  language: 'en',
};

const policy = (html: string): Map<string, string> => {
  const content = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
  return new Map(
    content.split('; ').map(directive => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources.join(' ')];
    }),
  );
};

describe("the player's document", () => {
  it('allows one script, its own files, and nothing else', () => {
    const allowed = policy(playerHtml(options));
    assert.equal(allowed.get('default-src'), "'none'");
    assert.equal(allowed.get('script-src'), "'nonce-abc'");
    assert.equal(allowed.get('media-src'), options.cspSource);
    assert.equal(allowed.get('connect-src'), options.cspSource);
    const all = [...allowed.values()].join(' ');
    assert.ok(!/unsafe|wasm|blob:|data:|\*(?!\.)/.test(all), all);
    assert.deepEqual(
      [...allowed.keys()].filter(name => name.startsWith('worker') || name.startsWith('frame')),
      [],
    );
  });

  it('has no script, style or handler in its text', () => {
    const html = playerHtml(options);
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.ok(html.includes('<script nonce="abc" src="https://x/player.js"></script>'));
    assert.ok(!/<style|\son\w+=|javascript:/.test(html));
  });

  it('escapes what it is given', () => {
    const html = playerHtml({ ...options, styleUri: 'https://x/"><script>alert(1)</script>' });
    assert.equal(html.match(/<script/g)?.length, 1);
  });
});
