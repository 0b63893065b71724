// The ten probability bars.

/** @import { Reading } from "../../shared/answers.js" */

import { find } from "../../shared/dom.js";
import { confidence, confidenceNumber } from "../../shared/text.js";

/** The bars inside an element. A click on a bar calls the function `choose` with the bar's digit. */
export class Bars {
  #bars;

  /**
   * @param {HTMLElement} container
   * @param {(digit: number) => void} choose
   */
  constructor(container, choose) {
    this.#bars = [...container.children].map((child, digit) => {
      const bar = /** @type {HTMLElement} */ (child);
      bar.addEventListener("click", () => choose(digit));
      return { bar, meter: find(bar, ".track"), long: find(bar, ".long"), short: find(bar, ".short") };
    });
  }

  /** @param {Reading | undefined} reading if it is undefined or has no ink, the bars become empty */
  show(reading) {
    const probabilities = reading && reading.verdict !== "blank" ? reading.probabilities : null;
    this.#bars.forEach(({ bar, meter, long, short }, digit) => {
      const probability = probabilities ? probabilities[digit] : 0;
      const words = probabilities ? confidence(probability) : "";
      bar.classList.toggle("winner", probabilities !== null && digit === reading?.digit);
      bar.style.setProperty("--part", probability.toFixed(4));
      meter.setAttribute("aria-valuenow", String(Math.round(probability * 100)));
      meter.setAttribute("aria-valuetext", words);
      long.textContent = words;
      short.textContent = probabilities ? confidenceNumber(probability) : "";
    });
  }

  /** @param {number | null} contrast the digit that the answer is compared with */
  mark(contrast) {
    this.#bars.forEach(({ bar }, digit) => bar.classList.toggle("contrast", digit === contrast));
  }
}
