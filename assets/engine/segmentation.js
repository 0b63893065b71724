// Mirrors model/preprocessing/segmentation.py: group the strokes of a drawing into digits.

/** @import { Point, Stroke } from "../shared/strokes.js" */
/** @import { Box } from "./geometry.js" */

import { boundingBox, longerSide, pathLength, resample, SMALLEST_SIDE } from "./geometry.js";
import { argmax, largest, range, sorted, sortedBy } from "./numeric.js";
import { RESOLUTION } from "./strokes.js";

const MARK_POINTS = 60;
export const MAX_MARKS = 40;
const MAX_GROUPS = 48;
const MAX_PATH = 16_000;
const MAX_GAP = 0.12;
const [MAX_STEM_GAP, MIN_STEM_DROP] = [0.3, 0.15];
const TOUCHING_DISTANCE = 0.04;
const MAX_PIECES = 3;
const [MANY_MARKS, MANY_PIECES] = [5, 6];
const NOT_DIGIT_COST = 2;
const TINY = 1e-12;

/**
 * A group of marks that could be a digit: the pieces with indices `start` to `stop` − 1, counted from the left.
 * @typedef {object} Group
 * @property {number} start
 * @property {number} stop
 * @property {number[]} marks the indices of the group's marks, ascending
 * @property {boolean} connected whether each piece touches the next one
 * @property {boolean} near whether the gaps between the pieces are small; they are not in the whole drawing, and in a
 *   possible 4 whose stem does not touch the other stroke
 */

/**
 * The calibrated probabilities of one image. `several` is null if the network has no output for several digits.
 * @typedef {object} Probabilities
 * @property {number[]} digits
 * @property {number} notDigit
 * @property {number | null} several
 */

/**
 * Return points at equal distances along the stroke, and its leftmost, top, rightmost and bottom points.
 * @param {Stroke} stroke
 * @returns {Stroke}
 */
export function markFromStroke(stroke) {
  /** @type {(value: (point: Point) => number) => Point} */
  const extreme = (value) => stroke[argmax(stroke.map(value))];
  const extremes = [extreme(([x]) => -x), extreme(([, y]) => -y), extreme(([x]) => x), extreme(([, y]) => y)];
  return [...resample(stroke, MARK_POINTS), ...extremes];
}

/**
 * Return all groups of strokes that could be a digit. A drawing that is too complex for a number is one group.
 * @param {Stroke[]} strokes
 * @returns {Group[]}
 */
export function groupsOfStrokes(strokes) {
  if (strokes.length > MAX_MARKS) return [scribble(strokes.length)];
  const groups = candidateGroups(strokes.map(markFromStroke));
  return totalPath(strokes, groups) <= MAX_PATH ? groups : [scribble(strokes.length)];
}

/** @type {(marks: Stroke[]) => Group[]} */
function candidateGroups(marks) {
  const groups = groupsOf(marks, piecesOf(marks));
  return groups.length <= MAX_GROUPS ? groups : [scribble(marks.length)];
}

/** @type {(strokes: Stroke[], groups: Group[]) => number} */
function totalPath(strokes, groups) {
  const lengths = strokes.map((stroke) => pathLength([stroke]));
  let total = 0;
  for (const { marks } of groups) {
    const side = Math.max(longerSide(marks.map((i) => strokes[i])), SMALLEST_SIDE);
    for (const i of marks) total += (lengths[i] * RESOLUTION) / side + strokes[i].length;
  }
  return total;
}

/** @type {(count: number) => Group} */
const scribble = (count) => ({ start: 0, stop: 1, marks: range(count), connected: true, near: true });

/** @type {(marks: Stroke[], pieces: number[][]) => Group[]} */
function groupsOf(marks, pieces) {
  if (pieces.length === 0) return [];
  const boxes = pieces.map((piece) => boundingBox(piece.map((i) => marks[i])));
  const height = heightOf(marks);
  const groups = [];
  for (let start = 0; start < pieces.length; start++) {
    let connected = true;
    let right = boxes[start][2];
    for (let stop = start + 1; stop <= Math.min(start + MAX_PIECES, pieces.length); stop++) {
      const members = sorted(pieces.slice(start, stop).flat());
      if (stop - start > 1) {
        if (boxes[stop - 1][0] - right > MAX_GAP * height) {
          if (stop - start === 2 && isStem(boxes[start], boxes[stop - 1], height)) {
            groups.push({ start, stop, marks: members, connected: false, near: false });
          }
          break;
        }
        connected &&= gapBetween(marks, pieces[stop - 2], pieces[stop - 1]) <= TOUCHING_DISTANCE * height;
        right = Math.max(right, boxes[stop - 1][2]);
      }
      groups.push({ start, stop, marks: members, connected, near: true });
    }
  }
  const hasWhole = groups.some(({ start, stop }) => stop - start === pieces.length);
  const isMany = marks.length >= MANY_MARKS && pieces.length <= MANY_PIECES;
  if (!hasWhole && (pieces.length <= MAX_PIECES || isMany)) {
    groups.push({ start: 0, stop: pieces.length, marks: range(marks.length), connected: false, near: false });
  }
  return groups;
}

