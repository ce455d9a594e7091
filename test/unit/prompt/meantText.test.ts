import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type CommentMarkers, commentMarkers } from '../../../src/prompt/commentMarkers.ts';
import { meantAt } from '../../../src/prompt/meantText.ts';
import type { TextRange } from '../../../src/prompt/place.ts';

const MARKERS: Record<string, CommentMarkers> = {
  typescript: commentMarkers('typescript', { lineComment: '//', blockComment: ['/*', '*/'] }),
  makefile: commentMarkers('makefile', { lineComment: { comment: '#', noIndent: true } }),
  shellscript: commentMarkers('shellscript', { lineComment: '#' }),
  bat: commentMarkers('bat', { lineComment: '@REM ' }),
  lua: commentMarkers('lua', { lineComment: '--', blockComment: ['--[[', ']]'] }),
  coffeescript: commentMarkers('coffeescript', { lineComment: '#', blockComment: ['###', '###'] }),
  html: commentMarkers('html', { blockComment: ['<!--', '-->'] }),
  xsl: commentMarkers('xsl', { lineComment: '', blockComment: ['<!--', '-->'] }),
  properties: commentMarkers('properties', { lineComment: '#', blockComment: ['#', ' '] }),
  python: commentMarkers('python', { lineComment: '#', blockComment: ['"""', '"""'] }),
};
const NONE: CommentMarkers = { line: [], block: [] };

/** What is taken at the line that begins with ▸, or why nothing is. */
function taken(languageId: string, marked: string, name = 'file', scheme = 'file'): string {
  const texts = marked.split('\n');
  const line = texts.findIndex(text => text.startsWith('▸'));
  assert.notEqual(line, -1, 'the cursor is somewhere');
  texts[line] = texts[line]?.slice(1) ?? '';
  const lines = { count: texts.length, text: (at: number) => texts[at] ?? '' };
  const meant = meantAt({ scheme, name, languageId }, lines, line, () => MARKERS[languageId] ?? NONE);
  return typeof meant === 'string' ? meant : cut(texts, meant);
}

function cut(texts: readonly string[], { start, end }: TextRange): string {
  const part = texts.slice(start.line, end.line + 1);
  part.push((part.pop() ?? '').slice(0, end.character));
  part[0] = part[0]?.slice(start.character) ?? '';
  return part.join('\n');
}

const COFFEE = ['### A', 'glass', '###', 'run()', '### B ###', 'stop()'];

/** {@link COFFEE} with the cursor in a line. */
function script(line: number): string {
  return COFFEE.map((text, at) => (at === line ? `▸${text}` : text)).join('\n');
}

