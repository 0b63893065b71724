// Types and functions for the value of the answer component. The type of this value is AnswerView.

/** @import { Occlusion } from "./occlusion.js" */
/** @import { Stroke } from "./strokes.js" */

/** @typedef {"digit" | "unsure" | "not a digit" | "blank"} Verdict */

/**
 * One digit of an answer. `image` holds 28×28 bytes, row by row, 0 for paper and 255 for ink.
 * @typedef {object} Reading
 * @property {number | null} digit
 * @property {Verdict} verdict
 * @property {number[]} probabilities the probability of each digit, given that the drawing is a digit
 * @property {number} no_digit the probability that the drawing is not one digit
 * @property {number} several the probability that the drawing is several digits, a part of no_digit
 * @property {Uint8Array} image
 * @property {[number, number, number, number] | null} box left, top, right, bottom
 * @property {number[]} strokes indices of the strokes in the drawing
 */

/**
 * The server's answer to one drawing or picture. `id` distinguishes it from earlier answers.
 * @typedef {object} Answer
 * @property {number} id
 * @property {string} number
 * @property {Verdict} verdict
 * @property {Reading[]} readings from left to right
 * @property {{kind: string, box: [number, number, number, number]}[]} marks signs between the digits, such as a point
 * @property {"sign" | "lost part" | "two lines" | "ring" | null} doubt why the number is not sure
 * @property {number} current index of the reading whose digit was drawn last
 * @property {Record<string, number>} milliseconds duration of each step
 * @property {Stroke[]} strokes the strokes that the server has read; none for a picture
 */

/**
 * What the visitor has selected in an answer.
 * @typedef {object} Selection
 * @property {number} reading index of the selected reading
 * @property {number | null} contrast the digit to compare the answer with
 */

/**
 * The state of the connection to the server.
 * - ready: the newest drawing is answered, or nothing is drawn.
 * - warming: the network is loading. The page requests the answer again.
 * - busy: the server has too many requests. The page requests the answer again.
 * - offline: the server does not answer. The page requests the answer again.
 * - error: the server rejected the drawing or picture. `message` says why.
 * - unreadable: the browser cannot show the picture.
 * @typedef {object} Connection
 * @property {"ready" | "warming" | "busy" | "offline" | "error" | "unreadable"} state
 * @property {string} [message]
 * @property {number} [retryAfter] milliseconds until the server accepts a request again
 * @property {boolean} [picture] whether the request was about a picture
 * @property {number} [time] a time in milliseconds, which makes the values of two failed requests differ
 */

/**
 * The value of the answer component.
 * @typedef {object} AnswerView
 * @property {Connection} connection
 * @property {Answer | null} answer null if nothing is drawn, or if there is no answer yet, or if the request failed
 * @property {Selection} selection
 * @property {Int8Array | null} evidence the attribution, as 28×28 numbers from -127 to 127; null until it arrives
 * @property {Occlusion | null} [occlusion] in a comparison with another digit: what each piece of the ink changes
 */

/** @type {AnswerView} the view while nothing is drawn */
export const BLANK = {
  connection: { state: "ready" },
  answer: null,
  selection: { reading: 0, contrast: null },
  evidence: null,
};

/**
 * Return the view of a new answer. The digit drawn last is selected.
 * @param {Answer} answer
 * @returns {AnswerView}
 */
export const viewOf = (answer) => ({ ...BLANK, answer, selection: { reading: answer.current, contrast: null } });

/**
 * Return the view to show when a request has no answer.
 * @param {Connection} connection
 * @returns {AnswerView}
 */
export const withoutAnswer = (connection) => ({ ...BLANK, connection });

/**
 * Return the selected reading, or undefined if there is no answer.
 * @param {AnswerView} view
 * @returns {Reading | undefined}
 */
export const selectedReading = ({ answer, selection }) => answer?.readings[selection.reading];

/**
 * Return the strokes of a reading.
 * @type {(answer: Answer, reading: Reading) => Stroke[]}
 */
export const strokesOf = ({ strokes }, reading) => reading.strokes.map((index) => strokes[index]);

/**
 * Return the reading of a digit in an earlier answer to the same drawing. Return undefined if the digit was not begun.
 * @param {Answer} answer the earlier answer
 * @param {Reading} selected the digit in the newest answer
 * @returns {Reading | undefined}
 */
export function readingAt(answer, selected) {
  const found = answer.readings.filter((reading) => isAtSamePlace(reading, selected));
  return found.find((reading) => reading === answer.readings[answer.current]) ?? found[0];
}

/**
 * Return the view of an earlier answer to the same drawing, with the same digit selected.
 * @param {Answer} earlier
 * @param {AnswerView} newest
 * @returns {AnswerView}
 */
export function viewAt(earlier, newest) {
  const selected = selectedReading(newest);
  const reading = selected && readingAt(earlier, selected);
  const view = viewOf(earlier);
  return reading ? { ...view, selection: { reading: earlier.readings.indexOf(reading), contrast: null } } : view;
}

// Return whether the middle of one box is between the sides of the other. A digit grows while it is drawn.
/** @type {(one: Reading, other: Reading) => boolean} */
function isAtSamePlace({ box: one }, { box: other }) {
  if (!one || !other) return false;
  const [middle, otherMiddle] = [(one[0] + one[2]) / 2, (other[0] + other[2]) / 2];
  return (middle >= other[0] && middle <= other[2]) || (otherMiddle >= one[0] && otherMiddle <= one[2]);
}

/**
 * Return whether the answer is about a picture. The page sends no drawing without strokes.
 * @param {Answer} answer
 */
export const isOfPicture = ({ strokes }) => strokes.length === 0;

/**
 * Return whether the page will request the answer again.
 * @param {Connection} connection
 */
export const isWaiting = ({ state }) => ["warming", "busy", "offline"].includes(state);

/**
 * One character of a number: a digit, or a sign such as a point.
 * @typedef {object} NumberCharacter
 * @property {string} text
 * @property {number | null} index the index of the digit's reading; null for a sign
 * @property {Verdict | null} verdict the verdict on the digit; null for a sign
 */

/**
 * Return the characters of the number from left to right.
 * @param {Pick<Answer, "readings" | "marks">} answer
 * @returns {NumberCharacter[]}
 */
export function charactersOf({ readings, marks }) {
  const digits = readings.map(({ digit, verdict, box }, index) =>
    ({ text: String(digit ?? (verdict === "blank" ? "" : "?")), index, verdict, box }));
  if (marks.length === 0) return digits;
  const center = (/** @type {{ box: number[] | null }} */ { box }) => (box ? box[0] + box[2] : 0);
  const signs = marks.map(({ kind, box }) => ({ text: kind, index: null, verdict: null, box }));
  const characters = [...digits, ...signs];
  characters.sort((one, other) => center(one) - center(other));
  return characters;
}
