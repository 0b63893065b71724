// The end of the strip: one bar for each outcome of the pass that the strip shows. If maps are off, a mark shows where
// each bar was with all maps. The bars are painted; a button lies on each of them, which shows how its logit adds up.

/** @import { Reading } from "../../shared/answers.js" */
/** @import { Activations, Outcome } from "../../shared/activations.js" */
/** @import { Bar, Bars, Look } from "./bars.js" */

import { create, find, setLabel, setText } from "../../shared/dom.js";
import { CLASS_NOT_DIGIT, outcomes } from "../../shared/shares.js";
import { confidence, number, text } from "../../shared/text.js";

const SHOWN = 0.005; // A smaller share has no number.
// From this difference on, the page says why its own answer is another one.
const DIFFERENT = 0.05;

/** @typedef {{ shown: Activations, isBlank: boolean, reading: Reading | null }} View */

export class OutcomeView {
  #results;
  #caption;
  #rows;
  /** @type {View | null} */
  #view = null;
  #size = { width: 0, height: 0 };
  /** @type {Look | null} */
  #look = null;
  #count = 0;

  /**
   * @param {HTMLElement} element
   * @param {(row: number) => void} explain
   * @param {() => void} changed called when the bars must be painted again, because the size or the theme is another one
   */
  constructor(element, explain, changed) {
    this.#caption = find(element, ".outcome figcaption");
    this.#results = find(element, ".results");
    this.#rows = Array.from({ length: CLASS_NOT_DIGIT + 1 }, (_, index) => {
      const row = create("button", { type: "button", className: "result" });
      row.addEventListener("click", () => explain(index));
      return row;
    });
    this.#results.append(...this.#rows);
    new ResizeObserver(([{ contentRect: { width, height } }]) => {
      this.#size = { width, height };
      changed();
    }).observe(this.#results);
    const renew = () => {
      this.#look = null;
      changed();
    };
    new MutationObserver(renew).observe(document.body, { attributeFilter: ["class"] });
    matchMedia("(forced-colors: active)").addEventListener("change", renew);
  }

  /**
   * Return the bars to paint. `reading` is the page's own answer, which may use more than this pass. The texts follow at
   * once if maps are off, because the visitor has just touched one. Otherwise, they follow with `label`.
   * @type {(view: View) => Bars}
   */
  show(view) {
    this.#view = view;
    const { outcome, silenced } = view.shown;
    const count = Math.min(outcome.logits.length, this.#rows.length);
    if (count !== this.#count) this.#rows.forEach((row, index) => { row.hidden = index >= count; });
    this.#count = count;
    if (silenced) this.label();
    this.#look ??= lookOf(this.#rows[0], this.#results);
    // On a busy machine, the first picture comes before the observer.
    if (!this.#size.width) this.#size = { width: this.#results.clientWidth, height: this.#results.clientHeight };
    return { rows: barsOf(view).slice(0, count), ...this.#size, scale: devicePixelRatio, look: this.#look };
  }

  /** Tell a screen reader what the bars show, and write the sentence below them. */
  label() {
    const view = this.#view;
    if (!view) return;
    const { shown: { outcome, silenced }, isBlank } = view;
    barsOf(view).forEach(({ part, isBest }, index) => {
      setLabel(this.#rows[index], text("insideRow", { name: nameOf(index), percent: confidence(part) }));
      this.#rows[index].classList.toggle("winner", isBest);
    });
    setText(this.#caption, isBlank || !silenced
      ? text(differs(view) ? "insideDiffers" : "insideOutcome")
      : text("insideBeforeAfter", { before: sentence(outcome), after: sentence(silenced) }));
  }
}

/** @type {(view: View) => Bar[]} */
function barsOf({ shown: { outcome, silenced }, isBlank }) {
  const shares = sharesOf(silenced ?? outcome);
  const earlier = sharesOf(outcome);
  const best = bestOf(shares);
  return shares.map((share, index) => ({
    name: index === CLASS_NOT_DIGIT ? "?" : String(index),
    part: isBlank ? 0 : share,
    before: silenced && !isBlank && Math.abs(earlier[index] - share) >= SHOWN ? earlier[index] : null,
    share: !isBlank && share >= SHOWN ? confidence(share) : "",
    isBest: !isBlank && index === best,
  }));
}

/** @param {View} view */
function differs({ shown: { outcome }, reading }) {
  const shares = sharesOf(outcome);
  return reading !== null && outcomes(reading).some((share, index) => Math.abs(share - shares[index]) > DIFFERENT);
}

/** @type {(row: Element, results: Element) => Look} */
function lookOf(row, results) {
  const { color, fontFamily } = getComputedStyle(results);
  const subdued = getComputedStyle(row);
  return { strong: color, subdued: subdued.color, accent: subdued.getPropertyValue("--color-accent"), family: fontFamily };
}

/** @param {Outcome} outcome */
const sharesOf = ({ probabilities, no_digit }) => outcomes({ digit: null, probabilities, no_digit });

/** @param {number[]} shares */
const bestOf = (shares) => shares.indexOf(Math.max(...shares));

/** @param {number} index */
export const nameOf = (index) => (index === CLASS_NOT_DIGIT ? text("noDigit") : String(index));

// Return the answer with its share, and by how much its logit is above that of the next output.
/** @param {Outcome} outcome */
function sentence(outcome) {
  const shares = sharesOf(outcome);
  const best = bestOf(shares);
  const logits = [...outcome.logits];
  logits.sort((one, other) => other - one);
  return text("insideLeads", { name: nameOf(best), percent: confidence(shares[best]), margin: number(logits[0] - logits[1], 1) });
}
