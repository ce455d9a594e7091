import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  foreign,
  foreignLines,
  foreignMarkdown,
  logEntry,
  onOneLine,
} from '../../../../src/workbench/host/foreignText.ts';

/** As a reader sees it: without what has no width. */
const seen = (text: string): string => text.replaceAll('\u2060', '');

/** VS Code's own pattern of a link in a notification, prompt or message (linkedText.ts). */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

describe('foreign words', () => {
  const harmful: Readonly<Record<string, [text: string, becomes: RegExp]>> = {
    'a command link': ['See [the details](command:workbench.action.quit)', LINK],
    'a command link with a title': ['[a](command:b "c")', LINK],
    'a web link': ['[a](https://evil.example)', LINK],
    'a link put together from a control character': ['[a]\u0000(command:b)', LINK],
    'a link put together from a bidi character': ['[a]\u202e(command:b)', LINK],
    'a link over two lines': ['[a]\n(command:b)', LINK],
    'a picture': ['![a](https://evil.example/x.png)', /\]\(/],
    'a reference link': ['[a][b]', /\]\[/],
    'a reference definition': ['[b]: command:workbench.action.quit', /\]:/],
    'a tag': ['<img src=x onerror=alert(1)>', /<[a-z]/i],
    'an end tag': ['</div>', /<\//],
    'a comment': ['<!-- x -->', /<!/],
    'an autolink': ['<command:workbench.action.quit>', /<[a-z]/i],
    'an entity': ['&lt;b&gt; &#x202e;', /&[#a-z]/i],
    'an icon': ['$(trash) $(sync~spin)', /\$\(/],
    'a bare address': ['https://evil.example', /:\/\//],
    'a bare name': ['www.evil.example', /www\./],
    'a mail address': ['a.b+c@evil.example', /\w@\w/],
    'a right-to-left override': ['cod\u202eexe', /\u202e/],
    isolates: ['\u2066a\u2069', /[\u2066-\u2069]/],
    'a line break': ['a\r\nb\u2028c\u0085d', /[\r\n\u2028\u0085]/],
    'an escape sequence': ['\u001b[31mred', /\p{Cc}/u],
    'a byte order mark': ['\ufeffa', /\ufeff/],
    'half a pair': ['\ud83d', /\p{Cs}/u],
  };
  for (const [what, [text, becomes]] of Object.entries(harmful)) {
    it(`are no more than text: ${what}`, () => {
      assert.match(text.replaceAll(/[\p{Cc}\u202e](?=\()/gu, ''), becomes, 'the test’s own pattern');
      assert.doesNotMatch(foreign(text), becomes);
    });
  }

  it('look the same to a reader', () => {
    for (const text of [
      'See [the details](command:x) <b> $(trash) R&D https://a.b a@b.c',
      'A “lighthouse” — at 5° (dawn): 50 % & more < 3 [sic]',
      '등대 위로 폭풍이. 夕方の灯台。\u3000次 👩\u200d🚀 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645',
    ])
      assert.equal(seen(foreign(text)), text);
  });

  it('keep words apart that a line break or tab parts', () => {
    assert.equal(foreign('a\r\n\tb\u2028c'), 'a b c');
    assert.equal(onOneLine('12:00 [error]\n12:01 [info] forged'), '12:00 [error] 12:01 [info] forged');
  });

  it('are left alone the second time, and hold no syntax, whatever they are', () => {
    const parts = '[ ] ( ) : // command:x www . @ & # < > ! $ a'.split(' ');
    const unseen = [' ', '\n', '\u0000', '\u202e', '\u2060', '\u200d', '\ufeff', '\ud83d', '\ude00'];
    const part = fc.constantFrom(...parts, ...unseen);
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), text => {
        const shown = foreign(text.join(''));
        assert.equal(foreign(shown), shown);
        for (const [, becomes] of Object.values(harmful)) assert.doesNotMatch(shown, becomes);
      }),
      { numRuns: 2000 },
    );
  });

  it('of 200 kB take no time to speak of', () => {
    for (const unit of [' ', '\n', '[', '](', '<', 'a.', 'www', '@a', '&']) {
      const text = unit.repeat(200_000 / unit.length);
      assert.equal(seen(foreign(text)).trim(), unit === '\n' ? '' : text.trim());
    }
  }).timeout(5000);

  it('in Markdown stand for themselves, sign by sign and line by line', () => {
    assert.equal(foreignMarkdown('# a *b* `c`\n- d'), '\\# a \\*b\\* \\`c\\`\n\n\\- d');
    assert.equal(foreignMarkdown('    code\n1. one'), 'code\n\n1\\. one');
    assert.doesNotMatch(foreignMarkdown('[a](command:b)'), LINK);
    assert.equal(foreignLines('[a](x)\r\n<b>'), '[a]\u2060(x)\n<\u2060b>');
  });

  it('in the log begin no line of their own', () => {
    const forged = 'refused\n2026-11-28 12:00:00.000 [info] Task saved\u001b[2J\u202e';
    assert.equal(logEntry(forged), 'refused\n    2026-11-28 12:00:00.000 [info] Task saved[2J');
  });
});
