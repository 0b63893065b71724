// How the probability of each answer changed while the drawing was made, and since when the answer leads and is sure.

/** @import { Reading } from "../../shared/answers.js" */
/** @import { Moment } from "./recording.js" */

import { readingAt } from "../../shared/answers.js";
import { answerOf, outcomes } from "../../shared/shares.js";

/**
 * The probabilities of all outcomes at each moment, and when the answer was found.
 * @typedef {object} Course
 * @property {(number[] | null)[]} shares the probability of each outcome at each moment; null before the digit was begun
 * @property {number[]} likeliest the answer, and the two other outcomes that were the likeliest over the drawing
 * @property {number | null} leads the index of the moment from which on the answer was the likeliest outcome
 * @property {number | null} sure the index of the moment from which on the answer was sure; null if it is not
 */

/**
 * Return the course of the probabilities of one digit.
 * @param {Moment[]} moments at least one
 * @param {Reading} selected the digit in the newest answer
 * @returns {Course}
 */
export function courseOf(moments, selected) {
  const readings = moments.map(({ answer }) => readingAt(answer, selected));
  const shares = readings.map((reading) => (reading ? outcomes(reading) : null));
  const answer = answerOf(selected);
  return {
    shares,
    likeliest: likeliestOf(moments, shares, answer),
    leads: since(shares, (share) => share !== null && share.every((value) => value <= share[answer])),
    sure: since(readings, (reading) => reading?.verdict === "digit" && answerOf(reading) === answer),
  };
}

/** @type {(moments: Moment[], shares: (number[] | null)[], answer: number) => number[]} */
function likeliestOf(moments, shares, answer) {
  const weights = Array.from({ length: 11 }, () => 0);
  shares.forEach((share, index) => {
    const duration = moments[index].time - (moments[index - 1]?.time ?? 0) + 1;
    share?.forEach((value, outcome) => { weights[outcome] += value * duration; });
  });
  const others = [...weights.keys()].filter((outcome) => outcome !== answer);
  others.sort((one, other) => weights[other] - weights[one]);
  return [answer, ...others.slice(0, 2)];
}

/**
 * Return the index from which on all values pass a test, or null if the last value does not.
 * @template Value
 * @param {Value[]} values
 * @param {(value: Value) => boolean} test
 */
function since(values, test) {
  let index = values.length;
  while (index > 0 && test(values[index - 1])) index--;
  return index < values.length ? index : null;
}
