// Mirrors model/preprocessing/geometry.py: bounding box, scaling, arc length, interpolation and resampling of strokes.

/** @import { Point, Stroke } from "../shared/strokes.js" */

export const SMALLEST_SIDE = 1e-9;

/**
 * Left, top, right and bottom of a box.
 * @typedef {[number, number, number, number]} Box
 */

/**
 * Return the box around all points. There must be one or more points.
 * @param {Stroke[]} strokes
 * @returns {Box}
 */
export function boundingBox(strokes) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const points of strokes) {
    for (const [x, y] of points) {
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
  }
  return [left, top, right, bottom];
}

/**
 * Return the length of the longer side of the bounding box; 0 if all points coincide.
 * @param {Stroke[]} strokes
 */
export function longerSide(strokes) {
  const [left, top, right, bottom] = boundingBox(strokes);
  return Math.max(right - left, bottom - top);
}

/** @type {(from: Point, to: Point) => number} */
export const distance = ([fromX, fromY], [toX, toY]) => Math.sqrt((toX - fromX) ** 2 + (toY - fromY) ** 2);

/**
 * Return the sum of the lengths of all strokes.
 * @param {Stroke[]} strokes
 */
export const pathLength = (strokes) => strokes.reduce((total, points) => total + last(arcLengths(points)), 0);

/**
 * Scale and move the strokes. The bounding box gets a longer side of `side` and the upper left corner (0, 0).
 * @type {(strokes: Stroke[], side: number) => Stroke[]}
 */
export function scaled(strokes, side) {
  const [left, top] = boundingBox(strokes);
  const scale = side / Math.max(longerSide(strokes), SMALLEST_SIDE);
  return strokes.map((points) => points.map(([x, y]) => [(x - left) * scale, (y - top) * scale]));
}

/**
 * Return the distance along the stroke from the first point to each point.
 * @param {Stroke} points
 */
export function arcLengths(points) {
  const lengths = new Float64Array(points.length);
  for (let i = 1; i < points.length; i++) lengths[i] = lengths[i - 1] + distance(points[i - 1], points[i]);
  return lengths;
}

/**
 * Return the value at a position, by linear interpolation as `numpy.interp` computes it.
 * @param {number} position not before the first knot
 * @param {ArrayLike<number>} knots ascending
 * @param {number} index the index of the last knot at or before the position, see `lastKnot`
 * @param {(knot: number) => number} value returns the value of a knot
 */
export function interpolate(position, knots, index, value) {
  if (index >= knots.length - 1 || knots[index] === position) return value(index);
  const slope = (value(index + 1) - value(index)) / (knots[index + 1] - knots[index]);
  return slope * (position - knots[index]) + value(index);
}

/**
 * Return the index of the last knot at or before a position.
 * @type {(position: number, knots: ArrayLike<number>, from?: number) => number}
 */
export function lastKnot(position, knots, from = 0) {
  let index = from;
  while (index + 1 < knots.length && knots[index + 1] <= position) index++;
  return index;
}

/**
 * Return `count` points at equal distances along the stroke, from the start to the end.
 * @type {(points: Stroke, count: number) => Stroke}
 */
export function resample(points, count) {
  const lengths = arcLengths(points);
  const [total, step] = [last(lengths), last(lengths) / (count - 1)];
  let index = 0;
  return Array.from({ length: count }, (_, i) => {
    const position = i === count - 1 ? total : i * step;
    index = lastKnot(position, lengths, index);
    const along = (/** @type {number} */ axis) => interpolate(position, lengths, index, (knot) => points[knot][axis]);
    return /** @type {Point} */ ([along(0), along(1)]);
  });
}

/** @param {ArrayLike<number>} values */
const last = (values) => values[values.length - 1];
