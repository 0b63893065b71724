// Mirrors model/inference/occlusion.py: how the score of an answer changes if a part of the ink is erased or added.

import { NUM_DIGITS } from "./calibration.js";
import { IMAGE_SIDE } from "./normalization.js";
import { largest, range } from "./numeric.js";

const BLOCK = 4;
const BLOCKS = IMAGE_SIDE / BLOCK;
const DOT = [0.3, 0.8, 0.8, 0.3, 0.8, 1, 1, 0.8, 0.8, 1, 1, 0.8, 0.3, 0.8, 0.8, 0.3];

/** @typedef {(image: Float32Array) => Float32Array} Forward */

/**
 * Return the score of an answer, and its changes for the 7×7 blocks, row by row. Without dots, `added` is null. All
 * numbers are in nats.
 * @param {Forward} forward
 * @param {Float32Array} image
 * @param {number | null} digit the answer; null means “not one digit”
 * @param {number | null} contrast the digit to compare the answer with; null means all other outputs
 * @param {boolean} dots whether to add dots, too
 */
export function occlude(forward, image, digit, contrast, dots) {
  return occludeScore((version) => scoreOf(forward(version), digit, contrast), image, dots);
}

/**
 * Return a score of an image, and its changes for the 7×7 blocks.
 * @type {(scoreAt: (image: Float32Array) => number, image: Float32Array, dots: boolean) =>
 *   { score: number, erased: number[], added: number[] | null }}
 */
export function occludeScore(scoreAt, image, dots) {
  const score = scoreAt(image);
  /** @type {(ink: (old: number, pixel: number) => number) => number[]} */
  const changes = (ink) => range(BLOCKS ** 2).map((block) => {
    const version = changed(image, block, ink);
    // Most blocks have no ink. To erase them changes nothing.
    return version.every((value, i) => value === image[i]) ? 0 : scoreAt(version) - score;
  });
  return {
    score,
    erased: changes(() => 0),
    added: dots ? changes((old, pixel) => Math.max(old, DOT[pixel])) : null,
  };
}

// Return the image with another ink in one block. `ink` gets the old ink and the index of the pixel in the block.
/** @type {(image: Float32Array, block: number, ink: (old: number, pixel: number) => number) => Float32Array} */
function changed(image, block, ink) {
  const version = image.slice();
  const first = Math.floor(block / BLOCKS) * BLOCK * IMAGE_SIDE + (block % BLOCKS) * BLOCK;
  for (let pixel = 0; pixel < BLOCK ** 2; pixel++) {
    const index = first + Math.floor(pixel / BLOCK) * IMAGE_SIDE + (pixel % BLOCK);
    version[index] = ink(version[index], pixel);
  }
  return version;
}

/** @type {(logits: Float32Array, digit: number | null, contrast: number | null) => number} */
function scoreOf(logits, digit, contrast) {
  const classes = range(logits.length);
  const answer = classes.filter((i) => (digit === null ? i >= NUM_DIGITS : i === digit));
  const others = classes.filter((i) => (contrast === null ? !answer.includes(i) : i === contrast));
  return logSum(answer.map((i) => logits[i])) - logSum(others.map((i) => logits[i]));
}

/** @param {number[]} logits */
function logSum(logits) {
  const most = largest(logits);
  return most + Math.log(logits.reduce((total, logit) => total + Math.exp(logit - most), 0));
}
