import { Mp4Error } from './error.ts';

/** Boxes that are looked at in one file, at all depths: a film of four hours in fragments of one second has 160,000. */
const MAX_BOXES = 1 << 18;

/** What all boxes of a file share. */
interface BoxedFile {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Boxes that were found so far. */
  boxes: number;
}

/** One box of ISO/IEC 14496-12 4.2: a view into the file. All reads are relative to the body and never leave the box. */
export class Box {
  /** Four characters, one per byte (Latin-1). */
  readonly type: string;
  /** Offsets into `bytes`: of the header, of the body, and of the first byte after the box. */
  readonly start: number;
  readonly body: number;
  readonly end: number;
  /** The file ends before the box does. Only a box at the top of a file can be cut. */
  readonly cut: boolean;
  readonly #file: BoxedFile;
  #children: Map<number, readonly Box[]> | undefined;

  constructor(file: BoxedFile, type: string, start: number, body: number, end: number, cut: boolean) {
    this.#file = file;
    this.type = type;
    this.start = start;
    this.body = body;
    this.end = end;
    this.cut = cut;
  }

  /** The whole file. */
  get bytes(): Uint8Array {
    return this.#file.bytes;
  }

  /** Bytes in the body. */
  get length(): number {
    return this.end - this.body;
  }

  /** The whole box, header included, as a view. */
  get raw(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  /** `version` of a FullBox. */
  get version(): number {
    return this.u8(0);
  }

  /** `flags` of a FullBox. */
  get flags(): number {
    return this.u32(0) & 0xffffff;
  }

  u8(at: number): number {
    return this.#file.view.getUint8(this.#checked(at, 1));
  }

  u16(at: number): number {
    return this.#file.view.getUint16(this.#checked(at, 2));
  }

  u32(at: number): number {
    return this.#file.view.getUint32(this.#checked(at, 4));
  }

  i32(at: number): number {
    return this.#file.view.getInt32(this.#checked(at, 4));
  }

  /** A 64-bit number. Above 2^53 it can be no offset, size or time of a real file. */
  u64(at: number): number {
    return this.#exact(this.#file.view.getBigUint64(this.#checked(at, 8)));
  }

  i64(at: number): number {
    return this.#exact(this.#file.view.getBigInt64(this.#checked(at, 8)));
  }

  f64(at: number): number {
    return this.#file.view.getFloat64(this.#checked(at, 8));
  }

  fourcc(at: number): string {
    return fourcc(this.#file.view, this.#checked(at, 4));
  }

  /**
   * The number of entries that a table declares at `at`, once it is sure that they fit into the box.
   * @param first where the first entry starts
   * @param entrySize bytes per entry
   */
  count(at: number, first: number, entrySize: number): number {
    const count = this.u32(at);
    if (first + count * entrySize > this.length)
      throw new Mp4Error('malformed', `${this.type} declares ${count} entries, more than it holds`);
    return count;
  }

  /** The boxes inside, from `from` in the body on. */
  children(from = 0): readonly Box[] {
    let found = this.#children?.get(from);
    if (!found) {
      this.#checked(from, 0);
      found = readBoxes(this.#file, this.body + from, this.end, this.type);
      this.#children ??= new Map();
      this.#children.set(from, found);
    }
    return found;
  }

  /** The first box of each type on the way down `path`, or undefined. */
  find(...path: string[]): Box | undefined {
    return path.reduce<Box | undefined>(
      (at, type) => at?.children().find(child => child.type === type),
      this,
    );
  }

  /** As `find`, for a box that the standard makes mandatory. */
  require(...path: string[]): Box {
    const found = this.find(...path);
    if (!found) throw new Mp4Error('malformed', `${this.type} has no ${path.join('/')}`);
    return found;
  }

  #checked(at: number, size: number): number {
    if (at + size > this.length) throw new Mp4Error('malformed', `${this.type} is too short`);
    return this.body + at;
  }

  #exact(value: bigint): number {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new Mp4Error('malformed', `${this.type} holds an absurd number`);
    return number;
  }
}

/** The boxes at the top of a file. The last one may be cut. */
export function readTopBoxes(file: Uint8Array): readonly Box[] {
  // A Buffer's slice() would share its memory, a Uint8Array's is a copy.
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  return readBoxes({ bytes, view, boxes: 0 }, 0, bytes.length, undefined);
}

/** What the first 8 or 16 bytes of a box say. `size` is in bytes, header included; 0 means "to the end of the file". */
export function readBoxHeader(
  view: DataView,
  at: number,
): { type: string; size: number; headerSize: number } | undefined {
  if (at + 8 > view.byteLength) return undefined;
  const type = fourcc(view, at + 4);
  const size = view.getUint32(at);
  if (size !== 1) return { type, size, headerSize: 8 };
  if (at + 16 > view.byteLength) return undefined;
  return { type, size: Number(view.getBigUint64(at + 8)), headerSize: 16 };
}

function readBoxes(file: BoxedFile, from: number, to: number, parent: string | undefined): Box[] {
  const boxes: Box[] = [];
  for (let at = from; at + 8 <= to;) {
    const header = readBoxHeader(file.view, at);
    if (!header) break;
    let { size } = header;
    if (size === 0) {
      // Inside a container a size of 0 is QuickTime's list terminator.
      if (parent !== undefined) break;
      size = to - at;
    }
    if (size < header.headerSize)
      throw new Mp4Error('malformed', `box ${header.type} is smaller than its header`);
    const cut = at + size > to;
    if (cut && parent !== undefined)
      throw new Mp4Error('malformed', `box ${header.type} is larger than ${parent} around it`);
    if (++file.boxes > MAX_BOXES) throw new Mp4Error('tooLarge', 'too many boxes');
    const body = Math.min(at + header.headerSize, to);
    boxes.push(new Box(file, header.type, at, body, Math.min(at + size, to), cut));
    at += size;
  }
  return boxes;
}

function fourcc(view: DataView, at: number): string {
  return String.fromCharCode(
    view.getUint8(at),
    view.getUint8(at + 1),
    view.getUint8(at + 2),
    view.getUint8(at + 3),
  );
}
