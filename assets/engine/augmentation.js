// Mirrors model/preprocessing/augmentation.py: the fixed transform of a normalized image.

import { IMAGE_SIDE } from "./normalization.js";

/**
 * Return an image that is rotated, slanted and shifted, interpolated bilinearly. Outside the image is paper.
 * @param {Float32Array} image
 * @param {number} angle the counterclockwise rotation, in radians
 * @param {number} slant in pixels to the right per pixel upward
 * @param {number} left the shift to the left, in pixels
 * @param {number} up
 */
export function transform(image, angle, slant, left, up) {
  const center = (IMAGE_SIDE - 1) / 2;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [a, b, c, d] = [cos, slant * cos - sin, sin, slant * sin + cos];
  const [startX, startY] = [center - a * center - b * center + left, center - c * center - d * center + up];
  const moved = new Float32Array(image.length);
  for (let row = 0; row < IMAGE_SIDE; row++) {
    for (let column = 0; column < IMAGE_SIDE; column++) {
      moved[row * IMAGE_SIDE + column] = read(image, a * column + b * row + startX, c * column + d * row + startY);
    }
  }
  return moved;
}

/** @type {(image: Float32Array, x: number, y: number) => number} */
function read(image, x, y) {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, down] = [x - left, y - top];
  const upper = (1 - right) * pixel(image, left, top) + right * pixel(image, left + 1, top);
  const lower = (1 - right) * pixel(image, left, top + 1) + right * pixel(image, left + 1, top + 1);
  return (1 - down) * upper + down * lower;
}

/** @type {(image: Float32Array, x: number, y: number) => number} */
const pixel = (image, x, y) =>
  x >= 0 && x < IMAGE_SIDE && y >= 0 && y < IMAGE_SIDE ? image[y * IMAGE_SIDE + x] : 0;
