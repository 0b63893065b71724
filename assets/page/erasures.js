// Ask what the answer would be without a piece of the selected digit, and erase this piece from the drawing.

/** @import { AnswerView, Reading } from "../shared/answers.js" */
/** @import { Occlusion } from "../shared/occlusion.js" */
/** @import { Stroke } from "../shared/strokes.js" */

/**
 * The value of the component "erasures".
 * @typedef {object} ErasuresView
 * @property {Occlusion | null} occlusion null if nothing is drawn, or if the server is busy
 * @property {Uint8Array | null} image the 28×28 image of the digit
 * @property {boolean} isErasable whether the drawing has strokes; a picture has none
 * @property {number} [erased] the block that the visitor has tapped
 */

import { isOfPicture, selectedReading } from "../shared/answers.js";
import { squareOf, withoutSquare } from "../shared/erasing.js";
import { isInView } from "../shared/view.js";
import * as api from "./api_client.js";
import { NewestFirst } from "./newest.js";
import { toText } from "./requests.js";
import { inTurn } from "./turns.js";

/** @type {{ key: string, occlusion: Promise<Occlusion> } | null} the last request */
let last = null;

/**
 * Return how the score of a reading changes without the ink of each block and, in a comparison, with a dot in each block.
 * A second call for the same image sends no second request.
 * @type {(reading: Reading, contrast: number | null) => Promise<Occlusion>}
 */
export function occludeOnce({ image, digit }, contrast) {
  const key = [toText(image), digit, contrast].join();
  if (last?.key === key) return last.occlusion;
  const occlusion = inTurn(() => api.occlude(image, digit, contrast));
  const request = { key, occlusion };
  last = request;
  occlusion.catch(() => { if (last === request) last = null; });
  return occlusion;
}

/** @type {NewestFirst<AnswerView | null, ErasuresView>} */
const asker = new NewestFirst(ask);

/**
 * Return the value of the component while it is open and in view.
 * @param {AnswerView | null} view
 * @returns {Promise<ErasuresView | undefined>}
 */
export async function askErasures(view) {
  if (!isInView("erasures") || !document.querySelector("#erasures details[open]")) return undefined;
  return view && view.connection.state !== "ready" ? undefined : asker.submit(view);
}

/** @type {(view: AnswerView | null) => Promise<ErasuresView>} */
async function ask(view) {
  const reading = view && selectedReading(view);
  if (!view?.answer || !reading || reading.verdict === "blank") return { occlusion: null, image: null, isErasable: false };
  const occlusion = await occludeOnce(reading, view.selection.contrast).catch(() => null);
  return { occlusion, image: reading.image, isErasable: !isOfPicture(view.answer) };
}

/**
 * Return the strokes of an answer without the ink of one block of the selected digit.
 * @type {(view: AnswerView, index: number) => Stroke[]}
 */
export function strokesWithout({ answer, selection }, index) {
  if (!answer) return [];
  const reading = answer.readings[selection.reading];
  const own = reading.strokes.map((stroke) => answer.strokes[stroke]);
  const left = withoutSquare(own, squareOf(own, reading.image, index));
  return [...answer.strokes.filter((_, stroke) => !reading.strokes.includes(stroke)), ...left];
}
