// Mirrors model/inference/examples.py: personal examples, the drawings that one visitor has corrected.

/** @import { FeatureSpace } from "./features.js" */

import { CLASS_NOT_DIGIT, NUM_DIGITS } from "./calibration.js";
import { FEATURES, unit } from "./features.js";
import { argmax } from "./numeric.js";

const SMALLEST_REACH = 0.3;
const NEIGHBOR = 4;
const REACH_MARGIN = 0.02;
const FADE = 0.2;
const MARGIN = 4;
const SMALLEST_PROBABILITY = 1e-12;

/**
 * A corrected drawing.
 * @typedef {object} PersonalExample
 * @property {Int8Array} features
 * @property {number} label the correct class, a digit or CLASS_NOT_DIGIT
 * @property {number | null} ratherThan the class that the network gave instead
 * @property {number} reach the cosine from which on the example has an effect
 * @property {number} weight the largest effect, in nats
 */

/**
 * Return the example of a drawing with its correct class.
 * @param {FeatureSpace} space
 * @param {Int8Array} features
 * @param {number[]} outcomes the probabilities of the ten digits and of “not a digit”
 * @param {number} given the class that the network gave
 * @param {number} label the correct class
 * @returns {PersonalExample}
 */
export function learn(space, features, outcomes, given, label) {
  const answer = given === label ? argmax(outcomes.map((share, i) => (i === label ? -1 : share))) : given;
  const logs = outcomes.map((share) => Math.log(Math.max(share, SMALLEST_PROBABILITY)));
  const weight = Math.max(0, logs[answer] - logs[label]) + MARGIN;
  return { features, label, ratherThan: answer, reach: reachOf(space, features, label), weight };
}

/** @type {(space: FeatureSpace, features: Int8Array, label: number) => number} */
function reachOf({ bank, classes }, features, label) {
  const vector = unit(features);
  const cosines = [];
  for (let i = 0; i < classes.length; i++) {
    // “Several digits” is a kind of “not a digit”.
    if (Math.min(classes[i], CLASS_NOT_DIGIT) === label) continue;
    cosines.push(cosine(unit(bank.subarray(i * FEATURES, (i + 1) * FEATURES)), vector));
  }
  cosines.sort((one, other) => other - one);
  const nearest = cosines.length >= NEIGHBOR ? cosines[NEIGHBOR - 1] : -1;
  return Math.min(1, Math.max(SMALLEST_REACH, nearest - REACH_MARGIN));
}

/** @type {(one: Float32Array, other: Float32Array) => number} */
const cosine = (one, other) => one.reduce((total, value, i) => total + value * other[i], 0);

/**
 * Return the probabilities of the ten digits and of “not a digit”. Their sum is 1.
 * @type {(digits: number[], notDigit: number) => number[]}
 */
export const outcomesOf = (digits, notDigit) => [...digits.map((share) => (1 - notDigit) * share), notDigit];

/**
 * Return what the examples add to the logarithms of the calibrated probabilities of an image.
 * @param {Float32Array} features of unit length
 * @param {PersonalExample[]} examples
 * @param {number} outputs the number of outputs of the network
 */
export function shiftsOf(features, examples, outputs) {
  const shifts = new Float64Array(Math.max(outputs, NUM_DIGITS + 2));
  const vectors = examples.map((example) => unit(example.features));
  examples.forEach((example, i) => {
    const rivals = examples.map(({ label }, j) => (label === example.label ? -1 : cosine(vectors[i], vectors[j])));
    const reach = Math.max(example.reach, Math.min(Math.max(...rivals) - REACH_MARGIN, 1 - FADE));
    const effect = example.weight * Math.min(1, Math.max(0, (cosine(features, vectors[i]) - reach) / FADE));
    addEffect(shifts, example, effect);
  });
  return shifts.slice(0, outputs);
}

/** @type {(shifts: Float64Array, example: PersonalExample, effect: number) => void} */
function addEffect(shifts, { label, ratherThan }, effect) {
  if (ratherThan !== null) {
    const stop = ratherThan === CLASS_NOT_DIGIT ? shifts.length : ratherThan + 1;
    for (let i = ratherThan; i < stop; i++) shifts[i] -= effect / 2;
  }
  shifts[label] += effect;
}
