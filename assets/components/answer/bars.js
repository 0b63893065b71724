// The ten probability bars.

/** @import { Reading } from "../../shared/answers.js" */

import { create } from "../../shared/dom.js";
import { confidence, confidenceNumber } from "../../shared/text.js";

/** Ten bars in a container. A click on a bar calls `choose` with the bar's digit. */
export class Bars {
  #bars;

  /**
   * @param {HTMLElement} container
   * @param {(digit: number) => void} choose
   */
  constructor(container, choose) {
    this.#bars = Array.from({ length: 10 }, (_, digit) => {
      const name = create("button", { type: "button", className: "name", textContent: String(digit) });
      const meter = create("span", { className: "track" }, create("span", { className: "fill" }));
      const attributes = { role: "meter", "aria-valuemin": "0", "aria-valuemax": "100", "aria-label": String(digit) };
      for (const [attribute, value] of Object.entries(attributes)) meter.setAttribute(attribute, value);
      const [long, short] = ["long", "short"].map((className) => create("span", { className }));
      const figure = create("span", { className: "figure" }, long, short);
      const bar = create("div", { className: "bar" }, name, meter, figure);
      bar.addEventListener("click", () => choose(digit));
      return { bar, meter, long, short };
    });
    container.replaceChildren(...this.#bars.map(({ bar }) => bar));
  }

  /** @param {Reading | undefined} reading undefined, or a reading without ink, empties the bars */
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