// Return whether the right piece may be the stem of a 4, and the left piece its other stroke. height: of the drawing.
/** @type {(left: Box, right: Box, height: number) => boolean} */
function isStem(left, right, height) {
  const drop = Math.min(right[1] - left[1], right[3] - left[3]);
  return right[0] - left[2] <= MAX_STEM_GAP * height && drop >= MIN_STEM_DROP * height;
}

/**
 * Return the indices of the groups in the best grouping, from left to right. It covers every piece exactly once.
 * @param {Group[]} groups
 * @param {Probabilities[]} found the probabilities of each group
 */
export function bestGrouping(groups, found) {
  const costs = costsOf(groups, found);
  // The best grouping of the first pieces, by their number.
  /** @type {Map<number, { cost: number, grouping: number[] }>} */
  const best = new Map([[0, { cost: 0, grouping: [] }]]);
  for (const index of sortedBy(range(groups.length), (index) => groups[index].stop)) {
    const { start, stop } = groups[index];
    const { cost: before, grouping } = /** @type {{ cost: number, grouping: number[] }} */ (best.get(start));
    const cost = before + costs[index];
    const known = best.get(stop);
    if (!known || cost < known.cost) best.set(stop, { cost, grouping: [...grouping, index] });
  }
  return best.get(largest(best.keys()))?.grouping ?? [];
}

// Return the cost of each group in nats: the cost as a digit or the cost as a non-digit, whichever is lower.
/** @type {(groups: Group[], found: Probabilities[]) => number[]} */
function costsOf(groups, found) {
  const pieces = largest(groups.map(({ stop }) => stop));
  return groups.map(({ start, stop, connected, near }, i) => {
    const { digits, notDigit, several } = found[i];
    const asDigit = -Math.log((1 - notDigit) * largest(digits) + TINY);
    const asNonDigit = NOT_DIGIT_COST - Math.log(Math.max(notDigit - (several ?? 0), 0) + TINY);
    if (several === null) return Math.min(near ? asDigit : Infinity, connected ? asNonDigit : Infinity);
    const isWhole = stop - start === pieces;
    const isTooMany = stop - start > MAX_PIECES;
    const digit = isTooMany ? Infinity : asDigit;
    const cost = Math.min(digit, connected || isWhole ? asNonDigit : Infinity);
    return isWhole && !isTooMany ? cost + Math.log(several + TINY) : cost;
  });
}

// Return the pieces, sorted by their centers from left to right. A piece is a list of indices of marks.
/** @type {(marks: Stroke[]) => number[][]} */
function piecesOf(marks) {
  const boxes = marks.map((mark) => boundingBox([mark]));
  /** @type {{ members: number[], low: number, high: number }[]} */
  const pieces = [];
  for (const i of sortedBy(range(marks.length), (i) => boxes[i][0] - boxes[i][2])) {
    const [left, , right] = boxes[i];
    const center = (left + right) / 2;
    const piece = pieces.find(({ low, high }) => low <= center && center <= high);
    if (!piece) {
      pieces.push({ members: [i], low: left, high: right });
      continue;
    }
    piece.members.push(i);
    piece.low = Math.min(piece.low, left);
    piece.high = Math.max(piece.high, right);
  }
  return sortedBy(pieces, ({ low, high }) => low + high).map(({ members }) => members);
}

// Return the height of the drawing, but at least a tenth of its width.
/** @type {(marks: Stroke[]) => number} */
function heightOf(marks) {
  const [left, top, right, bottom] = boundingBox(marks);
  return Math.max(bottom - top, (right - left) / 10);
}

// Return the smallest distance between a point of one piece and a point of another.
/** @type {(marks: Stroke[], one: number[], other: number[]) => number} */
function gapBetween(marks, one, other) {
  const second = other.flatMap((i) => marks[i]);
  let least = Infinity;
  for (const i of one) {
    for (const [x, y] of marks[i]) {
      for (const [otherX, otherY] of second) {
        const squared = (x - otherX) ** 2 + (y - otherY) ** 2;
        if (squared < least) least = squared;
      }
    }
  }
  return Math.sqrt(least);
}
