import assert from 'node:assert/strict';
import { paragraphAt } from '../../../src/prompt/paragraph.ts';

const LINES = ['# Title', '', 'One.', 'Two.', ' \t', 'Three.'];

function at(line: number, lines = LINES) {
  const range = paragraphAt({ count: lines.length, text: index => lines[index] ?? '' }, line);
  return range && { first: range.start.line, last: range.end.line };
}

describe('the paragraph at the cursor', () => {
  it('reaches from blank line to blank line', () => {
    assert.deepEqual(at(2), { first: 2, last: 3 });
    assert.deepEqual(at(3), { first: 2, last: 3 });
  });

  it('ends at the edges of the document', () => {
    assert.deepEqual(at(0), { first: 0, last: 0 });
    assert.deepEqual(at(5), { first: 5, last: 5 });
  });

  it('takes whole lines', () => {
    const lines = ['  One.', 'Two.  '];
    assert.deepEqual(paragraphAt({ count: 2, text: index => lines[index] ?? '' }, 1), {
      start: { line: 0, character: 0 },
      end: { line: 1, character: 6 },
    });
  });

  it('looks at no more lines than a paragraph can have', () => {
    let looks = 0;
    const text = (): string => {
      looks += 1;
      return '1,2,3';
    };
    assert(paragraphAt({ count: 1_000_000, text }, 500_000));
    assert(looks < 2_000, `${looks} looks`);
  });

  it('is none on a blank line or outside of the document', () => {
    for (const line of [1, 4, -1, 6]) assert.equal(at(line), undefined);
  });
});
