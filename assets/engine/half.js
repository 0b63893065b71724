// Mirrors no Python module: the arrays of numbers in a file that web/export/arrays.py writes.

/**
 * An array of a file. `offset`: its first byte. `half`: whether its numbers have half precision, or single precision.
 * @typedef {{ offset: number, shape: number[], half: boolean }} StoredArray
 */

/**
 * Return the numbers of an array. The caller may change them.
 * @type {(file: ArrayBuffer, array: StoredArray) => Float32Array}
 */
export function numbersOf(file, { offset, shape, half }) {
  const count = shape.reduce((product, side) => product * side, 1);
  return half ? unpacked(new Uint16Array(file, offset, count)) : new Float32Array(file, offset, count).slice();
}

/**
 * Return numbers of half precision as numbers of single precision. Infinity and NaN do not occur.
 * @param {Uint16Array} halves
 */
export function unpacked(halves) {
  const { Float16Array } = /** @type {any} */ (globalThis);
  // Browsers from before 2025 do not have the type.
  if (!Float16Array) return converted(halves);
  return new Float32Array(new Float16Array(halves.buffer, halves.byteOffset, halves.length));
}

/** @param {Uint16Array} halves */
export function converted(halves) {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < halves.length; i++) {
    const sign = (halves[i] & 0x8000) << 16;
    const magnitude = halves[i] & 0x7fff;
    // The exponent has another bias: 15 in place of 127.
    if (magnitude >= 0x0400) bits[i] = sign | ((magnitude << 13) + 0x38000000);
    else values[i] = (sign ? -1 : 1) * magnitude * 2 ** -24;
  }
  return values;
}
