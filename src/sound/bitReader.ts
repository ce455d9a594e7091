import { SoundError } from './error.ts';

/** Reads a bit stream of ISO/IEC 14496-3, most significant bit first. Reading past the end throws `damagedFrame`. */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#end = bytes.length * 8;
  }

  get bitsLeft(): number {
    return this.#end - this.#position;
  }

  /** The next `count` bits (at most 24) without taking them; zeros behind the end. */
  peek(count: number): number {
    const bytes = this.#bytes;
    const at = this.#position >>> 3;
    // Behind the end a typed array gives undefined, and undefined << n is 0.
    const word = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    return (word << (this.#position & 7)) >>> (32 - count);
  }

  /** Takes `count` bits (1 to 24). */
  read(count: number): number {
    const value = this.peek(count);
    this.skip(count);
    return value;
  }

  flag(): boolean {
    const at = this.#position;
    this.skip(1);
    return ((this.#bytes[at >>> 3]! << (at & 7)) & 0x80) !== 0;
  }

  skip(count: number): void {
    this.#position += count;
    if (this.#position > this.#end) throw new SoundError('damagedFrame', 'the bit stream ends too early');
  }

  byteAlign(): void {
    this.skip(-this.#position & 7);
  }
}
