// Erase the ink of one block of the 28×28 image from the strokes of a drawing.

/** @import { Point, Stroke } from "./strokes.js" */

import { boundingBox, distance, onPad } from "./strokes.js";

const SIDE = 28;
const BLOCK = 4;
const BLOCKS = SIDE / BLOCK;
// The longer side of the ink in the 28×28 image, and the width of the network's pen as a fraction of the longer side of
// the pen's path: BOX_SIDE in normalization.py and NETWORK_PEN_WIDTH in strokes.py.
const BOX_SIDE = 20;
const PEN_WIDTH = 0.13;

/**
 * The square of the pad that one block shows: its upper left corner, its side, and half of the pen's width.
 * @typedef {{ left: number, top: number, side: number, pen: number }} Square
 */

/**
 * Return the square of the pad that a block of a reading's image shows.
 * @param {Stroke[]} strokes the strokes of the reading
 * @param {Uint8Array} image its 28×28 image
 * @param {number} index the index of the block, row by row
 * @returns {Square}
 */
export function squareOf(strokes, image, index) {
  const { left, top, right, bottom } = boundingBox(strokes);
  const longer = Math.max(right - left, bottom - top);
  const pen = (PEN_WIDTH * longer) / 2;
  const pixel = (longer + 2 * pen) / BOX_SIDE;
  const inked = [...image.keys()].filter((i) => image[i] > 0);
  const column = Math.min(...inked.map((i) => i % SIDE));
  const row = Math.min(...inked.map((i) => Math.floor(i / SIDE)));
  return {
    left: left - pen + (BLOCK * (index % BLOCKS) - column) * pixel,
    top: top - pen + (BLOCK * Math.floor(index / BLOCKS) - row) * pixel,
    side: BLOCK * pixel,
    pen,
  };
}

/**
 * Return what remains of strokes if the ink in a square is erased. A stroke that crosses the square is cut in two.
 * @type {(strokes: Stroke[], square: Square) => Stroke[]}
 */
export function withoutSquare(strokes, square) {
  const left = strokes.flatMap((points) => cut(points, square, 0));
  const isCut = left.length !== strokes.length || left.some((points, i) => points.length !== strokes[i].length);
  // Only the side of a stroke is in the square: its middle line is at most half a pen width away.
  return isCut ? left : strokes.flatMap((points) => cut(points, square, square.pen));
}

/** @type {(points: Stroke, square: Square, reach: number) => Stroke[]} */
function cut(points, square, reach) {
  const path = sampled(points, square.side / 16);
  const inside = path.map(({ point }) => isInside(point, square, reach));
  if (!inside.includes(true)) return [points];
  // The round end of a stroke is half a pen width long, so cut so much more.
  const more = Math.round(square.pen / (square.side / 16));
  const erased = inside.map((_, i) => inside.slice(Math.max(0, i - more), i + more + 1).includes(true));
  return runs(path.map((sample, i) => (erased[i] ? null : sample))).filter((run) => isLong(run, square.pen));
}

// Return the points with further points between them, so that two neighbors are at most `step` apart.
/** @type {(points: Stroke, step: number) => { point: Point, isOwn: boolean }[]} */
function sampled(points, step) {
  return points.flatMap((point, i) => {
    const next = points[i + 1];
    const count = next ? Math.max(1, Math.ceil(distance(point, next) / step)) : 1;
    return Array.from({ length: count }, (_, k) => ({ point: between(point, next ?? point, k / count), isOwn: k === 0 }));
  });
}

/** @type {(from: Point, to: Point, part: number) => Point} */
const between = (from, [toX, toY], part) => (part === 0 ? from : [onPad(from[0] + part * (toX - from[0])), onPad(from[1] + part * (toY - from[1]))]);

/** @type {(point: Point, square: Square, reach: number) => boolean} */
const isInside = ([x, y], { left, top, side }, reach) =>
  x >= left - reach && x <= left + side + reach && y >= top - reach && y <= top + side + reach;

// Return the parts between the erased samples: their own points, and the samples at both ends.
/** @type {(path: ({ point: Point, isOwn: boolean } | null)[]) => Stroke[]} */
function runs(path) {
  /** @type {Stroke[]} */
  const found = [];
  path.forEach((sample, i) => {
    if (!sample) return;
    if (!path[i - 1]) found.push([]);
    const isEnd = !path[i - 1] || !path[i + 1];
    if (sample.isOwn || isEnd) found[found.length - 1].push(sample.point);
  });
  return found;
}

// A rest that is shorter than the pen is wide would only be a dot.
/** @type {(points: Stroke, length: number) => boolean} */
const isLong = (points, length) =>
  points.reduce((sum, point, i) => sum + distance(points[Math.max(0, i - 1)], point), 0) >= length;
