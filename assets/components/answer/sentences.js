// The sentences of the answer component.

/** @import { AnswerView, Reading } from "../../shared/answers.js" */
/** @import { Occlusion } from "../../shared/occlusion.js" */

import { selectedReading } from "../../shared/answers.js";
import { leadText, strongestBlock, withoutText } from "../../shared/occlusion.js";
import { outcomes, shareOf } from "../../shared/shares.js";
import { confidence, number, text } from "../../shared/text.js";

const DOUBTS = { sign: "isWithSign", "lost part": "isWithoutPart", "two lines": "isTwoLines", ring: "isInRing" };
const CERTAINTIES = { digit: "sure", unsure: "unsure", "not a digit": "noDigit" };

/**
 * Return the verdict on a drawing as a sentence, or a comparison with the digit that the visitor has chosen. If there is no answer, return a sentence that says why.
 * @param {AnswerView} view
 */
export function reasonText({ connection, answer, occlusion }) {
  if (connection.state === "error") return connection.message || text("error");
  if (connection.state !== "ready") return text(connection.state);
  if (!answer) return text("waiting");
  if (answer.verdict === "blank") return text("nothingFound");
  if (occlusion) return contrastText(occlusion);
  const isSure = answer.readings.every(({ verdict }) => verdict === "digit");
  if (answer.doubt && (isSure || answer.doubt === "two lines")) return text(DOUBTS[answer.doubt], { number: answer.number });
  if (answer.readings.length === 1 && answer.marks.length === 0) return readingReason(answer.readings[0]);
  if (answer.verdict === "digit") return text("isNumber", { number: answer.number });
  const index = answer.readings.findIndex(({ verdict }) => verdict === answer.verdict);
  return text("isDoubtful", { number: answer.number, place: index + 1, reason: readingReason(answer.readings[index]) });
}

// Return the verdict on one reading as a sentence. For the API, `reading_reason` in web/texts.py forms this sentence.
/** @param {Reading} reading */
function readingReason(reading) {
  const { probabilities } = reading;
  const digits = [...probabilities.keys()];
  digits.sort((one, other) => probabilities[other] - probabilities[one]);
  const [first, second] = digits;
  return text(reasonKey(reading, second), { number: first, first, second });
}

/** @type {(reading: Reading, second: number) => string} */
function reasonKey(reading, second) {
  const { verdict, no_digit, several } = reading;
  if (verdict === "not a digit") return several >= no_digit / 2 ? "isSeveral" : "isNone";
  if (verdict === "unsure") return outcomes(reading)[second] >= no_digit ? "isBetween" : "isDigitOrNone";
  return verdict === "digit" ? "isNumber" : "isBlank";
}

/**
 * Return the probability of the selected reading's answer, the same as on its bar. In a number, the text names the digit,
 * because the probability is not that of the whole number.
 * @param {AnswerView} view
 */
export function percentText(view) {
  const reading = selectedReading(view);
  if (!reading || reading.verdict === "blank") return "";
  const percent = confidence(shareOf(reading));
  return view.answer?.readings.length === 1 ? percent : text("ofDigit", { digit: reading.digit ?? "?", percent });
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
  const { digit } = reading;
  if (digit === null) return contrast === null ? text("whyNone") : text("whyNoneContrast", { other: contrast });
  return contrast === null ? text("why", { digit }) : text("whyContrast", { digit, other: contrast });
}

// Return by how much the answer leads another digit, with all ink and without the piece that it needs most.
/** @param {Occlusion} occlusion */
const contrastText = (occlusion) => `${leadText(occlusion)} ${withoutText(occlusion, strongestBlock(occlusion))}`;

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
