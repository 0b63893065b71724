// The results of the test: which digit each drawing had to be, what the network has read, and how long it took.

/** @import { Answer } from "../../shared/answers.js" */
/** @import { Stroke } from "../../shared/strokes.js" */

import { outcomes } from "../../shared/shares.js";

/** The number of digits in a test. */
export const COUNT = 10;

/**
 * One drawing of the test.
 * @typedef {object} Result
 * @property {number} digit the digit that the visitor had to draw
 * @property {Stroke[]} strokes
 * @property {string} read the number that the network has read; "?" for a non-digit
 * @property {number} probability the probability of the right digit; 0 if the network has read several digits
 * @property {number} seconds from the question to the end of the last stroke
 * @property {boolean} [isTaught] whether the page has learned from this drawing
 */

/**
 * Return the ten digits in random order.
 * @param {() => number} [random] returns a number from 0 to 1
 */
export function shuffled(random = Math.random) {
  const digits = [...Array(COUNT).keys()];
  for (let i = COUNT - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [digits[i], digits[other]] = [digits[other], digits[i]];
  }
  return digits;
}

/**
 * @param {number} digit
 * @param {Stroke[]} strokes
 * @param {Pick<Answer, "number" | "readings">} answer
 * @param {number} seconds
 * @returns {Result}
 */
export function resultOf(digit, strokes, { number, readings }, seconds) {
  const probability = readings.length === 1 ? outcomes(readings[0])[digit] : 0;
  return { digit, strokes, read: number, probability, seconds };
}

/** @param {Result} result */
export const isRight = ({ digit, read }) => read === String(digit);

/** @param {Result[]} results */
export const countRight = (results) => results.filter(isRight).length;

/** @param {Result[]} results */
export const meanSeconds = (results) => results.reduce((sum, { seconds }) => sum + seconds, 0) / results.length;

/**
 * Return the correctly read drawing with the lowest probability, or null if no drawing was read correctly.
 * @param {Result[]} results
 * @returns {Result | null}
 */
export function leastCertain(results) {
  let least = null;
  for (const result of results) if (isRight(result) && !(least && least.probability <= result.probability)) least = result;
  return least;
}

const KEY = "#test=";

/**
 * Return the link to a result.
 * @param {string} address the page's address
 * @param {number} right
 */
export const linkTo = (address, right) => address.split("#")[0] + KEY + right;

/**
 * Return the number of right answers in a link, or null if the address is no such link.
 * @param {string} hash
 */
export function rightIn(hash) {
  const count = hash.startsWith(KEY) ? Number(hash.slice(KEY.length) || NaN) : NaN;
  return Number.isInteger(count) && count >= 0 && count <= COUNT ? count : null;
}
