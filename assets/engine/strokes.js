// Mirrors model/preprocessing/strokes.py: rasterize strokes to ink.

/** @import { Point, Stroke } from "../shared/strokes.js" */

import { distanceToNearest, Points, SUBPIXELS } from "./distance.js";
import { boundingBox, distance, pathLength, scaled } from "./geometry.js";
import { rint } from "./numeric.js";

/**
 * An image: 0 paper, 1 ink, row by row.
 * @typedef {object} Ink
 * @property {number} width
 * @property {number} height
 * @property {Float32Array} values
 */

const NETWORK_PEN_WIDTH = 0.13;
export const RESOLUTION = 80;
const MAX_POSITIONS = 80_000;
const MAX_STEP = 4;

/**
 * Return the ink of strokes drawn with a round pen, antialiased. The drawing's longer side is scaled to RESOLUTION
 * pixels. Without points, the ink has no pixels.
 * @param {Stroke[]} drawing
 * @returns {Ink}
 */
export function rasterize(drawing) {
  let strokes = drawing.filter((points) => points.length > 0);
  if (strokes.length === 0) return { width: 0, height: 0, values: new Float32Array(0) };
  strokes = scaled(strokes, RESOLUTION);
  const radius = (NETWORK_PEN_WIDTH * RESOLUTION) / 2;
  const margin = Math.ceil(radius + 0.5);
  const [, , right, bottom] = boundingBox(strokes);
  const [width, height] = [Math.ceil(right) + 2 * margin, Math.ceil(bottom) + 2 * margin];
  const step = Math.min(MAX_STEP, Math.max(1, pathLength(strokes) / MAX_POSITIONS));
  const path = new Points(width, height);
  for (const points of strokes) {
    const moved = points.map(([x, y]) => /** @type {Point} */ ([x + margin, y + margin]));
    densify(moved, step, (x, y) => path.add(rint(x * SUBPIXELS), rint(y * SUBPIXELS)));
  }
  const distances = distanceToNearest(path, margin);
  const values = new Float32Array(distances.length);
  for (let i = 0; i < values.length; i++) values[i] = Math.min(1, Math.max(0, radius + 0.5 - distances[i]));
  return { width, height, values };
}

// Visit positions along a polyline, at most `step` pixels apart.
/** @type {(points: Stroke, step: number, visit: (x: number, y: number) => void) => void} */
function densify(points, step, visit) {
  let knot = 0;
  for (let i = 1; i < points.length; i++) {
    const [[x, y], [toX, toY]] = [points[i - 1], points[i]];
    const next = knot + Math.max(1, Math.ceil(distance(points[i - 1], points[i]) / step));
    const [slopeX, slopeY] = [(toX - x) / (next - knot), (toY - y) / (next - knot)];
    for (let position = knot; position < next; position++) {
      visit(slopeX * (position - knot) + x, slopeY * (position - knot) + y);
    }
    knot = next;
  }
  visit(...points[points.length - 1]);
}
