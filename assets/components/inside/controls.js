// The choice of a network, and the buttons that switch maps off and on.

import { create, find } from "../../shared/dom.js";
import { text } from "../../shared/text.js";

export class Controls {
  #element;
  #five;
  #on;
  #select;

  /**
   * @param {HTMLElement} element
   * @param {string[]} models the page's own network first
   * @param {{ choose: (model: string) => void, five: () => void, on: () => void }} actions
   */
  constructor(element, models, { choose, five, on }) {
    this.#element = element;
    this.#select = find(element, "select", HTMLSelectElement);
    this.#select.append(...models.map((model) => create("option", { value: model, textContent: model })));
    this.#select.addEventListener("change", () => choose(this.#select.value));
    this.#five = find(element, ".five");
    this.#on = find(element, ".on");
    this.#five.addEventListener("click", five);
    this.#on.addEventListener("click", on);
  }

  /** @type {(count: number, canSilence: boolean, isMeasured: boolean) => void} */
  show(count, canSilence, isMeasured) {
    const focused = document.activeElement === this.#on;
    this.#on.hidden = count === 0;
    if (focused && count === 0) this.#five.focus({ preventScroll: true });
    this.#five.hidden = find(this.#element, ".switching .say").hidden = !canSilence;
    find(this.#element, ".unmeasured").textContent = isMeasured ? "" : text("insideUnmeasured");
  }
}
