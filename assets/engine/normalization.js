// Mirrors model/preprocessing/normalization.py: normalize ink to a 28×28 image.

/** @import { Ink } from "./strokes.js" */

import { rint } from "./numeric.js";

export const IMAGE_SIDE = 28;
export const PIXELS = IMAGE_SIDE * IMAGE_SIDE;
const BOX_SIDE = 20;
const CENTER = 14;
const ROUNDING = 1e-5;

/**
 * Return the normalized image of one digit, 28×28 numbers from 0 to 1; all 0 if there is no ink.
 * @param {Ink} ink
 */
export function normalize(ink) {
  const cropped = crop(ink);
  return cropped.values.length === 0 ? new Float32Array(PIXELS) : center(fit(cropped));
}

/**
 * Return the part of the ink inside its bounding box; without pixels if there is no ink.
 * @param {Ink} ink
 * @returns {Ink}
 */
export function crop({ width, height, values }) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (values[y * width + x] === 0) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  if (right < 0) return { width: 0, height: 0, values: new Float32Array(0) };
  const [columns, rows] = [right - left + 1, bottom - top + 1];
  const cropped = new Float32Array(columns * rows);
  for (let y = 0; y < rows; y++) {
    const start = (top + y) * width + left;
    cropped.set(values.subarray(start, start + columns), y * columns);
  }
  return { width: columns, height: rows, values: cropped };
}

/**
 * Return the cropped ink, scaled by area averaging so that the longer side is 20 pixels.
 * @param {Ink} cropped
 * @returns {Ink}
 */
export function fit({ width, height, values }) {
  const scale = BOX_SIDE / Math.max(height, width);
  const rows = averaging(height, Math.max(1, rint(height * scale)));
  const columns = averaging(width, Math.max(1, rint(width * scale)));
  const fitted = new Float32Array(rows.length * columns.length);
  const across = new Float64Array(width);
  rows.forEach((row, y) => {
    across.fill(0);
    for (const [index, share] of row) {
      for (let x = 0; x < width; x++) across[x] += share * values[index * width + x];
    }
    columns.forEach((column, x) => {
      let sum = 0;
      for (const [index, share] of column) sum += across[index] * share;
      fitted[y * columns.length + x] = sum;
    });
  });
  return { width: columns.length, height: rows.length, values: fitted };
}

/**
 * Return a 28×28 image that contains the fitted ink, with the center of mass as near to (14, 14) as possible.
 * @param {Ink} fitted
 */
export function center({ width, height, values }) {
  const [rows, columns] = [new Float64Array(height), new Float64Array(width)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rows[y] += values[y * width + x];
      columns[x] += values[y * width + x];
    }
  }
  const [top, left] = [start(rows), start(columns)];
  const image = new Float32Array(PIXELS);
  for (let y = 0; y < height; y++) {
    image.set(values.subarray(y * width, (y + 1) * width), (top + y) * IMAGE_SIDE + left);
  }
  return image;
}

// Return for each of `target` pixels the source pixels that it averages, each as [index, share]. The shares sum to 1.
/** @type {(source: number, target: number) => [number, number][][]} */
function averaging(source, target) {
  const edges = Array.from({ length: target + 1 }, (_, i) => i * (source / target));
  return Array.from({ length: target }, (_, i) => {
    /** @type {[number, number][]} */
    const parts = [];
    for (let pixel = Math.floor(edges[i]); pixel < Math.min(source, Math.ceil(edges[i + 1])); pixel++) {
      const overlap = Math.min(edges[i + 1], pixel + 1) - Math.max(edges[i], pixel);
      if (overlap > 0) parts.push([pixel, overlap * (target / source)]);
    }
    return parts;
  });
}

// Return the index of the first row, or of the first column, of the image that the box covers. `profile`: its sums.
/** @param {Float64Array} profile */
function start(profile) {
  let [mass, moment] = [0, 0];
  for (let i = 0; i < profile.length; i++) {
    mass += profile[i];
    moment += i * profile[i];
  }
  const first = Math.floor(CENTER - moment / (mass || 1) + 0.5 + ROUNDING);
  return Math.min(Math.max(first, 0), IMAGE_SIDE - profile.length);
}
