// The functions that the page's events call. The function build_page in demo.py connects each event to one of them.
// Gradio calls the function with the values of some components, and sets the returned values on other components. If a
// returned value is `undefined`, the component keeps its value. For example, a function returns `undefined` if the
// visitor has changed the drawing before the answer arrives.

/** @import { AnswerView, Connection } from "../shared/answers.js" */
/** @import { ErasuresView } from "./erasures.js" */
/** @import { Drawing } from "../shared/strokes.js" */

/**
 * The value of a section whose request has failed.
 * @typedef {object} Failure
 * @property {Connection} failed
 */

import { BLANK, isOfPicture, isWaiting, selectedReading, strokesOf, viewOf, withoutAnswer } from "../shared/answers.js";
import * as api from "./api_client.js";
import { occludeOnce, strokesWithout } from "./erasures.js";
import { compareOnce } from "./networks.js";
import { NewestFirst } from "./newest.js";
import { reducedPicture } from "./pictures.js";
import { inTurn } from "./turns.js";

export { chooseDigit, offerCorrection, storeCorrection, undoCorrection } from "./corrections.js";
export { askErasures } from "./erasures.js";
export { askNetworks } from "./networks.js";
export { examine, teach } from "./quiz.js";

// Milliseconds until the page shows that the network is loading.
const WARMING_AFTER = 1_000;

let drawings = 0; // The id of the newest drawing that the page has set on the pad.

/** @param {Drawing} drawing an example, or a file that the visitor has chosen */
export const showExample = (drawing) => ({ ...drawing, id: ++drawings });

/** @param {Drawing} drawing */
export const openLink = ({ strokes }) => ({ strokes, id: ++drawings });

/**
 * Return the value of the share buttons: the request of a click, with the pad's drawing added. The picture for the
 * format "card" also shows the answer. Read the drawing again, because the page may not have its answer yet.
 * @type {(request: { format: string }, drawing: Drawing | null) => Promise<object>}
 */
export async function shareDrawing({ format }, drawing) {
  const strokes = format === "card" && drawing?.strokes;
  const answer = strokes && strokes.length > 0 ? await api.predict(strokes).catch(() => undefined) : undefined;
  return { format, drawing: drawing ?? {}, answer };
}

/** @param {Drawing | null} drawing */
export const offerSharing = (drawing) => ({ drawing: drawing ?? {} });

/**
 * Erase the tapped block from the drawing. The visitor can undo this.
 * @type {(erasures: ErasuresView, view: AnswerView) => Drawing}
 */
export const eraseBlock = ({ erased = 0 }, view) => ({ strokes: strokesWithout(view, erased), id: ++drawings, isEdited: true });

/** Clear the pad for the test. The visitor can undo this. */
export const clearPad = () => ({ strokes: [], id: ++drawings });

let answers = 0; // The id of the newest answer.
const reader = new NewestFirst(read);

/**
 * Read the drawing on the pad. One request is pending at a time, and the newest drawing is always sent. Return a value
 * for the answer component, one for the pad and one for the timeline. The pad's value holds the frames of the digits in
 * a picture. For strokes, the pad's value is undefined.
 * @param {Drawing | null} drawing
 */
export async function readDrawing(drawing) {
  const answered = readNewest(drawing || {});
  // If the first answer takes long, the network is still loading. In that case, return the state “warming”, with which
  // the answer component requests the answer again.
  return answers > 0 ? answered : Promise.race([answered, warming()]);
}

/** @param {Drawing} drawing */
async function readNewest(drawing) {
  const view = await reader.submit(drawing);
  // The pad may have changed after the request. Then its value must not become the old picture.
  return [view, view && drawing === reader.newest ? framesOf(drawing, view) : undefined, view];
}

/**
 * @param {Drawing & { isAgain?: boolean }} drawing `isAgain`: the newest answer is about the same drawing
 * @returns {Promise<AnswerView>}
 */
