import assert from 'node:assert/strict';
import { commentMarkers } from '../../../src/prompt/commentMarkers.ts';

describe('the comment markers of a language', () => {
  for (const [language, comments, line, block] of [
    ['typescript', { lineComment: '//', blockComment: ['/*', '*/'] }, ['//'], [['/*', '*/']]],
    ['css', { blockComment: ['/*', '*/'] }, [], [['/*', '*/']]],
    ['makefile', { lineComment: { comment: '#', noIndent: true } }, ['#'], []],
    ['xsl', { lineComment: '', blockComment: ['<!--', '-->'] }, [], [['<!--', '-->']]],
    ['properties', { lineComment: '#', blockComment: ['#', ' '] }, ['#'], []],
    ['ini', { lineComment: ';', blockComment: [';', ' '] }, [';'], []],
    ['wat', { lineComment: ';;', blockComment: ['(; ', ' ;)'] }, [';;'], [['(;', ';)']]],
    ['bat', { lineComment: '@REM ' }, ['@REM', 'REM', '::'], []],
    ['clojure', { lineComment: ';;' }, [';;', ';'], []],
    ['python', { lineComment: '#', blockComment: ['"""', '"""'] }, ['#'], []],
    ['bibtex', undefined, [], []],
    ['broken', { lineComment: 7, blockComment: ['/*'] }, [], []],
    ['broken', 'none', [], []],
    ['constructor', { lineComment: '#' }, ['#'], []],
  ] as const)
    it(`are read from ${language}: ${JSON.stringify(comments)}`, () => {
      assert.deepEqual(commentMarkers(language, comments), { line, block });
    });
});
