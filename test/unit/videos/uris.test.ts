import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { relativeUri, resolveUri } from '../../../src/videos/uris.ts';

const ROOT = 'file:///home/ann/film';
const SIDECAR = `${ROOT}/videos/2026/clip.mp4.json`;

describe('relativeUri', () => {
  it('goes up and down with slashes', () => {
    assert.equal(relativeUri(SIDECAR, `${ROOT}/videos/2026/clip.mp4`, ROOT), 'clip.mp4');
    assert.equal(relativeUri(SIDECAR, `${ROOT}/notes/shots.md`, ROOT), '../../notes/shots.md');
    assert.equal(relativeUri(SIDECAR, `${ROOT}/videos/a.md`, `${ROOT}/`), '../a.md');
  });

  it('keeps names readable and the rest safe', () => {
    assert.equal(relativeUri(SIDECAR, `${ROOT}/%ED%95%9C%EA%B8%80.md`, ROOT), '../../한글.md');
    assert.equal(relativeUri(SIDECAR, `${ROOT}/videos/2026/100%25%20%23%3F.md`, ROOT), '100%25%20%23%3F.md');
    assert.equal(relativeUri(SIDECAR, `${ROOT}/videos/2026/a%3Ab.md`, ROOT), './a:b.md');
  });

  it('tells nothing of files outside of the workspace folder', () => {
    for (const uri of [
      'file:///home/ann/secret.md',
      'file:///home/ann/filmed/x.md',
      'file://server/home/ann/film/x.md',
      'untitled:Untitled-1',
      'vscode-vfs://github/a/b/x.md',
      `${ROOT}/../secret.md`,
      ROOT,
    ]) {
      assert.equal(relativeUri(SIDECAR, uri, ROOT), undefined, uri);
    }
  });

  it('takes other schemes and both spellings of a drive', () => {
    const root = 'vscode-vfs://github/ann/film';
    assert.equal(relativeUri(`${root}/v/c.json`, `${root}/a.md`, root), '../a.md');
    assert.equal(relativeUri('memfs:/film/v/c.json', 'memfs:/film/a.md', 'memfs:/film'), '../a.md');
    assert.equal(relativeUri('memfs:/film/v/c.json', 'memfs:/a.md', 'memfs:/film'), undefined);
    assert.equal(resolveUri('../a.md', 'memfs:/film/v/c.json', 'memfs:/film'), 'memfs:/film/a.md');
    assert.equal(
      relativeUri('file:///c%3A/film/v/c.json', 'file:///C:/film/a.md', 'file:///c%3A/film'),
      '../a.md',
    );
  });
});

describe('resolveUri', () => {
  it('takes a name with a colon for no scheme', () => {
    assert.equal(resolveUri('./a:b.md', SIDECAR, ROOT), `${ROOT}/videos/2026/a%3Ab.md`);
  });

  it('undoes relativeUri', () => {
    const segment = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter(text => !['.', '..'].includes(text) && !/[/\\\0]/.test(text));
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1, maxLength: 4 }),
        fc.array(segment, { maxLength: 3 }),
        (to, from) => {
          const uri = (parts: string[]): string => [ROOT, ...parts.map(encodeURIComponent)].join('/');
          const sidecar = uri([...from, 'c.json']);
          const relative = relativeUri(sidecar, uri(to), ROOT);
          assert.ok(relative !== undefined);
          assert.equal(resolveUri(relative, sidecar, ROOT), uri(to));
          assert.equal(
            decodeURIComponent(new URL(relative, sidecar).pathname),
            decodeURIComponent(new URL(uri(to)).pathname),
            'as any other reader of uris understands it',
          );
        },
      ),
    );
  });

  it('refuses to leave the workspace folder, and anything but a path', () => {
    for (const relative of [
      '',
      '/etc/passwd',
      '//server/share/x',
      '\\\\server\\share\\x',
      '../../../secret.md',
      '../../../../../../../../etc/passwd',
      '..%2F..%2F..%2F..%2Fetc/passwd',
      '%2e%2e/%2e%2e/%2e%2e/secret.md',
      'a/..%5c..%5cx',
      'file:///etc/passwd',
      'command:workbench.action.quit',
      'https://evil.example/x',
      './/server/x',
      'x?y',
      'x#y',
      'x%00y',
      '%zz',
      'half a character \ud800.md',
    ]) {
      assert.equal(resolveUri(relative, SIDECAR, ROOT), undefined, relative);
    }
  });

  it('gives a uri that the system understands', () => {
    const resolved = resolveUri('../a b#.md', pathToFileURL('/w/v/c.json').href, pathToFileURL('/w').href);
    assert.equal(resolved, undefined, 'a bare # is no path');
    assert.equal(
      resolveUri('../a%20b%23.md', pathToFileURL('/w/v/c.json').href, pathToFileURL('/w').href),
      pathToFileURL('/w/a b#.md').href,
    );
  });
});
