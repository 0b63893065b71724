// The bars of the picture that visitors can post. They are columns: for a single digit, one for each digit and one for
// “not a digit”. For a number, one for each position, because ten bars for each position would be too small.

/** @import { Answer } from "../../shared/answers.js" */
/** @import { Colors } from "./card_colors.js" */

import { roundedRectangle } from "../../shared/canvas.js";
import { answerOf, CLASS_NOT_DIGIT, roundedOutcomes, shareOf } from "../../shared/shares.js";
import { confidence, confidenceNumber, text } from "../../shared/text.js";
import { fitted } from "./fitting.js";

/**
 * @typedef {object} Column
 * @property {string} label
 * @property {number} share from 0 to 1
 * @property {boolean} isAnswer
 * @property {boolean} isWide whether the label has several letters
 */

const [SMALLEST_SHARE, GAP] = [0.005, 10];
const [LARGEST_PITCH, WIDE] = [80, 3.2]; // A wide column has the width of 3.2 others.
// From this distance between two columns on, there is space for percent signs.
const PERCENT_PITCH = 64;
const FIGURE_HEIGHT = 30;
const LABEL_HEIGHT = 40;

/**
 * @param {Answer | undefined} answer
 * @param {boolean} rejects whether the network can reject a drawing as a non-digit
 * @returns {Column[]}
 */
export function columnsOf(answer, rejects) {
  const readings = answer && answer.verdict !== "blank" ? answer.readings : [];
  if (readings.length > 1) {
    return readings.map((reading) => ({
      label: String(reading.digit ?? "?"),
      share: shareOf(reading),
      isAnswer: reading.verdict === "digit",
      isWide: false,
    }));
  }
  const [reading] = readings;
  const shares = reading ? roundedOutcomes(reading) : Array(CLASS_NOT_DIGIT + 1).fill(0);
  return shares.slice(0, rejects ? shares.length : CLASS_NOT_DIGIT).map((share, index) => ({
    label: index === CLASS_NOT_DIGIT ? text("noDigit") : String(index),
    share,
    isAnswer: reading !== undefined && index === answerOf(reading),
    isWide: index === CLASS_NOT_DIGIT,
  }));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Colors} colors
 * @param {Column[]} columns
 * @param {{ left: number, right: number, top: number, height: number, font: (size: number, weight?: number) => string }} box
 */
export function paintColumns(context, colors, columns, { left, right, top, height, font }) {
  const units = columns.reduce((sum, { isWide }) => sum + (isWide ? WIDE : 1), 0);
  const pitch = Math.min(LARGEST_PITCH, (right - left + GAP) / units);
  const format = pitch >= PERCENT_PITCH ? confidence : confidenceNumber;
  const [trackTop, bottom] = [top + FIGURE_HEIGHT, top + height - LABEL_HEIGHT];
  context.direction = "ltr";
  context.textAlign = "center";
  let start = left;
  for (const { label, share, isAnswer, isWide } of columns) {
    const width = pitch * (isWide ? WIDE : 1) - GAP;
    const middle = start + width / 2;
    const track = { left: middle - (pitch - GAP) / 2, top: trackTop, width: pitch - GAP, height: bottom - trackTop };
    paintBar(context, track, share, colors.track, isAnswer ? colors.accent : colors.fill);
    context.fillStyle = isAnswer ? colors.text : colors.subdued;
    const weighted = (/** @type {number} */ size) => font(size, isAnswer ? 650 : 400);
    const lines = [
      { words: share >= SMALLEST_SHARE ? format(share) : "", y: top + FIGURE_HEIGHT / 2 - 2, largest: 20 },
      { words: label, y: bottom + LABEL_HEIGHT / 2 + 4, largest: isWide ? 22 : 28 },
    ];
    for (const { words, y, largest } of lines) {
      const sizes = Array.from({ length: largest - 11 }, (_, i) => largest - i);
      const { size, lines: [line] } = fitted(context, words, { width: width + GAP - 2, lines: 1, sizes, font: weighted });
      context.font = weighted(size);
      context.fillText(line, middle, y);
    }
    start += width + GAP;
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{ left: number, top: number, width: number, height: number }} track
 * @param {number} share the filled part of the track
 * @param {string} empty a color
 * @param {string} filled a color
 */
function paintBar(context, { left, top, width, height }, share, empty, filled) {
  context.save();
  roundedRectangle(context, left, top, width, height, Math.min(8, width / 4));
  context.clip();
  context.fillStyle = empty;
  context.fillRect(left, top, width, height);
  context.fillStyle = filled;
  context.fillRect(left, top + height * (1 - share), width, height * share);
  context.restore();
}
