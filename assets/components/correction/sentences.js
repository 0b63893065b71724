// The sentences of the correction component.

/** @import { Offer } from "../../page/corrections.js" */

import { text } from "../../shared/text.js";

export const LABEL_NOT_DIGIT = "not a digit";
export const LABELS = [...Array(10).keys()].map(String).concat(LABEL_NOT_DIGIT);

/** @param {string} label */
export const nameOf = (label) => (label === LABEL_NOT_DIGIT ? text("noDigit") : label);

/** @param {number | null} digit the digit that the network has read; null for a non-digit */
export const readAs = (digit) => nameOf(String(digit ?? LABEL_NOT_DIGIT));

/**
 * Return what the labels answer.
 * @param {Offer | null} offer
 * @param {"digit" | "one" | "number"} mode
 */
export function questionText(offer, mode) {
  if (!offer || offer.readings.length === 1) return text("correction");
  if (mode === "one") return text("correctionWhole");
  const { digit } = offer.readings[offer.selected];
  const values = { place: offer.selected + 1, count: offer.readings.length, digit: readAs(digit) };
  return text("correctionDigit", values);
}

/**
 * What a click on a label does. Each text about it has up to three keys.
 * @typedef {{ learns: boolean, stores: boolean }} Effect
 */

/**
 * Return what is stored or learned, or what went wrong.
 * @param {Offer | { picture?: boolean } | null} value
 * @param {string} target what the visitor corrects: the index of a digit, or "whole"
 * @param {string[]} excluding the targets with a stored correction that excludes another correction of `target`
 * @param {Effect} effect
 */
export function noteText(value, target, excluding, { learns, stores }) {
  if (value && "picture" in value) return text(stores ? "correctionPicture" : "learnPicture");
  const { readings, stored, outcome } = /** @type {Offer} */ ({ readings: [], stored: {}, ...value });
  if (outcome?.error !== undefined) return text(outcome.failed, { error: outcome.error ?? text("lost") });
  const own = stored[target];
  if (own && !own.pending) {
    const values = { label: nameOf(own.label), place: Number(target) + 1 };
    const isOnly = target === "whole" || readings.length === 1;
    if (stores) return text(isOnly ? "corrected" : "correctedDigit", values);
    return text(isOnly ? "learned" : "learnedDigit", values);
  }
  const others = excluding.filter((each) => each !== target);
  if (others.length > 0) {
    const labels = others.map((each) => nameOf(stored[each].label));
    return text(others[0] === "whole" ? "excludedByWhole" : "excludedByDigits", { labels: labels.join(" · ") });
  }
  if (outcome?.undone) return text(stores ? "correctionUndone" : "learnUndone");
  return text(!stores ? "learnNote" : learns ? "learnAndStoreNote" : "correctionNote");
}
