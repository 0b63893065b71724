// Parse a drawing in the form in which the page saves it: {"strokes": [[[x, y], …], …]}.

/** @import { Point, Stroke } from "./strokes.js" */

import { MAX_POINTS, MAX_STROKES, onPad } from "./strokes.js";

/** The largest file that is read, in bytes. A drawing of 12,000 points, with a line for each number, has 600 kB. */
export const MAX_BYTES = 1_000_000;

/** What is wrong with a drawing: the key of a text, and the values to fill in. */
export class DrawingError extends Error {
  /**
   * @param {string} key
   * @param {Record<string, number>} [values]
   */
  constructor(key, values = {}) {
    super(key);
    this.key = key;
    this.values = values;
  }
}

/**
 * Return the strokes of a drawing. Coordinates are rounded to four decimal places. Throw a DrawingError if the text is
 * no drawing, or if the drawing is larger than the API accepts.
 * @param {string} json
 * @returns {Stroke[]}
 */
export function parseStrokes(json) {
  if (json.length > MAX_BYTES) throw new DrawingError("drawingTooLarge");
  const { strokes } = parseObject(json);
  if (!Array.isArray(strokes)) throw new DrawingError("drawingWithoutStrokes");
  if (strokes.length === 0) throw new DrawingError("drawingBlank");
  if (strokes.length > MAX_STROKES) {
    throw new DrawingError("drawingStrokes", { count: strokes.length, limit: MAX_STROKES });
  }
  strokes.forEach((points, index) => {
    if (!Array.isArray(points) || points.length === 0) throw new DrawingError("drawingStroke", { stroke: index + 1 });
  });
  const count = strokes.reduce((total, points) => total + points.length, 0);
  if (count > MAX_POINTS) throw new DrawingError("drawingPoints", { count, limit: MAX_POINTS });
  return strokes.map((points, stroke) => points.map((/** @type {unknown} */ point, /** @type {number} */ index) => {
    if (!isPoint(point)) throw new DrawingError("drawingPoint", { stroke: stroke + 1, point: index + 1 });
    return /** @type {Point} */ (point.map(onPad));
  }));
}

/** @type {(json: string) => { strokes?: unknown }} */
function parseObject(json) {
  try {
    // A file may start with a byte order mark, which JSON.parse does not accept.
    return JSON.parse(json.replace(/^\uFEFF/, "")) ?? {};
  } catch {
    throw new DrawingError("drawingNoJson");
  }
}

/**
 * @param {unknown} point
 * @returns {point is Point}
 */
function isPoint(point) {
  if (!Array.isArray(point) || point.length !== 2) return false;
  return point.every((value) => typeof value === "number" && value >= 0 && value <= 1);
}
