// The buttons with the digits of a number: each has the digit's 28×28 image and the network's answer.

/** @import { Offer } from "../../page/corrections.js" */

import { clearCanvas, paintInk } from "../../shared/canvas.js";
import { create } from "../../shared/dom.js";
import { text } from "../../shared/text.js";
import { nameOf, readAs } from "./sentences.js";

/** The buttons inside an element. A click on a button calls the function `choose` with the index of its digit. */
export class DigitButtons {
  /** @type {{ button: HTMLButtonElement, canvas: HTMLCanvasElement, name: HTMLElement }[]} */
  #buttons = [];
  #container;
  #choose;

  /**
   * @param {HTMLElement} container
   * @param {(index: number) => void} choose
   */
  constructor(container, choose) {
    this.#container = container;
    this.#choose = choose;
  }

  /**
   * Show the digits of an offer. Keep the buttons while the number of digits is the same, so that the focus stays.
   * @param {Offer | null} offer
   * @param {string | null} target the target that is chosen; null for the whole drawing
   */
  show(offer, target) {
    const readings = offer?.readings ?? [];
    if (readings.length !== this.#buttons.length) {
      this.#buttons = readings.map((_, index) => this.#create(index));
      this.#container.replaceChildren(...this.#buttons.map(({ button }) => button));
    }
    readings.forEach(({ digit, image }, index) => {
      const { button, canvas, name } = this.#buttons[index];
      const label = offer?.stored[index]?.label;
      const values = { place: index + 1, count: readings.length, digit: readAs(digit), label: label && nameOf(label) };
      clearCanvas(canvas);
      paintInk(canvas, image);
      name.textContent = String(digit ?? "?");
      button.classList.toggle("stored", label !== undefined);
      button.setAttribute("aria-pressed", String(String(index) === target));
      button.setAttribute("aria-label", text(label === undefined ? "digitOf" : "digitOfStored", values));
    });
  }

  /** @param {number} index */
  #create(index) {
    const canvas = create("canvas", { width: 28, height: 28 });
    const name = create("span");
    const button = create("button", { type: "button" }, canvas, name);
    button.addEventListener("click", () => this.#choose(index));
    return { button, canvas, name };
  }
}
