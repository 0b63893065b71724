// The ten drawings of a test, with what the network has read, and a button to teach it.

/** @import { Result } from "./results.js" */

import { context2d } from "../../shared/canvas.js";
import { create } from "../../shared/dom.js";
import { paintStrokes } from "../../shared/strokes.js";
import { confidence, number, text } from "../../shared/text.js";
import { isRight, leastCertain } from "./results.js";

const SIDE = 144; // Pixels of a drawing.

export class ResultList {
  #container;
  #learns;
  #teach;

  /**
   * @param {HTMLElement} container
   * @param {boolean} learns whether there are buttons to teach the network
   * @param {(index: number) => void} teach
   */
  constructor(container, learns, teach) {
    this.#container = container;
    this.#learns = learns;
    this.#teach = teach;
  }

  /** @param {Result[]} results */
  show(results) {
    const least = leastCertain(results);
    this.#container.replaceChildren(...results.map((result, i) => this.#item(result, i, result === least)));
  }

  /** @type {(result: Result, index: number, isLeast: boolean) => HTMLElement} */
  #item(result, index, isLeast) {
    const { digit, strokes, read, probability, isTaught } = result;
    const seconds = number(result.seconds, 1);
    const values = { digit, seconds, answer: read, percent: confidence(probability) };
    const right = isRight(result);
    const canvas = create("canvas", { width: SIDE, height: SIDE, role: "img" });
    canvas.setAttribute("aria-label", text(right ? "quizRight" : "quizWrong", values));
    paintStrokes(context2d(canvas), strokes, SIDE);
    const item = create("li", { className: "drawing" }, canvas,
      create("span", { textContent: right ? `${digit} ✓` : `${digit} → ${read}` }));
    item.classList.toggle("wrong", !right);
    item.classList.toggle("least", isLeast);
    const figures = [text("quizSeconds", { seconds })];
    if (right) figures.unshift(values.percent);
    if (isLeast) figures.push(text("quizLeast"));
    if (isTaught) figures.push(text("quizTaught"));
    item.append(...figures.map((textContent) => create("span", { className: "figure", textContent })));
    if (isTaught) return item;
    if (this.#learns && !right) item.append(this.#button(index, digit));
    return item;
  }

  /** @type {(index: number, digit: number) => HTMLElement} */
  #button(index, digit) {
    const button = create("button", { type: "button", className: "teach", textContent: text("quizTeach") });
    button.setAttribute("aria-label", text("quizTeachLong", { digit }));
    button.addEventListener("click", () => this.#teach(index));
    return button;
  }
}
