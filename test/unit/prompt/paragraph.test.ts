import assert from 'node:assert/strict';
import { paragraphAt } from '../../../src/prompt/paragraph.ts';

const LINES = ['# Title', '', 'One.', 'Two.', ' \t', 'Three.'];

function at(line: number) {
  return paragraphAt(index => LINES[index] ?? '', LINES.length, line);
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

  it('is none on a blank line or outside of the document', () => {
    for (const line of [1, 4, -1, 6]) assert.equal(at(line), undefined);
  });
});
