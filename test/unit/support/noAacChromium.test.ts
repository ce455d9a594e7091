import assert from 'node:assert/strict';
import { findDecoderRecords } from '../../support/noAacChromium.ts';

const aac = 0x15002;

/** An AVCodec record of FFmpeg: two pointers, then type, id and capabilities. */
function record({ pointer = 0n, type = 1, id = aac, capabilities = 2 }): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.writeBigUInt64LE(pointer, 0);
  bytes.writeUInt32LE(type, 16);
  bytes.writeUInt32LE(id, 20);
  bytes.writeUInt32LE(capabilities, 24);
  return bytes;
}

describe('the search for a decoder in a browser', () => {
  it('finds the one record of an audio decoder with this id', () => {
    const other = record({ id: 0x15001 });
    assert.deepEqual(findDecoderRecords(Buffer.concat([other, record({}), other]), aac), [32 + 16]);
  });

  it('takes neither a video decoder, nor an encoder, nor numbers that happen to be there', () => {
    const others = [record({ type: 0 }), record({ capabilities: 0 }), record({ pointer: 5n })];
    assert.deepEqual(findDecoderRecords(Buffer.concat(others), aac), []);
    assert.deepEqual(findDecoderRecords(Buffer.concat([Buffer.alloc(4), record({})]), aac), []);
    assert.deepEqual(findDecoderRecords(record({}).subarray(0, 24), aac), []);
  });
});
