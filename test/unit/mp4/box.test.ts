import assert from 'node:assert/strict';
import { readTopBoxes } from '../../../src/mp4/box.ts';
import { Mp4Error } from '../../../src/mp4/error.ts';
import { box, u32 } from '../../../src/mp4/write.ts';

const malformed = (error: unknown) => error instanceof Mp4Error && error.kind === 'malformed';

describe('box', () => {
  const file = Uint8Array.from([
    ...box('free', u32(1, 2)),
    ...box('moov', box('mvhd', u32(0xfffffffe, 3)), box('trak')),
  ]);
  const [free, moov] = readTopBoxes(file);

  it('reads its fields and its children', () => {
    assert.equal(free?.u32(4), 2);
    assert.equal(moov?.find('mvhd')?.i32(0), -2);
    assert.equal(moov?.find('mvhd')?.u16(6), 3);
    assert.deepEqual(
      moov?.children().map(({ type }) => type),
      ['mvhd', 'trak'],
    );
    assert.equal(moov?.find('trak', 'none'), undefined);
    assert.throws(() => moov?.require('trak', 'mdia'), malformed);
  });

  it('is not left by a read, though the file goes on', () => {
    for (const read of [
      () => free?.u32(8),
      () => free?.u32(5),
      () => free?.u64(4),
      () => free?.u16(7),
      () => free?.u8(8),
      () => free?.f64(1),
    ])
      assert.throws(read, malformed);
    assert.throws(() => free?.children(9), malformed);
  });

  it('with a size of 64 bits, of 0, and cut by the end of the file', () => {
    const wide = Uint8Array.from([0, 0, 0, 1, ...new TextEncoder().encode('wide'), ...u32(0, 20), ...u32(7)]);
    assert.equal(readTopBoxes(wide)[0]?.u32(0), 7);
    const open = box('mdat', u32(1));
    open.fill(0, 0, 4);
    assert.deepEqual(
      readTopBoxes(open).map(({ length, cut }) => [length, cut]),
      [[4, false]],
    );
    assert.deepEqual(
      readTopBoxes(box('mdat', u32(1)).subarray(0, 10)).map(({ length, cut }) => [length, cut]),
      [[2, true]],
    );
  });

  it('refuses numbers that no file has', () => {
    const [huge] = readTopBoxes(box('huge', u32(0xffffffff, 0xffffffff)));
    assert.throws(() => huge?.u64(0), malformed);
    assert.equal(huge?.i64(0), -1);
  });
});
