// Mirrors the functions of NumPy and of Python that the engine needs.

/**
 * Return the nearest whole number; of two equally near ones, the even one.
 * @param {number} value
 */
export function rint(value) {
  const low = Math.floor(value);
  const over = value - low;
  return over > 0.5 || (over === 0.5 && low % 2 !== 0) ? low + 1 : low;
}

/**
 * Return the index of the first largest value.
 * @param {ArrayLike<number>} values
 */
export function argmax(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/**
 * Return the indices from 0 to count − 1.
 * @param {number} count
 */
export const range = (count) => Array.from({ length: count }, (_, i) => i);

/**
 * Return the largest value; `initial` if there are no values.
 * @type {(values: Iterable<number>, initial?: number) => number}
 */
export function largest(values, initial = -Infinity) {
  let found = initial;
  for (const value of values) if (value > found) found = value;
  return found;
}

/**
 * Return the smallest value; Infinity if there are no values.
 * @param {Iterable<number>} values
 */
export function smallest(values) {
  let found = Infinity;
  for (const value of values) if (value < found) found = value;
  return found;
}

/**
 * Return the values in the ascending order of their keys. Values with equal keys keep their order, as in Python.
 * @template Value
 * @param {Iterable<Value>} values
 * @param {(value: Value) => number} key
 */
export function sortedBy(values, key) {
  const pairs = Array.from(values, (value) => ({ value, key: key(value) }));
  pairs.sort((one, other) => one.key - other.key);
  return pairs.map(({ value }) => value);
}

/**
 * Return the same numbers in ascending order.
 * @param {Iterable<number>} values
 */
export const sorted = (values) => sortedBy(values, (value) => value);
