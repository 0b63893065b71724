// The functions of the page's events for the test “How well does it read you?”. events.js exports them to the page.

/** @import { Drawing, Stroke } from "../shared/strokes.js" */

import * as api from "./api_client.js";
import { keep } from "./learned.js";
import { toText } from "./requests.js";

/**
 * What the test component asks of the page: to read the drawing on the pad, or to learn from a drawing of the test.
 * @typedef {object} QuizRequest
 * @property {number} number counts the requests
 * @property {Stroke[]} [strokes] the drawing to learn from
 * @property {string} [label]
 */

/**
 * Read the drawing on the pad for the test. Return the reply, and a value that clears the pad. If nothing is drawn, or
 * if the server does not answer, the pad keeps its drawing.
 * @type {(value: { request: QuizRequest }, drawing: Drawing | null) => Promise<[object, Drawing | undefined]>}
 */
export async function examine({ request: { number } }, drawing) {
  const strokes = drawing?.strokes ?? [];
  if (strokes.length === 0) return [{ reply: { number, failed: "quizBlank" } }, undefined];
  try {
    const answer = await api.predict(strokes);
    // The ids of other drawings that the page sets are positive.
    return [{ reply: { number, strokes, answer } }, { strokes: [], id: -number }];
  } catch {
    return [{ reply: { number, failed: "lost" } }, undefined];
  }
}

/**
 * Learn from a drawing of the test.
 * @type {(value: { request: QuizRequest }) => Promise<object>}
 */
export async function teach({ request: { number, strokes = [], label = "" } }) {
  try {
    const example = await api.learn(strokes, label);
    const [image] = (await api.predict(strokes)).readings.map((reading) => reading.image);
    keep(example, toText(image));
    return { reply: { number, taught: true } };
  } catch {
    return { reply: { number, failed: "lost" } };
  }
}