describe('the text that a cursor means', () => {
  it('is the paragraph in the languages that the menu names', () => {
    const manifest: { contributes: { menus: Record<string, { when: string }[]> } } = JSON.parse(
      readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
    );
    const when = manifest.contributes.menus['editor/context']?.[0]?.when ?? '';
    const languages = /editorLangId =~ \/\^\(([a-z|]+)\)\$\//.exec(when)?.[1]?.split('|') ?? [];
    assert(languages.length >= 8, when);
    for (const language of languages)
      assert.equal(taken(language, 'Title\n\n▸A lighthouse\nat dawn.\n'), 'A lighthouse\nat dawn.', language);
  });

  it('is none on a blank line', () => {
    assert.equal(taken('markdown', 'One.\n▸ \nTwo.'), 'none');
  });

  it('is no code, no data, and nothing in a language without comments', () => {
    assert.equal(taken('typescript', '▸const prompt = "A lighthouse";'), 'code');
    assert.equal(taken('typescript', '▸const page = "https://a.example"; // see there'), 'code');
    assert.equal(taken('typescript', '// A lighthouse.\n▸\n// Waves.'), 'code');
    assert.equal(taken('json', '▸{ "token": "abc" }'), 'code');
    assert.equal(taken('search-result', '▸story.md:'), 'private');
    assert.equal(taken('bibtex', '▸@book{a, title = {b}}'), 'code');
  });

  it('is the run of line comments', () => {
    assert.equal(
      taken('typescript', 'run();\n  // A neon city.\n▸  //\n  // Reflections.\n\n// Else.'),
      '// A neon city.\n  //\n  // Reflections.',
    );
    assert.equal(
      taken('makefile', 'all:\n\t# A paper plane\n▸\t# flies.\n\tcc a.c'),
      '# A paper plane\n\t# flies.',
    );
    assert.equal(taken('shellscript', '#!/bin/sh\n▸# A harbour.'), '# A harbour.');
    assert.equal(taken('shellscript', '▸#!/bin/sh\n# A harbour.'), 'code');
    assert.equal(taken('properties', '▸# A harbour.\nkey=1 '), '# A harbour.');
  });

  it('knows words as markers, in any case, and not where a longer word begins', () => {
    assert.equal(
      taken('bat', 'echo off\n▸rem A lighthouse\n@REM at dawn\nremove x'),
      'rem A lighthouse\n@REM at dawn',
    );
    assert.equal(taken('bat', '▸remove x'), 'code');
    assert.equal(taken('bat', '▸REM'), 'REM');
  });

  it('is the whole block comment, wherever in it the cursor is', () => {
    for (const at of [1, 2, 3, 4]) {
      const texts = ['run();', '  /**', '   * A paper plane', '   *', '   * flies. */ run();', '/* Else. */'];
      texts[at] = `▸${texts[at]}`;
      assert.equal(taken('typescript', texts.join('\n')), '/**\n   * A paper plane\n   *\n   * flies. */');
    }
    assert.equal(taken('typescript', '/* A. */\nrun();\n▸more();\n/* B. */'), 'code');
    assert.equal(taken('typescript', '▸const files = "src/**/*.ts";\nrun(); /* B. */'), 'code');
    assert.equal(taken('html', '<p>\n<!-- A glass\n\n▸whale. -->\n</p>'), '<!-- A glass\n\nwhale. -->');
    assert.equal(taken('xsl', '▸<xsl:template/>'), 'code');
    assert.equal(taken('lua', '--[[ A glass\n▸whale. ]]'), '--[[ A glass\nwhale. ]]');
  });

  it('tells apart equal markers that begin and end a comment', () => {
    assert.equal(taken('coffeescript', script(1)), '### A\nglass\n###');
    assert.equal(taken('coffeescript', script(3)), 'code');
    assert.equal(taken('coffeescript', script(4)), '### B ###');
    assert.equal(taken('coffeescript', script(5)), 'code');
  });

  it('takes no comment for one that does not end', () => {
    assert.equal(taken('typescript', '/* A glass\nwhale.\n▸run();'), 'code');
  });

  describe('in Python', () => {
    it('is the whole docstring', () => {
      for (const line of [2, 3, 4, 5]) {
        const texts = [
          'import a',
          'def scene():',
          "    r'''A glass whale",
          '',
          '    sings.',
          "    '''  # so",
          '    return 1',
        ];
        texts[line] = `▸${texts[line]}`;
        assert.equal(taken('python', texts.join('\n')), "r'''A glass whale\n\n    sings.\n    '''");
      }
      assert.equal(taken('python', '▸"""A whale."""\nx = 1'), '"""A whale."""');
    });

    it('is no text of the program', () => {
      assert.equal(taken('python', 'prompt = """\n▸A whale.\n"""\n'), 'code');
      assert.equal(taken('python', 'prompt = """\nA whale.\n"""\n▸x = 1\n"""A doc."""'), 'code');
      assert.equal(taken('python', 'show(\n    """\n▸    A whale.\n    """)'), 'code');
      assert.equal(taken('python', 'x = \\\n"""\n▸A whale.\n"""'), 'code');
      assert.equal(taken('python', '"""\n▸A {}.\n""".format(1)'), 'code');
      assert.equal(taken('python', '▸def scene():\n    """A whale."""'), 'code');
      assert.equal(taken('python', '"""\n▸A whale.'), 'code');
    });

    it('is not led astray by quotes in comments, texts and escapes', () => {
      const before = '# it\'s """ here\nx = "\\""; y = \'"""\'; z = "(" # (\ns = "a\nw = (1, [2])\n';
      assert.equal(taken('python', `${before}"""A\n▸whale \\""" sings."""`), '"""A\nwhale \\""" sings."""');
    });

    it('is a run of comments', () => {
      assert.equal(taken('python', 'x = 1\n▸# A whale\n# sings.'), '# A whale\n# sings.');
    });
  });

  it('is nothing that may be private', () => {
    for (const [name, languageId, scheme] of [
      ['.env', 'plaintext', 'file'],
      ['.env.local', 'properties', 'file'],
      ['.env.md', 'markdown', 'file'],
      ['production.ENV', 'plaintext', 'file'],
      ['.envrc', 'plaintext', 'file'],
      ['server.log', 'plaintext', 'file'],
      ['server.log.1', 'plaintext', 'file'],
      ['server.log-2026-11-28', 'plaintext', 'file'],
      ['.env_prod', 'plaintext', 'file'],
      ['server', 'log', 'file'],
      ['exthost', 'Log', 'file'],
      ['settings', 'dotenv', 'untitled'],
      ['extension-output', 'plaintext', 'output'],
      ['replinput', 'plaintext', 'debug'],
      ['input', 'plaintext', 'vscode-scm'],
      ['id_ed25519', 'plaintext', 'file'],
      ['server.pem', 'plaintext', 'file'],
      ['.npmrc', 'properties', 'file'],
    ] as const)
      assert.equal(taken(languageId, '▸# A lighthouse', name, scheme), 'private', `${scheme}:${name}`);
    for (const name of [
      'environment.md',
      '.environment',
      'changes.log.md',
      'my.env.md',
      'catalog.txt',
      'log',
      'keys.md',
      'dotenv',
    ])
      assert.equal(taken('plaintext', '▸A lighthouse', name), 'A lighthouse', name);
  });
});
