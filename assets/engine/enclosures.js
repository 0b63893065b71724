// Mirrors model/preprocessing/enclosures.py: rings, underlines, slashes, and the gap between two lines.

/** @import { Point, Stroke } from "../shared/strokes.js" */
/** @import { Box } from "./geometry.js" */

import { distance, interpolate, lastKnot } from "./geometry.js";
import { argmax, largest, range, smallest, sortedBy } from "./numeric.js";

const MAX_OPENING = 0.35;
const INNER = 0.3;
const GAP = 0.03;
const CLEAR_GAP = 0.1;
const MAX_SLOPE = 0.25;
const LONGER = 0.02;
const SLASH_SLOPE = 0.35;
export const ZERO_SLASH_SLOPE = 0.6;
const SLASH_WIDTH = 0.1;
const SLASH_HEIGHT = 1.05;
const LINE_GAP = 0.09;
const LINE_HEIGHT = 0.3;

/**
 * Return the index of the stroke that is a ring around all others or an underline below all others, or null, and
 * whether the stroke certainly does not belong to a digit.
 * @type {(strokes: Stroke[], boxes: Box[]) => { index: number | null, isCertain: boolean }}
 */
export function enclosing(strokes, boxes) {
  if (strokes.length < 2) return { index: null, isCertain: false };
  const widest = argmax(boxes.map(([left, , right]) => right - left));
  const others = boxes.filter((_, i) => i !== widest);
  const [inner, outer, stroke] = [around(others), boxes[widest], strokes[widest]];
  if (outer[0] < inner[0] && outer[1] < inner[1] && outer[2] > inner[2] && outer[3] > inner[3]) {
    const opening = distance(stroke[stroke.length - 1], stroke[0]);
    const isHigh = inner[3] - inner[1] >= INNER * (outer[3] - outer[1]);
    const isRing = isHigh && opening <= MAX_OPENING * Math.max(outer[2] - outer[0], outer[3] - outer[1]);
    return { index: isRing ? widest : null, isCertain: false };
  }
  const gap = underlineGap(stroke, outer, inner, strokes.filter((_, i) => i !== widest).flat());
  return { index: gap > GAP ? widest : null, isCertain: gap > CLEAR_GAP };
}

/** @type {(boxes: Box[]) => Box} */
function around(boxes) {
  const side = (/** @type {number} */ index) => boxes.map((box) => box[index]);
  return [smallest(side(0)), smallest(side(1)), largest(side(2)), largest(side(3))];
}

// Return the distance of an underline from the points above it, as a fraction of their height; 0 if it is none.
/** @type {(stroke: Stroke, outer: Box, inner: Box, points: Stroke) => number} */
function underlineGap(stroke, outer, inner, points) {
  const height = inner[3] - inner[1];
  const isFlat = outer[3] - outer[1] < MAX_SLOPE * (outer[2] - outer[0]);
  const isLonger = Math.min(inner[0] - outer[0], outer[2] - inner[2]) > LONGER * height;
  if (!(isFlat && isLonger && height > 0 && outer[1] < inner[3] + height)) return 0;
  const line = sortedBy(stroke, ([x]) => x);
  const xs = line.map(([x]) => x);
  const gaps = points.map(([x, y]) => interpolate(x, xs, lastKnot(x, xs), (knot) => line[knot][1]) - y);
  return smallest(gaps) / height;
}

/**
 * Return whether the boxes are in two lines, one above the other, with a gap between them.
 * @param {Box[]} unordered
 */
export function hasTwoLines(unordered) {
  if (unordered.length < 2) return false;
  const boxes = sortedBy(unordered, ([, top]) => top);
  const bottoms = boxes.map((_, i) => largest(boxes.slice(0, i + 1).map((box) => box[3])));
  const [top, bottom] = [boxes[0][1], bottoms[bottoms.length - 1]];
  const height = bottom - top;
  return range(boxes.length - 1).some((i) => {
    const gap = boxes[i + 1][1] - bottoms[i];
    if (!(gap > 0)) return false;
    const [above, below] = [boxes.slice(0, i + 1), boxes.slice(i + 1)];
    const isHigh = Math.min(bottoms[i] - top, bottom - boxes[i + 1][1]) >= LINE_HEIGHT * height;
    return isHigh && (gap > LINE_GAP * height || !isStacked(above, below) || (isRow(above) && isRow(below)));
  });
}

// Return whether two of the boxes are side by side.
/** @param {Box[]} boxes */
const isRow = (boxes) => smallest(boxes.map((box) => box[2])) < largest(boxes.map((box) => box[0]));

// Return whether the center of the narrower of two groups of boxes is above or below the other group.
/** @type {(above: Box[], below: Box[]) => boolean} */
function isStacked(above, below) {
  const ends = [above, below].map(around).map(([left, , right]) => [left, right]);
  const [[left, right], [otherLeft, otherRight]] = sortedBy(ends, ([low, high]) => high - low);
  const center = (left + right) / 2;
  return otherLeft <= center && center <= otherRight;
}

/**
 * Return whether a mark is a straight line from the lower left to the upper right, like a slash.
 * @param {Stroke} points
 * @param {number} [slope] the smallest slope, in units to the side per unit down
 */
export function isSlash(points, slope = SLASH_SLOPE) {
  const mean = [0, 1].map((axis) => points.reduce((total, point) => total + point[axis], 0) / points.length);
  const centered = points.map(([x, y]) => /** @type {Point} */ ([x - mean[0], y - mean[1]]));
  const [x, y] = mainAxis(centered);
  const length = extent(centered.map((point) => point[0] * x + point[1] * y));
  const width = extent(centered.map((point) => -point[0] * y + point[1] * x));
  return width <= SLASH_WIDTH * length && Math.abs(y) > 0.3 && -x / y >= slope;
}

/** @param {number[]} values */
const extent = (values) => largest(values) - smallest(values);

// Return the direction in which points around (0, 0) extend most, a vector of unit length.
/** @type {(points: Point[]) => Point} */
function mainAxis(points) {
  let [xx, xy, yy] = [0, 0, 0];
  for (const [x, y] of points) {
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  return [Math.cos(angle), Math.sin(angle)];
}

/**
 * Return whether a one between two digits may be a slash: it is straight, oblique and higher than the digits.
 * @param {(Stroke | null)[]} ones for each digit the points of its only mark if it is a one, otherwise null
 * @param {number[]} heights
 */
export function hasSlash(ones, heights) {
  const slashes = ones.map((points) => points !== null && isSlash(points));
  const tallest = largest(heights.filter((_, i) => !slashes[i]), 0);
  return ones.some((_, i) => i > 0 && i < ones.length - 1 && slashes[i]
    && heights[i] > SLASH_HEIGHT * Math.max(heights[i - 1], heights[i + 1], tallest));
}
