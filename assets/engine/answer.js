// Mirrors model/inference/answer.py: the result for a drawing.

/** @import { Verdict } from "../shared/answers.js" */
/** @import { Box } from "./geometry.js" */

import { range, sortedBy } from "./numeric.js";

/** @typedef {"sign" | "lost part" | "two lines" | "ring"} Doubt */

/**
 * The prediction for one group of strokes that could be a digit.
 * @typedef {object} Reading
 * @property {number | null} digit
 * @property {Verdict} verdict
 * @property {number[]} probabilities
 * @property {number} notDigit
 * @property {number} several
 * @property {Float32Array} image
 * @property {Box | null} box
 * @property {number[]} strokes
 * @property {Float32Array | null} features
 */

/** @typedef {{ kind: string, box: Box, strokes: number[] }} SignReading */

/**
 * The predictions for a whole drawing.
 * @typedef {object} Answer
 * @property {Reading[]} readings from left to right
 * @property {number} current the index of the reading that was drawn last
 * @property {SignReading[]} signs
 * @property {Doubt | null} doubt
 */

/** @type {Verdict[]} */
const LEAST_CERTAIN_FIRST = ["not a digit", "unsure", "blank", "digit"];

/**
 * Return the verdict on the whole drawing: the least certain of all readings. A doubt makes a sure answer unsure.
 * @param {Answer} answer
 * @returns {Verdict}
 */
export function verdictOf({ readings, doubt }) {
  const verdict = LEAST_CERTAIN_FIRST.find((each) => readings.some((reading) => reading.verdict === each));
  if (!verdict) throw new Error("An answer has at least one reading.");
  return doubt && verdict === "digit" ? "unsure" : verdict;
}

/**
 * Return the digits and signs from left to right, such as "3.14"; "" if nothing is drawn.
 * @param {Answer} answer
 */
export function numberOf(answer) {
  const { readings, signs } = answer;
  if (verdictOf({ ...answer, doubt: null }) === "blank") return "";
  const texts = [...readings.map(({ digit }) => String(digit ?? "?")), ...signs.map(({ kind }) => kind)];
  if (signs.length === 0) return texts.join("");
  const centers = [...readings, ...signs].map(({ box }) => (box ? box[0] + box[2] : 0));
  return sortedBy(range(texts.length), (i) => centers[i]).map((i) => texts[i]).join("");
}
