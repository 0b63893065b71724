// Mirrors model/preprocessing/distance.py: the distance from the center of each pixel to the nearest point on the path
// of the pen. The squared distances are whole numbers, so both methods give exactly the results of Python.

export const SUBPIXELS = 8;
const MAX_SCATTERED = 4096;
const FAR = 1 << 14;

/** Points with whole coordinates, in units of 1/SUBPIXELS of a pixel, each once. */
export class Points {
  /** @type {number[]} row · columns + column of each point */
  indices = [];

  /**
   * @param {number} width of the image, in pixels
   * @param {number} height
   */
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.columns = width * SUBPIXELS;
    this.marked = new Uint8Array(this.columns * height * SUBPIXELS);
  }

  /** @type {(column: number, row: number) => void} */
  add(column, row) {
    const index = row * this.columns + column;
    if (this.marked[index] === 0) this.indices.push(index);
    this.marked[index] = 1;
  }
}

/**
 * Return the distance from the center of each pixel to the nearest point, in pixels, row by row.
 * @param {Points} points
 * @param {number} reach the largest distance that is returned. Each point is at least so far away from the edges.
 */
export function distanceToNearest(points, reach) {
  const squared = new Int32Array(points.width * points.height).fill((reach * SUBPIXELS) ** 2);
  if (points.indices.length <= MAX_SCATTERED) scatter(points, reach, squared);
  else sweep(points, reach, squared);
  const distances = new Float64Array(squared.length);
  for (let i = 0; i < squared.length; i++) distances[i] = Math.sqrt(squared[i]) / SUBPIXELS;
  return distances;
}

// For each point, update the pixels around it.
/** @type {(points: Points, reach: number, squared: Int32Array) => void} */
function scatter({ indices, columns, width }, reach, squared) {
  for (const index of indices) {
    const x = index % columns;
    const y = (index - x) / columns;
    const [column, row] = [Math.floor(x / SUBPIXELS), Math.floor(y / SUBPIXELS)];
    for (let j = row - reach; j < row + reach; j++) {
      const down = (center(j) - y) ** 2;
      for (let i = column - reach; i < column + reach; i++) {
        const across = center(i) - x;
        update(squared, j * width + i, down + across * across);
      }
    }
  }
}

// The time depends on the size of the image only: first find the nearest point in each row of subpixels, and then the
// nearest of these points in each column of pixels.
/** @type {(points: Points, reach: number, squared: Int32Array) => void} */
function sweep(points, reach, squared) {
  const { width, height } = points;
  const [below, above] = [reach * SUBPIXELS - SUBPIXELS / 2, reach * SUBPIXELS + SUBPIXELS / 2 - 1];
  const across = nearestInRows(points, below, above);
  for (let row = 0; row < height; row++) {
    const last = Math.min(center(row) + above, height * SUBPIXELS - 1);
    for (let y = Math.max(0, center(row) - below); y <= last; y++) {
      const down = (y - center(row)) ** 2;
      for (let column = 0; column < width; column++) {
        update(squared, row * width + column, down + across[y * width + column] ** 2);
      }
    }
  }
}

// Return for each row of subpixels and each column of pixels the horizontal distance to the nearest point in the row.
/** @type {(points: Points, below: number, above: number) => Int32Array} */
function nearestInRows({ marked, columns, width, height }, below, above) {
  const across = new Int32Array(height * SUBPIXELS * width).fill(FAR);
  for (let y = 0; y < height * SUBPIXELS; y++) {
    for (let x = 0, last = -FAR; x < columns; x++) {
      if (marked[y * columns + x]) last = x;
      if (x % SUBPIXELS === SUBPIXELS / 2 && x - last <= below) across[y * width + (x >> 3)] = x - last;
    }
    for (let x = columns - 1, last = FAR; x >= 0; x--) {
      if (marked[y * columns + x]) last = x;
      if (x % SUBPIXELS === SUBPIXELS / 2 && last - x <= above) {
        across[y * width + (x >> 3)] = Math.min(across[y * width + (x >> 3)], last - x);
      }
    }
  }
  return across;
}

/** @type {(squared: Int32Array, index: number, value: number) => void} */
function update(squared, index, value) {
  if (value < squared[index]) squared[index] = value;
}

// Return the coordinate of the center of a pixel, in units of 1/SUBPIXELS of a pixel.
/** @param {number} pixel */
const center = (pixel) => pixel * SUBPIXELS + SUBPIXELS / 2;