async function read({ strokes = [], picture, isAgain }) {
  if (!picture && strokes.length === 0) return BLANK;
  try {
    const answer = await (picture ? api.predictImage(await reducedPicture(picture)) : api.predict(strokes));
    if (!isAgain || answers === 0) answers++;
    return viewOf({ ...answer, strokes, id: answers });
  } catch (error) {
    return withoutAnswer({ ...connectionAfter(error), picture: Boolean(picture) });
  }
}

/** @type {(error: unknown) => Connection} */
function connectionAfter(error) {
  const { state, message, retryAfter } = error instanceof api.ApiError ? error : new api.ApiError("offline");
  return { state, message, retryAfter, time: performance.now() };
}

async function warming() {
  await new Promise((done) => setTimeout(done, WARMING_AFTER));
  return [withoutAnswer({ state: "warming", time: performance.now() }), undefined, undefined];
}

/** @type {(drawing: Drawing, view: AnswerView) => Drawing | undefined} */
function framesOf({ picture }, { answer }) {
  if (!picture) return undefined;
  const frames = answer?.readings.flatMap(({ box, digit }) => (box ? [{ box, name: String(digit ?? "?") }] : []));
  return { picture, frames: frames ?? [] };
}

/** @type {(view: AnswerView) => Promise<AnswerView | undefined>} */
export async function explain(view) {
  const reading = selectedReading(view);
  if (!reading || reader.isBusy || view.answer?.id !== answers || view.answer.verdict === "blank") return undefined;
  const { contrast } = view.selection;
  const attribution = api.explain(reading.image, reading.digit, contrast).catch(() => undefined);
  const requests = Promise.all([
    inTurn(() => attribution), // The other views wait for the attribution.
    contrast === null ? null : occludeOnce(reading, contrast).catch(() => null),
  ]);
  const [evidence, occlusion] = (await reader.whileNewest(requests)) ?? [];
  return evidence && { ...view, evidence, occlusion };
}

/**
 * Read the drawing on the pad again, after the page has learned or forgotten something. The answer keeps its id, so that
 * the visitor can undo the correction.
 * @type {(drawing: Drawing | null, view: AnswerView | null) => Promise<AnswerView | undefined>}
 */
export async function readAgain(drawing, view) {
  if (!drawing?.strokes?.length) return undefined;
  const again = await reader.submit({ ...drawing, isAgain: true });
  if (!again?.answer || again.answer.id !== view?.answer?.id) return again;
  const reading = Math.min(view.selection.reading, again.answer.readings.length - 1);
  return { ...again, selection: { reading, contrast: null } };
}

/**
 * Return the newest answer for the timeline, after the visitor has selected another digit.
 * @param {AnswerView} view
 */
export const followAnswer = (view) => view;

/** @type {(view: AnswerView | null) => Promise<unknown>} */
export async function compare(view) {
  if (isFolded("compare")) return undefined;
  if (view && isWaiting(view.connection)) return { failed: view.connection };
  const reading = view && selectedReading(view);
  return reading ? aboutNewest(compareOnce(reading.image)) : { models: [] };
}

/** @type {(view: AnswerView | null) => Promise<unknown>} */
export async function steps(view) {
  if (isFolded("steps")) return undefined;
  if (view && isWaiting(view.connection)) return { failed: view.connection };
  const reading = view && selectedReading(view);
  if (!view?.answer || !reading) return { steps: [] };
  if (isOfPicture(view.answer)) return { picture: true };
  return aboutNewest(api.steps(strokesOf(view.answer, reading)));
}

export const about = () => orFailure(api.about());

/** @param {string} section */
const isFolded = (section) => !document.querySelector(`#${section} details[open]`);

// Return the result of a request about the newest drawing. Return undefined if the drawing changes before the result
// arrives.
/** @type {<Result>(request: Promise<Result>) => Promise<Result | Failure | undefined>} */
const aboutNewest = (request) => reader.whileNewest(orFailure(request));

/** @type {<Result>(request: Promise<Result>) => Promise<Result | Failure>} */
const orFailure = (request) => request.catch((error) => ({ failed: connectionAfter(error) }));
