// The end of the strip: one bar for each outcome of the pass that the strip shows. If maps are off, a mark shows where
// each bar was with all maps. A click on a bar shows how its logit adds up.

/** @import { Reading } from "../../shared/answers.js" */
/** @import { Activations, Outcome } from "../../shared/activations.js" */

import { create, find, setLabel, setText } from "../../shared/dom.js";
import { CLASS_NOT_DIGIT, outcomes } from "../../shared/shares.js";
import { confidence, number, text } from "../../shared/text.js";

const SHOWN = 0.005; // A smaller share has no number.
// From this difference on, the page says why its own answer is another one.
const DIFFERENT = 0.05;

export class OutcomeView {
  #rows;
  #caption;

  /**
   * @param {HTMLElement} element
   * @param {(row: number) => void} explain
   */
  constructor(element, explain) {
    this.#caption = find(element, ".outcome figcaption");
    this.#rows = Array.from({ length: CLASS_NOT_DIGIT + 1 }, (_, index) => {
      const [fill, before, share] = ["fill", "before", "share"].map((className) => create("span", { className }));
      const name = create("span", { className: "name", textContent: index === CLASS_NOT_DIGIT ? "?" : String(index) });
      const track = create("span", { className: "track" }, fill, before);
      const row = create("button", { type: "button", className: "result" }, name, track, share);
      row.addEventListener("click", () => explain(index));
      return { row, fill, before, share, shown: "" };
    });
    find(element, ".results").replaceChildren(...this.#rows.map(({ row }) => row));
  }

  /**
   * `reading` is the page's own answer, which may use more than this pass.
   * @type {(shown: Activations, isBlank: boolean, reading: Reading | null) => void}
   */
  show({ outcome, silenced }, isBlank, reading) {
    const shares = sharesOf(silenced ?? outcome);
    const earlier = sharesOf(outcome);
    const best = bestOf(shares);
    this.#rows[CLASS_NOT_DIGIT].row.hidden = outcome.logits.length <= CLASS_NOT_DIGIT;
    this.#rows.forEach((_, index) => {
      const was = silenced && !isBlank && Math.abs(earlier[index] - shares[index]) >= SHOWN ? earlier[index] : null;
      this.#showRow(index, isBlank ? 0 : shares[index], was, !isBlank && index === best);
    });
    const differs = reading && outcomes(reading).some((share, index) => Math.abs(share - earlier[index]) > DIFFERENT);
    setText(this.#caption, isBlank || !silenced
      ? text(differs ? "insideDiffers" : "insideOutcome")
      : text("insideBeforeAfter", { before: sentence(outcome), after: sentence(silenced) }));
  }

  // Change only what differs from the last view, because each change costs time.
  /** @type {(index: number, part: number, was: number | null, isBest: boolean) => void} */
  #showRow(index, part, was, isBest) {
    const { row, fill, before, share, shown } = this.#rows[index];
    const scale = part.toFixed(3);
    const now = `${scale} ${was?.toFixed(3)} ${isBest}`;
    if (shown === now) return;
    this.#rows[index].shown = now;
    row.classList.toggle("winner", isBest);
    fill.style.transform = `scaleX(${scale})`;
    before.hidden = was === null;
    if (was !== null) before.style.width = `${(100 * was).toFixed(1)}%`;
    const percent = confidence(part);
    setText(share, part >= SHOWN ? percent : "");
    setLabel(row, text("insideRow", { name: nameOf(index), percent }));
  }

  /** Write all texts again, in a new language. */
  renew() {
    for (const each of this.#rows) each.shown = "";
  }
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
