import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cleanPrompt } from '../../../src/prompt/clean.ts';

describe('cleaning a prompt', () => {
  it('makes line ends alike and drops blank edges', () => {
    assert.equal(cleanPrompt('\r\n  One.\r\nTwo.\rThree.\n\n'), 'One.\nTwo.\nThree.');
  });

  it('drops control characters and byte order marks, and keeps tabs and emoji', () => {
    assert.equal(cleanPrompt('\ufeffA\u0000 cat\u001b[1m\t🐈‍⬛'), 'A cat[1m\t🐈‍⬛');
  });

  it('keeps words apart that a form feed, a vertical tab or a next-line character stands between', () => {
    assert.equal(cleanPrompt('a\fb'), 'a b');
    assert.equal(cleanPrompt('Scene 1\vScene 2\u0085Scene 3'), 'Scene 1 Scene 2 Scene 3');
    assert.equal(cleanPrompt('\fPage two.\u0085'), 'Page two.');
  });

  it('leaves nothing of what is blank', () => {
    for (const blank of [
      '',
      ' ',
      '\n\t\r\n',
      '\ufeff',
      '\u0000\u0007',
      '\u00a0\u3000',
      '\u200b',
      ' \u200d\u2060\u00ad ',
      '\u3164',
      '\u2800\u2800',
      '\ud83d',
      '\udc08 \ud83d',
    ])
      assert.equal(cleanPrompt(blank), '', JSON.stringify(blank));
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        assert.equal(cleanPrompt(cleanPrompt(text)), cleanPrompt(text));
      }),
    );
  });
});
