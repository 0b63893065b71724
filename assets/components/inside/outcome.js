// The end of the strip: one bar for each outcome of the pass that the strip shows.

/** @import { Outcome } from "../../shared/activations.js" */

import { create } from "../../shared/dom.js";
import { CLASS_NOT_DIGIT, outcomes } from "../../shared/shares.js";
import { confidence, text } from "../../shared/text.js";

const SHOWN = 0.005; // A smaller share has no number.

export class OutcomeView {
  #rows;
  #element;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
    this.#rows = Array.from({ length: CLASS_NOT_DIGIT + 1 }, (_, index) => {
      const [fill, share] = [create("span", { className: "fill" }), create("span", { className: "share" })];
      const name = create("span", { className: "name", textContent: index === CLASS_NOT_DIGIT ? "?" : String(index) });
      const row = create("div", { className: "result" }, name, create("span", { className: "track" }, fill), share);
      return { row, fill, share };
    });
    element.append(...this.#rows.map(({ row }) => row));
  }

  /**
   * @param {Outcome} outcome
   * @param {boolean} isBlank whether nothing is drawn, so that there is no answer
   */
  show({ logits, probabilities, no_digit }, isBlank) {
    const shares = outcomes({ digit: null, probabilities, no_digit });
    const best = shares.indexOf(Math.max(...shares));
    this.#rows[CLASS_NOT_DIGIT].row.hidden = logits.length <= CLASS_NOT_DIGIT;
    this.#rows.forEach(({ row, fill, share }, index) => {
      const part = isBlank ? 0 : shares[index];
      row.classList.toggle("winner", !isBlank && index === best);
      fill.style.transform = `scaleX(${part.toFixed(4)})`;
      share.textContent = part >= SHOWN ? confidence(part) : "";
    });
    const name = best === CLASS_NOT_DIGIT ? text("noDigit") : String(best);
    this.#element.setAttribute("aria-label", isBlank
      ? text("insideNoAnswer") : text("insideAnswer", { name, percent: confidence(shares[best]) }));
  }
}
