import assert from 'node:assert/strict';
import { findAgain } from '../../../src/prompt/findAgain.ts';

/** Line and character of start and end. */
function found(document: string, text: string, line: number): number[] | undefined {
  const range = findAgain(document, text, line);
  return range && [range.start.line, range.start.character, range.end.line, range.end.character];
}

describe('a text that was selected once', () => {
  it('is found where it stands now', () => {
    assert.deepEqual(found('A gull.', 'A gull.', 0), [0, 0, 0, 7]);
    assert.deepEqual(found('One.\n\nTwo: a gull.\n', 'a gull', 0), [2, 5, 2, 11]);
    assert.deepEqual(found('x\nOne\n  more.\ny', 'One\n  more.', 9), [1, 0, 2, 7]);
  });

  it('is the nearest one to where it was', () => {
    const document = 'Gull.\n\nGull.\n\nGull. Gull.\n\n\n\nGull.';
    for (const [line, nearest] of [
      [0, 0],
      [2, 2],
      [3, 2],
      [4, 4],
      [7, 8],
      [99, 8],
    ] as const)
      assert.equal(found(document, 'Gull.', line)?.[0], nearest, String(line));
  });

  it('is the same with other line ends', () => {
    assert.deepEqual(found('x\r\nOne\r\nmore.', 'One\nmore.', 1), [1, 0, 2, 5]);
    assert.deepEqual(found('x\nOne\nmore.', 'One\r\nmore.', 1), [1, 0, 2, 5]);
  });

  it('is found in a document that is full of it', () => {
    assert.equal(found('a'.repeat(2_000_000), 'a'.repeat(100_000), 0)?.[1], 0);
  });

  it('is none where it was changed, or was empty', () => {
    assert.equal(found('A gull', 'A gull.', 0), undefined);
    assert.equal(found('A gull', '', 0), undefined);
  });
});
