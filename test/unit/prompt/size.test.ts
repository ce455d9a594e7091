import assert from 'node:assert/strict';
import { isTooLarge, isTooLong, MAX_TEXT_BYTES } from '../../../src/prompt/size.ts';

describe('the size of a text', () => {
  it('is too long above 1,000 words or 500 Chinese characters', () => {
    assert.equal(isTooLong('word '.repeat(1_000)), false);
    assert.equal(isTooLong('word '.repeat(1_001)), true);
    assert.equal(isTooLong('灯'.repeat(500)), false);
    assert.equal(isTooLong('灯'.repeat(501)), true);
  });

  it('is too long above 1,000 lines, whatever is in them', () => {
    assert.equal(isTooLong('-\n'.repeat(999)), false);
    assert.equal(isTooLong('-\n'.repeat(1_000)), true);
  });

  it('counts words where no blanks part them', () => {
    assert.equal(isTooLong('ここにある'.repeat(100)), false);
    assert.equal(isTooLong('これはねこです。'.repeat(400)), true);
  });

  it('is too long without being counted where it is no text that people write', () => {
    assert.equal(isTooLong('x'.repeat(20_000)), false); // one word
    assert.equal(isTooLong('x'.repeat(20_001)), true);
  });

  it('is too large above 200 kB, counted as it is sent', () => {
    assert.equal(MAX_TEXT_BYTES, 200_000);
    assert.equal(isTooLarge('a'.repeat(200_000)), false);
    assert.equal(isTooLarge('a'.repeat(200_001)), true);
    assert.equal(isTooLarge('등'.repeat(66_666)), false);
    assert.equal(isTooLarge('등'.repeat(66_667)), true);
  });
});
