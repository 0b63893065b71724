// Simplify a drawing with the algorithm of Ramer (1972, doi:10.1016/S0146-664X(72)80017-0) and of Douglas and Peucker
// (1973, doi:10.3138/FM57-6770-U75U-7727): leave out points that are near the line through the remaining points.

/** @import { Stroke } from "./strokes.js" */

// The tolerance grows from the first number by the factor, until the drawing is small enough. It is the largest distance
// of a point that is left out, as a fraction of the pad's side. At 1.5, each stroke keeps only its first and last point.
const [FIRST_TOLERANCE, LAST_TOLERANCE, FACTOR] = [0.0002, 1.5, 1.2];

/**
 * Return the drawing with as many points as `fits` accepts. Return null if it never accepts the drawing.
 * @param {Stroke[]} strokes
 * @param {(strokes: Stroke[]) => boolean} fits
 * @returns {Stroke[] | null}
 */
export function simplified(strokes, fits) {
  if (fits(strokes)) return strokes;
  const tolerances = strokes.map(tolerancesOf);
  for (let tolerance = FIRST_TOLERANCE; tolerance <= LAST_TOLERANCE * FACTOR; tolerance *= FACTOR) {
    const fewer = strokes.map((points, i) => points.filter((_, j) => tolerances[i][j] > tolerance));
    if (fits(fewer)) return fewer;
  }
  return null;
}

/**
 * Return for each point the tolerance from which on the algorithm leaves it out. It never leaves out the first and the
 * last point. One pass gives the results for all tolerances: a part of the stroke is divided at its farthest point, and
 * no other point of the part stays longer than this point.
 * @param {Stroke} points
 */
export function tolerancesOf(points) {
  const tolerances = new Float64Array(points.length).fill(Infinity);
  /** @type {[number, number, number][]} parts of the stroke: first point, last point, largest tolerance inside */
  const parts = [[0, points.length - 1, Infinity]];
  for (let part = parts.pop(); part; part = parts.pop()) {
    const [first, last, limit] = part;
    if (last - first < 2) continue;
    const { index, distance } = farthest(points, first, last);
    tolerances[index] = Math.min(distance, limit);
    parts.push([first, index, tolerances[index]], [index, last, tolerances[index]]);
  }
  return tolerances;
}

// Return the point between two points of a stroke that is farthest from the segment between them. The loop avoids calls
// and arrays, because a zigzag of 12,000 points runs it up to 70 million times.
/** @type {(points: Stroke, first: number, last: number) => { index: number, distance: number }} */
function farthest(points, first, last) {
  const [fromX, fromY] = points[first];
  const [across, down] = [points[last][0] - fromX, points[last][1] - fromY];
  const squaredLength = across * across + down * down || 1;
  let index = first + 1;
  let largest = -1;
  for (let i = index; i < last; i++) {
    const x = points[i][0] - fromX;
    const y = points[i][1] - fromY;
    const part = Math.min(1, Math.max(0, (x * across + y * down) / squaredLength));
    const squared = (x - part * across) ** 2 + (y - part * down) ** 2;
    if (squared > largest) {
      largest = squared;
      index = i;
    }
  }
  return { index, distance: Math.sqrt(largest) };
}
