// Paint strokes on a canvas, and compute with their points.

/**
 * A point on the pad: [x, y] as fractions of the pad's side, x right, y down.
 * @typedef {[number, number]} Point
 */

/**
 * The path of the pen from touch to lift.
 * @typedef {Point[]} Stroke
 */

/**
 * The value of the sketchpad. It holds strokes or the URL of a picture. `frames` marks each digit that was found in the
 * picture. A drawing that the page sets on the pad, such as an example, has an `id`. A new id makes the pad show it, even
 * if the drawing is the same.
 * @typedef {object} Drawing
 * @property {number} [id]
 * @property {Stroke[]} [strokes]
 * @property {string} [picture]
 * @property {Frame[]} [frames]
 * @property {boolean} [isEdited] whether the strokes are those of the pad after a change; they are not drawn one by one
 */

/**
 * A labelled box in a picture. The sides of the box are fractions of the picture's sides.
 * @typedef {object} Frame
 * @property {[number, number, number, number]} box left, top, right, bottom
 * @property {string} name the digit, or "?" for a non-digit
 */

// Pen width on the screen, as a fraction of the pad's side. The server rasterizes strokes with its own pen width.
export const SCREEN_PEN_WIDTH = 0.05;
// The limits of the API: web/schemas/fields.py. A drawing at these limits fits into a request.
export const MAX_STROKES = 500;
export const MAX_POINTS = 12_000;

/**
 * Pressure of a stylus at each point, from 0 to 1. The pad shows more pressure as a wider stroke. The page does not
 * send the pressure to the server.
 * @type {WeakMap<Point, number>}
 */
export const pressures = new WeakMap();

/** @type {(context: CanvasRenderingContext2D, strokes: Stroke[], side: number) => void} */
export function paintStrokes(context, strokes, side) {
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = "#111";
  for (const points of strokes) paintStroke(context, points, side);
}

/** @type {(context: CanvasRenderingContext2D, points: Stroke, side: number) => void} */
function paintStroke(context, points, side) {
  const path = points.map(([x, y]) => /** @type {Point} */ ([x * side, y * side]));
  if (points.some((point) => pressures.has(point))) return paintPressed(context, points, path, side);
  context.lineWidth = SCREEN_PEN_WIDTH * side;
  context.beginPath();
  trace(context, path);
  context.stroke();
}

// Paint each segment with a width that grows with pressure, from 0.5 to 1.5 pen widths.
/** @type {(context: CanvasRenderingContext2D, points: Stroke, path: Point[], side: number) => void} */
function paintPressed(context, points, path, side) {
  points.forEach((point, i) => {
    context.lineWidth = SCREEN_PEN_WIDTH * side * (0.5 + (pressures.get(point) ?? 0.5));
    context.beginPath();
    context.moveTo(...path[Math.max(0, i - 1)]);
    context.lineTo(...path[i]);
    context.stroke();
  });
}

// Join the points by curves. The points of a fast stroke are far apart, and straight lines would show corners there.
// Each curve ends in the middle between two points.
/** @type {(context: CanvasRenderingContext2D, points: Point[]) => void} */
function trace(context, points) {
  context.moveTo(...points[0]);
  for (let i = 1; i < points.length - 1; i++) {
    const [[x, y], [nextX, nextY]] = [points[i], points[i + 1]];
    context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  context.lineTo(...points[points.length - 1]);
}

/**
 * Return a coordinate, limited to the pad (0 to 1) and rounded to four decimal places.
 * @param {number} value
 */
export const onPad = (value) => Math.round(1e4 * Math.min(1, Math.max(0, value))) / 1e4;

/**
 * Return the distance between two points.
 * @param {Point} from
 * @param {Point} to
 */
export const distance = ([fromX, fromY], [toX, toY]) => Math.hypot(toX - fromX, toY - fromY);

/**
 * Return the distance between a stroke and the segment between two points. The distance is 0 if they cross.
 * @type {(points: Stroke, from: Point, to: Point) => number}
 */
export const strokeDistance = (points, from, to) =>
  points.reduce((least, point, i) => Math.min(least, segmentDistance(points[Math.max(0, i - 1)], point, from, to)), Infinity);

// Return the distance between the segments a–b and c–d.
/** @type {(a: Point, b: Point, c: Point, d: Point) => number} */
function segmentDistance(a, b, c, d) {
  if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) return 0; // They cross.
  return Math.min(pointDistance(a, c, d), pointDistance(b, c, d), pointDistance(c, a, b), pointDistance(d, a, b));
}

// Return a number whose sign tells on which side of the line through two points a point lies.
/** @type {(from: Point, to: Point, point: Point) => number} */
const side = ([fromX, fromY], [toX, toY], [x, y]) => (toX - fromX) * (y - fromY) - (toY - fromY) * (x - fromX);

// Return the distance from a point to a segment.
/** @type {(point: Point, from: Point, to: Point) => number} */
function pointDistance([x, y], [fromX, fromY], [toX, toY]) {
  const [across, down] = [toX - fromX, toY - fromY];
  const along = ((x - fromX) * across + (y - fromY) * down) / (across * across + down * down || 1);
  const part = Math.min(1, Math.max(0, along));
  return Math.hypot(x - fromX - part * across, y - fromY - part * down);
}

/**
 * Return the first `count` points of a drawing, as strokes.
 * @param {Stroke[]} strokes
 * @param {number} count
 */
export function firstPoints(strokes, count) {
  const begun = [];
  for (const points of strokes) {
    if (count > 0) begun.push(points.slice(0, count));
    count -= points.length;
  }
  return begun;
}

/**
 * Return the strokes with at most `limit` points in all: every second point is left out until they are few enough. The
 * first and the last point of each stroke stay.
 * @param {Stroke[]} strokes
 * @param {number} limit
 * @returns {Stroke[]}
 */
export function thinned(strokes, limit) {
  const count = strokes.reduce((total, points) => total + points.length, 0);
  const isHalved = strokes.some((points) => points.length > 2);
  if (count <= limit || !isHalved) return strokes;
  return thinned(strokes.map((points) => points.filter((_, i) => i % 2 === 0 || i === points.length - 1)), limit);
}

/**
 * Return the strokes with few enough points for the API. Of too many strokes, one more than the limit stays: the server
 * then says what the limit is.
 * @param {Stroke[]} strokes
 */
export const withinLimits = (strokes) => thinned(strokes.slice(0, MAX_STROKES + 1), MAX_POINTS);

/**
 * Return the bounding box of a drawing.
 * @param {Stroke[]} strokes
 */
export function boundingBox(strokes) {
  const points = strokes.flat();
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}
