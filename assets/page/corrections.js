// The functions of the page's events that learn from corrections, store them and undo them. events.js exports them to the
// page.

/** @import { Answer, AnswerView } from "../shared/answers.js" */

import { isOfPicture, selectedReading, strokesOf } from "../shared/answers.js";
import { isEmbedded } from "../shared/embedded.js";
import * as api from "./api_client.js";
import { forget, keep } from "./learned.js";
import { ApiError, toText } from "./requests.js";

/**
 * The value of the correction component: what can be corrected, and what is stored.
 * A target is what a correction is about: the index of a reading as text, or "whole" for the whole drawing.
 * @typedef {object} Offer
 * @property {number} id the id of the answer
 * @property {string} number the number that the network has read
 * @property {{ digit: number | null, image: Uint8Array }[]} readings
 * @property {number} selected the index of the selected reading
 * @property {Record<string, { label: string, pending: boolean }>} stored by target. `pending`: a request is on its way
 * @property {Outcome | null} outcome
 * @property {Request} [request] what the visitor has clicked. The component sets it.
 */

/**
 * The outcome of the last request. `failed` is the key of the text about a failure. `error` is the server's message, or
 * null if the server did not answer.
 * @typedef {{ undone: true, error?: undefined, failed?: undefined }
 *   | { failed: string, error: string | null, undone?: undefined }} Outcome
 */

/**
 * What the visitor has clicked: a label for a target, or “Undo” for some targets. `learns` is whether the page learns
 * from the correction, `stores` whether the server stores it.
 * @typedef {{ target: string, label: string, learns: boolean, stores: boolean, targets?: undefined }
 *   | { targets: string[], label?: undefined }} Request
 */

/**
 * A correction: the token that deletes it from the server, and the id of the example that the page has learned.
 * @typedef {{ label: string, token: string | null, example: number | null }} Correction
 */

/** The corrections of the newest answer. Only this page has their tokens. */
class Corrections {
  /** @type {Record<string, Correction>} by target; without token and example until they arrive */
  stored = {};
  /** @type {Set<string>} the targets with a request on its way */
  pending = new Set();
  /** @type {Outcome | null} */
  outcome = null;
  selected = 0;

  /** @param {Answer} answer */
  constructor(answer) {
    this.answer = answer;
  }

  /** @returns {Offer} */
  get offer() {
    const { id, number, readings } = this.answer;
    const { selected, outcome } = this;
    const stored = Object.entries(this.stored).map(
      ([target, { label }]) => [target, { label, pending: this.pending.has(target) }],
    );
    return {
      id, number, selected, outcome,
      readings: readings.map(({ digit, image }) => ({ digit, image })),
      stored: Object.fromEntries(stored),
    };
  }

  // The page learns after the server has stored the correction. If one of both fails, nothing is stored or learned.
  /** @type {(request: { target: string, label: string, learns: boolean, stores: boolean }) => Promise<void>} */
  async store({ target, label, learns, stores }) {
    const { strokes: whole, readings } = this.answer;
    const reading = readings[target === "whole" ? this.selected : Number(target)];
    const strokes = target === "whole" ? whole : strokesOf(this.answer, reading);
    const correction = this.stored[target] = /** @type {Correction} */ ({ label, token: null, example: null });
    await this.#request(target, stores ? "notCorrected" : "notLearned", async () => {
      const example = learns ? await api.learn(strokes, label) : null;
      if (stores) correction.token = (await api.correct(strokes, label)).token;
      if (example) correction.example = keep(example, toText(reading.image));
    });
    if (correction.token === null && correction.example === null) delete this.stored[target];
  }

  /** @param {string} target */
  async undo(target) {
    const correction = this.stored[target];
    if (!correction || this.pending.has(target)) return;
    const { token, example } = correction;
    await this.#request(target, "notUndone", async () => {
      if (token !== null) await api.undoCorrection(token);
      if (example !== null) forget(example);
      delete this.stored[target];
      this.outcome = { undone: true };
    });
  }

  /** @type {(target: string, failed: string, send: () => Promise<void>) => Promise<void>} */
  async #request(target, failed, send) {
    this.outcome = null;
    this.pending.add(target);
    try {
      await send();
    } catch (error) {
      this.outcome = { failed, error: (error instanceof ApiError && error.message) || null };
    } finally {
      this.pending.delete(target);
    }
  }
}

/** @type {Corrections | null} */
let newest = null;

/**
 * Return the value of the correction component for an answer. A picture cannot be corrected, because it has no strokes.
 * @type {(view: AnswerView | null) => object}
 */
export function offerCorrection(view) {
  const answer = view?.answer;
  if (isEmbedded) return {}; // Another site may show the embedded page, so it stores nothing.
  if (!answer || !selectedReading(view) || answer.verdict === "blank") return {};
  if (isOfPicture(answer)) return { picture: true };
  if (newest?.answer.id !== answer.id) newest = new Corrections(answer);
  newest.answer = answer; // After a correction, the page reads the drawing again.
  if (newest.selected !== view.selection.reading) newest.outcome = null;
  newest.selected = view.selection.reading;
  return newest.offer;
}

/**
 * Return the view in which the chosen digit is selected.
 * @type {(offer: Offer, view: AnswerView) => AnswerView | undefined}
 */
export function chooseDigit({ id, selected }, view) {
  if (view.answer?.id !== id || view.selection.reading === selected) return undefined;
  return { ...view, selection: { reading: selected, contrast: null }, evidence: null };
}

/**
 * Store what the visitor has clicked. The page offers to correct an answer when the pen rests. A click before that is about
 * the answer on the screen. If it cannot be applied to this answer, store nothing, and offer to correct this answer.
 * @type {(offer: Offer, view: AnswerView | null) => Promise<object | undefined>}
 */
export async function storeCorrection({ id, request }, view) {
  if (request?.label === undefined) return undefined;
  const answer = view?.answer;
  if (!answer || answer.id === id) return whileNewest(id, (corrections) => corrections.store(request));
  const offer = offerCorrection(view);
  const isOffered = newest?.answer === answer;
  return isOffered && corrects(request, answer) ? whileNewest(answer.id, (corrections) => corrections.store(request)) : offer;
}

// Return whether a click that was about an earlier answer also corrects this one: it has one digit, and another label.
/** @type {(request: { target: string, label: string }, answer: Answer) => boolean} */
function corrects({ target, label }, { readings }) {
  return readings.length === 1 && ["0", "whole"].includes(target) && label !== String(readings[0].digit ?? "not a digit");
}

/** @type {(offer: Offer) => Promise<Offer | undefined>} */
export const undoCorrection = ({ id, request }) => whileNewest(id, async (corrections) => {
  for (const target of request?.targets ?? []) {
    await corrections.undo(target);
    if (corrections.outcome?.failed) return; // The visitor reads about this failure, and can click again.
  }
});

// Return the new value of the component. Return undefined if the visitor has changed the drawing meanwhile.
/** @type {(id: number, change: (corrections: Corrections) => Promise<void> | undefined) => Promise<Offer | undefined>} */
async function whileNewest(id, change) {
  const corrections = newest;
  if (corrections?.answer.id !== id) return undefined;
  await change(corrections);
  return newest === corrections ? corrections.offer : undefined;
}
