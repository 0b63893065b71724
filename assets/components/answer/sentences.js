// The sentences of the answer component.

/** @import { AnswerView, Reading } from "../../shared/answers.js" */

import { selectedReading } from "../../shared/answers.js";
import { number, text } from "../../shared/text.js";

const REASONS = { digit: "isNumber", unsure: "isBetween", "not a digit": "isNone", blank: "isBlank" };
const CERTAINTIES = { digit: "sure", unsure: "unsure", "not a digit": "noDigit" };

/**
 * Return the verdict on a drawing as a sentence. If there is no answer, return a sentence that says why.
 * @param {AnswerView} view
 */
export function reasonText({ connection, answer }) {
  if (connection.state === "error") return connection.message || text("error");
  if (connection.state !== "ready") return text(connection.state);
  if (!answer) return text("waiting");
  if (answer.verdict === "blank") return text("nothingFound");
  if (answer.readings.length === 1) return readingReason(answer.readings[0]);
  if (answer.verdict === "digit") return text("isNumber", { number: answer.number });
  const index = answer.readings.findIndex(({ verdict }) => verdict === answer.verdict);
  return text("isDoubtful", { number: answer.number, place: index + 1, reason: readingReason(answer.readings[index]) });
}

// Return the verdict on one reading as a sentence. For the API, `reading_reason` in web/texts.py forms this sentence.
/** @param {Reading} reading */
function readingReason({ verdict, probabilities }) {
  const digits = [...probabilities.keys()];
  digits.sort((one, other) => probabilities[other] - probabilities[one]);
  const [first, second] = digits;
  return text(REASONS[verdict], { number: first, first, second });
}

/**
 * Return “sure”, “unsure” or “not a digit” in the page's language. Return "" if there is no reading or no ink.
 * @param {Reading | undefined} reading
 */
export function certaintyText(reading) {
  return reading && reading.verdict !== "blank" ? text(CERTAINTIES[reading.verdict]) : "";
}

/**
 * Return the caption of the attribution.
 * @param {AnswerView} view
 */
export function attributionText(view) {
  const { contrast } = view.selection;
  const reading = selectedReading(view);
  if (!reading || reading.verdict === "blank") return "";
  if (reading.digit === null && contrast === null) return text("whyNone");
  const digit = reading.digit ?? reading.probabilities.indexOf(Math.max(...reading.probabilities));
  return contrast === null ? text("why", { digit }) : text("whyContrast", { digit, other: contrast });
}

/**
 * Return the durations of the steps as text.
 * @param {Record<string, number>} milliseconds
 */
export function timingText({ ink = 0, normalization, network, roundTrip }) {
  return Object.entries({ normalization: ink + normalization, network, roundTrip })
    .filter(([, value]) => Number.isFinite(value))
    .map(([step, value]) => `${text(step)} ${text("milliseconds", { value: number(value, value < 10 ? 1 : 0) })}`)
    .join(" · ");
}
