// Mirrors model/inference/attribution.py: integrated gradients.

/** @import { Network } from "./network.js" */

import { NUM_DIGITS } from "./calibration.js";
import { largest, range } from "./numeric.js";

const STEPS = 16;

/**
 * Return the contribution of each pixel to an answer, 28×28 numbers in nats of log-odds.
 * @param {Network} network
 * @param {Float32Array} image
 * @param {number | null} digit the answer to explain; null means “not one digit”
 * @param {number | null} contrast the digit to compare the answer with; null means all other digits
 * @param {() => Promise<void>} [pause] awaited between two steps, so that the pen can draw meanwhile
 */
export async function attribute(network, image, digit, contrast, pause = async () => {}) {
  const classes = range(network.output.channels);
  const answer = classes.filter((i) => (digit === null ? i >= NUM_DIGITS : i === digit));
  const others = classes.filter((i) => (contrast === null ? i < NUM_DIGITS && !answer.includes(i) : i === contrast));
  const contributions = new Float64Array(image.length);
  for (let step = 0; step < STEPS; step++) {
    const root = (step + 0.5) / STEPS;
    const logits = network.forward(image.map((ink) => root ** 2 * ink));
    const slope = network.backward(logOddsSlope(logits, answer, others));
    for (let i = 0; i < image.length; i++) contributions[i] += (image[i] * 2 * root * slope[i]) / STEPS;
    await pause();
  }
  return contributions;
}

// Return the gradient of the log-odds of some classes against others by the logits.
/** @type {(logits: Float32Array, answer: number[], others: number[]) => Float64Array} */
function logOddsSlope(logits, answer, others) {
  const slope = new Float64Array(logits.length);
  for (const [sign, classes] of /** @type {[number, number[]][]} */ ([[1, answer], [-1, others]])) {
    const most = largest(classes.map((i) => logits[i]));
    const sum = classes.reduce((total, i) => total + Math.exp(logits[i] - most), 0);
    for (const i of classes) slope[i] += (sign * Math.exp(logits[i] - most)) / sum;
  }
  return slope;
}
