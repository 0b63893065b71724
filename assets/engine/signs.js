// Mirrors model/preprocessing/signs.py: find the small signs in a row of digits, and ignore stray dots.

/** @import { Box } from "./geometry.js" */

import { argmax, largest, range, smallest, sorted, sortedBy } from "./numeric.js";

export const [POINT, UNKNOWN] = [".", "?"];

// All lengths are fractions of the height of the digits beside the sign.
const [SMALL, NARROW] = [0.35, 0.25];
const GAP = 0.05;
const FLAT = 0.8;
const [LOW, BELOW] = [0.5, 0.35];
const DOT = 0.2;
const FAR = 0.2;
const [ATTACHED, ASIDE] = [1, 0.3];
const BESIDE = 0.25;

/**
 * A sign that is not a digit. `marks`: the indices of its marks, ascending.
 * @typedef {{ kind: string, marks: number[] }} Sign
 */

/**
 * The marks of a row, by their role. `signs`: from left to right.
 * @typedef {{ digits: number[], signs: Sign[], ignored: number[] }} Row
 */

/**
 * Return the role of each mark. A stray dot beside the digits is ignored. Other marks may be parts of digits.
 * @param {Box[]} boxes
 * @returns {Row}
 */
export function findSigns(boxes) {
  const everything = range(boxes.length);
  const height = largest(boxes.map(heightOf), 0);
  const tall = boxes.filter((box) => heightOf(box) >= SMALL * height);
  let small = everything.filter((i) => heightOf(boxes[i]) < SMALL * height && widthOf(boxes[i]) < FLAT * height);
  if (small.length === 0 || !height) return { digits: everything, signs: [], ignored: [] };
  const points = small.filter((i) => isPoint(boxes[i], tall));
  small = small.filter((i) => points.includes(i) || !isAttached(boxes[i], tall, height));
  const others = small.filter((i) => !points.includes(i) && standsAlone(boxes[i], tall));
  const isSmall = (/** @type {Box} */ box) => Math.max(heightOf(box), widthOf(box)) <= DOT * height;
  const dots = small.filter((i) => !points.includes(i) && isSmall(boxes[i]));
  const ignored = dots.filter((i) => isStray(boxes[i], tall, height));
  const leading = ignored.filter((i) => isLeading(boxes[i], tall));
  const signs = joined(boxes, [...points, ...leading, ...others.filter((i) => !ignored.includes(i))], points);
  const used = new Set([...signs.flatMap(({ marks }) => marks), ...ignored]);
  return {
    digits: everything.filter((i) => !used.has(i)),
    signs,
    ignored: ignored.filter((i) => !leading.includes(i)),
  };
}

/** @param {Box} box */
const heightOf = ([, top, , bottom]) => bottom - top;

/** @param {Box} box */
const widthOf = ([left, , right]) => right - left;

// Return whether a mark is a point or a comma: small, at the foot of the row, between two of the digits.
/** @type {(box: Box, digits: Box[]) => boolean} */
function isPoint(box, digits) {
  if (!isBetween(box, digits)) return false;
  const [left, right] = neighbors(box, digits);
  const [top, bottom] = [(left[1] + right[1]) / 2, (left[3] + right[3]) / 2];
  const height = bottom - top;
  const isLow = box[1] > top + LOW * height && Math.abs(box[3] - bottom) < BELOW * height;
  return isLow && widthOf(box) < NARROW * height && heightOf(box) < SMALL * height;
}

/** @type {(box: Box, digits: Box[]) => boolean} */
function isBetween(box, digits) {
  const center = (box[0] + box[2]) / 2;
  const sides = digits.map(([left, , right]) => {
    const [middle, quarter] = [(left + right) / 2, BESIDE * (right - left)];
    return {
      isLeft: right - quarter <= center && middle < center,
      isRight: left + quarter >= center && middle > center,
    };
  });
  return sides.some(({ isLeft }) => isLeft) && sides.some(({ isRight }) => isRight)
    && sides.every(({ isLeft, isRight }) => isLeft || isRight);
}

// Return the boxes of the digits to the left and to the right of a box that is between digits.
/** @type {(box: Box, digits: Box[]) => [Box, Box]} */
function neighbors(box, digits) {
  const center = (box[0] + box[2]) / 2;
  const left = digits.filter((digit) => (digit[0] + digit[2]) / 2 <= center);
  const right = digits.filter((digit) => (digit[0] + digit[2]) / 2 > center);
  return [
    united(left, left[argmax(left.map((digit) => digit[2]))]),
    united(right, right[argmax(right.map((digit) => -digit[0]))]),
  ];
}

// Return the box around one box and all boxes that overlap it horizontally.
/** @type {(boxes: Box[], one: Box) => Box} */
function united(boxes, one) {
  const near = boxes.filter((box) => box[0] <= one[2] && box[2] >= one[0]);
  const side = (/** @type {number} */ index) => near.map((box) => box[index]);
  return [smallest(side(0)), smallest(side(1)), largest(side(2)), largest(side(3))];
}

// Return whether no digit is above, below or around the box, or close to its left or right.
/** @type {(box: Box, digits: Box[]) => boolean} */
const standsAlone = (box, digits) => !digits.some((digit) => {
  const gap = GAP * heightOf(digit);
  return digit[0] - gap < box[2] && digit[2] + gap > box[0];
});

// Return whether a dot above or below a single stroke may belong to it, as in an exclamation mark.
/** @type {(box: Box, digits: Box[], height: number) => boolean} */
function isAttached(box, digits, height) {
  const [left, top, right, bottom] = digits[0];
  const aside = Math.max(left - box[2], box[0] - right);
  const aboveOrBelow = Math.max(top - box[3], box[1] - bottom);
  const isNear = aboveOrBelow > GAP * height && aboveOrBelow <= ATTACHED * height && aside <= ASIDE * height;
  return digits.length === 1 && isNear;
}

// Return whether a dot is beside all digits, or far above or below them.
/** @type {(box: Box, digits: Box[], height: number) => boolean} */
function isStray(box, digits, height) {
  if (standsAlone(box, digits)) return !isBetween(box, digits);
  return box[3] < smallest(digits.map((digit) => digit[1])) - FAR * height
    || box[1] > largest(digits.map((digit) => digit[3])) + FAR * height;
}

// Return whether a dot before the first digit may be a point, as in .5: it is at the foot of the digit.
/** @type {(box: Box, digits: Box[]) => boolean} */
function isLeading(box, digits) {
  const first = digits[argmax(digits.map((digit) => -digit[0]))];
  const height = heightOf(first);
  const isLow = first[1] + LOW * height < box[1] && box[3] < first[3] + BELOW * height;
  return isLow && first[0] - box[2] >= 0 && first[0] - box[2] < height;
}

// Return the signs. Small marks above each other, as in a colon, are one unknown sign.
/** @type {(boxes: Box[], small: number[], points: number[]) => Sign[]} */
function joined(boxes, small, points) {
  /** @type {number[][]} */
  const signs = [];
  for (const i of sortedBy(small, (i) => boxes[i][0])) {
    const last = signs[signs.length - 1];
    if (last && boxes[i][0] < largest(last.map((mark) => boxes[mark][2]))) last.push(i);
    else signs.push([i]);
  }
  return signs.map((marks) => ({
    kind: marks.length === 1 && points.includes(marks[0]) ? POINT : UNKNOWN,
    marks: sorted(marks),
  }));
}
