// The probabilities that the page shows: those of the ten digits and, behind them, that of “not a digit”.

/**
 * The part of a reading that decides on its probabilities. The server gives the probability of each digit under the
 * condition that the drawing is a digit.
 * @typedef {object} Probabilities
 * @property {number | null} digit
 * @property {number[]} probabilities
 * @property {number} no_digit
 */

/** The index of “not a digit”. The index of a digit is the digit. */
export const CLASS_NOT_DIGIT = 10;

/**
 * Return the probability of each of the eleven outcomes. Their sum is 1.
 * @param {Probabilities} reading
 */
export const outcomes = ({ probabilities, no_digit }) =>
  [...probabilities.map((probability) => (1 - no_digit) * probability), no_digit];

/**
 * Return the index of the outcome that is the reading's answer.
 * @param {Probabilities} reading
 */
export const answerOf = ({ digit }) => digit ?? CLASS_NOT_DIGIT;

/**
 * Return the probability of each outcome, rounded to whole percentages whose sum is exactly 1. Each share is rounded
 * down. The missing percentages go to the shares that lost most (the largest remainder method), so that a larger share
 * never becomes smaller than another one.
 * @param {Probabilities} reading
 */
export function roundedOutcomes(reading) {
  const percentages = outcomes(reading).map((share) => 100 * share);
  const whole = percentages.map(Math.floor);
  const lost = (/** @type {number} */ index) => percentages[index] - whole[index];
  const byLoss = [...percentages.keys()];
  byLoss.sort((one, other) => lost(other) - lost(one));
  const missing = Math.round(100 - sum(whole));
  for (const index of byLoss.slice(0, missing)) whole[index] += 1;
  return whole.map((percentage) => percentage / 100);
}

/**
 * Return the rounded probability of the reading's answer.
 * @param {Probabilities} reading
 */
export const shareOf = (reading) => roundedOutcomes(reading)[answerOf(reading)];

/** @param {number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);
