// The probability bars: one for each digit, and one for “not a digit” if the network can reject a drawing.

/** @import { Reading } from "../../shared/answers.js" */

import { find } from "../../shared/dom.js";
import { answerOf, CLASS_NOT_DIGIT, outcomes, roundedOutcomes } from "../../shared/shares.js";
import { confidence, confidenceNumber } from "../../shared/text.js";

/** The bars inside an element. A click on the bar of a digit calls the function `choose` with this digit. */
export class Bars {
  #bars;

  /**
   * @param {HTMLElement} container
   * @param {boolean} rejects whether the network can reject a drawing as a non-digit
   * @param {(digit: number) => void} choose
   */
  constructor(container, rejects, choose) {
    if (!rejects) container.children[CLASS_NOT_DIGIT].remove();
    this.#bars = [...container.children].map((child, index) => {
      const bar = /** @type {HTMLElement} */ (child);
      if (index !== CLASS_NOT_DIGIT) bar.addEventListener("click", () => choose(index));
      const [long, short] = [".figure .long", ".figure .short"].map((selector) => find(bar, selector));
      return { bar, meter: find(bar, ".track"), long, short };
    });
  }

  /** @param {Reading | undefined} reading if it is undefined or has no ink, the bars become empty */
  show(reading) {
    const shown = reading && reading.verdict !== "blank" ? reading : null;
    const exact = shown && outcomes(shown);
    const rounded = shown && roundedOutcomes(shown);
    this.#bars.forEach(({ bar, meter, long, short }, index) => {
      const words = rounded ? confidence(rounded[index]) : "";
      bar.classList.toggle("winner", shown !== null && index === answerOf(shown));
      bar.style.setProperty("--part", (exact ? exact[index] : 0).toFixed(4));
      meter.setAttribute("aria-valuenow", String(Math.round(100 * (rounded ? rounded[index] : 0))));
      meter.setAttribute("aria-valuetext", words);
      long.textContent = words;
      short.textContent = rounded ? confidenceNumber(rounded[index]) : "";
    });
  }

  /** @param {number | null} contrast the digit that the answer is compared with */
  mark(contrast) {
    this.#bars.forEach(({ bar }, index) => bar.classList.toggle("contrast", index === contrast));
  }
}
