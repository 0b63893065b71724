// The choice of a network, and the buttons that switch maps off and on.

import { create, find, setText } from "../../shared/dom.js";
import { text } from "../../shared/text.js";

export class Controls {
  #five;
  #on;
  #select;
  #say;
  #unmeasured;

  /**
   * @param {HTMLElement} element
   * @param {string[]} models the page's own network first
   * @param {{ choose: (model: string) => void, five: () => void, on: () => void }} actions
   */
  constructor(element, models, { choose, five, on }) {
    this.#select = find(element, "select", HTMLSelectElement);
    this.#select.append(...models.map((model) => create("option", { value: model, textContent: model })));
    this.#select.addEventListener("change", () => choose(this.#select.value));
    this.#say = find(element, ".say");
    this.#unmeasured = find(element, ".unmeasured");
    this.#five = find(element, ".five");
    this.#on = find(element, ".on");
    this.#five.addEventListener("click", five);
    this.#on.addEventListener("click", on);
  }

  /** @type {(count: number, canSilence: boolean, isMeasured: boolean) => void} */
  show(count, canSilence, isMeasured) {
    const isFocused = document.activeElement === this.#on;
    show(this.#on, count > 0);
    if (isFocused && count === 0) this.#five.focus({ preventScroll: true });
    show(this.#five, canSilence);
    show(this.#say, canSilence);
    setText(this.#unmeasured, isMeasured ? "" : text("insideUnmeasured"));
  }
}

/** @type {(element: HTMLElement, isShown: boolean) => void} */
function show(element, isShown) {
  if (element.hidden === isShown) element.hidden = !isShown;
}
