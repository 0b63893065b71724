// Mirrors model/inference/calibration.py: turn logits into calibrated probabilities.

/** @import { Probabilities } from "./segmentation.js" */

import { largest } from "./numeric.js";

export const NUM_DIGITS = 10;
/** The index of the output for non-digits. The next output is that for several digits. */
export const CLASS_NOT_DIGIT = 10;
const CLASS_SEVERAL = 11;

/**
 * Return probabilities from logits divided by the temperature. Their sum is 1.
 * @type {(logits: ArrayLike<number>, temperature?: number) => number[]}
 */
export function softmax(logits, temperature = 1) {
  const scaled = Array.from(logits, (value) => value / temperature);
  const most = largest(scaled);
  const powers = scaled.map((value) => Math.exp(value - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/**
 * Return the probabilities of one image. With 10 outputs, `notDigit` is 0.
 * @type {(logits: ArrayLike<number>, temperature: number) => Probabilities}
 */
export function calibrated(logits, temperature) {
  const every = softmax(logits, temperature);
  return {
    digits: softmax(Array.from(logits).slice(0, NUM_DIGITS), temperature),
    notDigit: Math.min(1, every.slice(NUM_DIGITS).reduce((total, share) => total + share, 0)),
    several: every.length > CLASS_SEVERAL ? every[CLASS_SEVERAL] : null,
  };
}
