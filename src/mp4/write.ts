// The bytes of boxes: ISO/IEC 14496-12 4.2.

/** 32-bit numbers, big-endian. */
export function u32(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value);
  return bytes;
}

/** 16-bit numbers, big-endian. */
export function u16(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(2 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint16(2 * index, value);
  return bytes;
}

/** A 64-bit floating-point number, big-endian. */
export function f64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

/** Size and type of a box whose body has `length` bytes. */
export function boxHeader(type: string, length: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(0, 8 + length);
  for (let index = 0; index < 4; index++) bytes[4 + index] = type.charCodeAt(index);
  return bytes;
}

/** A box with `parts` as its body. */
export function box(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = byteLength(parts);
  return concatenate([boxHeader(type, length), ...parts]);
}

export function byteLength(parts: readonly Uint8Array[]): number {
  return parts.reduce((total, part) => total + part.length, 0);
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(byteLength(parts));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
