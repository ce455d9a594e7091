import type { BitReader } from './bitReader.ts';
import { SCALE_FACTOR_CODES, SPECTRUM_CODEBOOKS } from './codebooks.ts';

/** Bits looked up at once; longer code words take a second look. */
const ROOT_BITS = 9;
/** The low bits of an entry hold the code word's length (at most 19), the others its symbol. */
const LENGTH_BITS = 5;

/** A codebook made ready for decoding by table. */
export interface HuffmanTable {
  /** By the next 9 bits: symbol << 5 | length; or, when negative, -(index + 1) of the branch that goes on. */
  readonly root: Int32Array;
  readonly branches: readonly Int32Array[];
  /** Bits that decide within a branch. */
  readonly branchBits: number;
}

/** A spectrum codebook ready for decoding. */
export interface SpectrumTable {
  readonly huffman: HuffmanTable;
  readonly dimension: number;
  readonly signed: boolean;
  /** The coefficients of all symbols, one symbol after the other. */
  readonly values: Int8Array;
}

/** Takes one code word. A damaged stream gives some symbol, or ends too early: every codebook is complete. */
export function readSymbol(bits: BitReader, table: HuffmanTable): number {
  let entry = table.root[bits.peek(ROOT_BITS)]!;
  if (entry < 0) {
    const within = bits.peek(ROOT_BITS + table.branchBits) & ((1 << table.branchBits) - 1);
    entry = table.branches[-entry - 1]![within]!;
  }
  bits.skip(entry & ((1 << LENGTH_BITS) - 1));
  return entry >>> LENGTH_BITS;
}

let spectrum: readonly SpectrumTable[] | undefined;
let scaleFactor: HuffmanTable | undefined;

/** The tables of spectrum codebooks 1 to 11, at index 0 to 10. Built at the first call. */
export function spectrumTables(): readonly SpectrumTable[] {
  spectrum ??= SPECTRUM_CODEBOOKS.map(({ codes, dimension, signed, largest }) => {
    const values = tupleValues(dimension, signed ? -largest : 0, largest);
    return { huffman: buildTable(codes), dimension, signed, values };
  });
  return spectrum;
}

export function scaleFactorTable(): HuffmanTable {
  scaleFactor ??= buildTable(SCALE_FACTOR_CODES);
  return scaleFactor;
}

/** ISO/IEC 14496-3 4.6.3.3: a symbol is its coefficients read as the digits of a number. */
function tupleValues(dimension: number, lowest: number, highest: number): Int8Array {
  const base = highest - lowest + 1;
  const values = new Int8Array(base ** dimension * dimension);
  for (let symbol = 0, at = 0; at < values.length; symbol++, at += dimension) {
    let rest = symbol;
    for (let digit = dimension - 1; digit >= 0; digit--) {
      values[at + digit] = (rest % base) + lowest;
      rest = Math.floor(rest / base);
    }
  }
  return values;
}

function buildTable(text: string): HuffmanTable {
  const codes = text.split(';').flatMap(run => {
    const [length = '', symbols = ''] = run.split(':');
    return symbols.split(',').map(symbol => ({
      length: Number.parseInt(length, 36),
      symbol: Number.parseInt(symbol, 36),
    }));
  });
  const longest = Math.max(ROOT_BITS, ...codes.map(({ length }) => length));
  const branchBits = longest - ROOT_BITS;
  const root = new Int32Array(1 << ROOT_BITS);
  const branches: Int32Array[] = [];
  let code = 0; // as if it were `longest` bits long
  for (const { length, symbol } of codes) {
    const entry = (symbol << LENGTH_BITS) | length;
    const next = code + (1 << (longest - length));
    const first = code >>> branchBits;
    if (length <= ROOT_BITS) root.fill(entry, first, next >>> branchBits);
    else {
      if (root[first]! >= 0) {
        branches.push(new Int32Array(1 << branchBits));
        root[first] = -branches.length;
      }
      const within = code & ((1 << branchBits) - 1);
      branches[-root[first]! - 1]!.fill(entry, within, within + next - code);
    }
    code = next;
  }
  return { root, branches, branchBits };
}
