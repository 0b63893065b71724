// The end of the strip: one bar for each outcome of the pass that the strip shows. If maps are off, a mark shows where
// each bar was with all maps. A click on a bar shows how its logit adds up.

/** @import { Activations, Outcome } from "../../shared/activations.js" */

import { create, find } from "../../shared/dom.js";
import { CLASS_NOT_DIGIT, outcomes } from "../../shared/shares.js";
import { confidence, number, text } from "../../shared/text.js";

const SHOWN = 0.005; // A smaller share has no number.

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
      return { row, fill, before, share };
    });
    find(element, ".results").replaceChildren(...this.#rows.map(({ row }) => row));
  }

  /** @type {(shown: Activations, isBlank: boolean) => void} */
  show({ outcome, silenced }, isBlank) {
    const shares = sharesOf(silenced ?? outcome);
    const earlier = sharesOf(outcome);
    const best = bestOf(shares);
    this.#rows[CLASS_NOT_DIGIT].row.hidden = outcome.logits.length <= CLASS_NOT_DIGIT;
    this.#rows.forEach(({ row, fill, before, share }, index) => {
      const part = isBlank ? 0 : shares[index];
      row.classList.toggle("winner", !isBlank && index === best);
      fill.style.transform = `scaleX(${part.toFixed(4)})`;
      before.hidden = !silenced || isBlank || Math.abs(earlier[index] - part) < SHOWN;
      before.style.width = `${(100 * earlier[index]).toFixed(2)}%`;
      share.textContent = part >= SHOWN ? confidence(part) : "";
      row.setAttribute("aria-label", text("insideRow", { name: nameOf(index), percent: confidence(part) }));
    });
    this.#caption.textContent = isBlank || !silenced
      ? text("insideOutcome") : text("insideBeforeAfter", { before: sentence(outcome), after: sentence(silenced) });
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
