// Show once how the drawing becomes the network's input: after the first stroke, its ink moves from the pad into the 28×28
// grid. A visitor who prefers reduced motion sees the result at once.

/** @import { Answer, Reading } from "../../shared/answers.js" */

import { isOfPicture, strokesOf } from "../../shared/answers.js";
import { context2d } from "../../shared/canvas.js";
import { create, find } from "../../shared/dom.js";
import { boundingBox, paintStrokes, SCREEN_PEN_WIDTH } from "../../shared/strokes.js";

const DURATION = 300; // Milliseconds.
const SIDE = 28; // Pixels.

/** A box in fractions of the sides of the pad or of the image. */
/** @typedef {{ left: number, top: number, side: number }} Box */

export class Arrival {
  #figure;
  #isLifted = false;
  #isDone = false;

  /** @param {HTMLElement} figure the figure with the network's input */
  constructor(figure) {
    this.#figure = figure;
    let presses = 0;
    const isPad = (/** @type {Event} */ { target }) => target instanceof Element && target.matches("#sketchpad .paper");
    document.addEventListener("pointerup", (event) => { if (isPad(event)) this.#isLifted = true; });
    // The space key lowers the pen and lifts it.
    document.addEventListener("keydown", (event) => {
      if (event.key === " " && isPad(event)) this.#isLifted = ++presses % 2 === 0;
    });
  }

  /**
   * Play the animation if the pen has just drawn the first stroke of this visit.
   * @type {(answer: Answer, reading: Reading) => void}
   */
  play(answer, reading) {
    if (this.#isDone || !this.#isLifted || reading.verdict === "blank" || isOfPicture(answer)) return;
    this.#isDone = true;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const paper = find(document, "#sketchpad .paper", HTMLCanvasElement);
    const seen = find(this.#figure, "canvas", HTMLCanvasElement);
    const copy = this.#copyOf(paper, answer, reading);
    const [from, to] = [paper.getBoundingClientRect(), seen.getBoundingClientRect()];
    const [ink, target] = [inkOnPad(answer, reading), inkInImage(reading)];
    const scale = (target.side * to.width) / (ink.side * from.width);
    const x = to.left + target.left * to.width - from.left - scale * ink.left * from.width;
    const y = to.top + target.top * to.height - from.top - scale * ink.top * from.height;
    this.#figure.classList.add("arriving");
    document.body.append(copy);
    const end = [{ transform: "none" }, { transform: `translate(${x}px, ${y}px) scale(${scale})` }];
    copy.animate(end, { duration: DURATION, easing: "ease-in-out" }).finished.finally(() => {
      copy.remove();
      this.#figure.classList.remove("arriving");
    });
  }

  /** @type {(paper: HTMLCanvasElement, answer: Answer, reading: Reading) => HTMLCanvasElement} */
  #copyOf(paper, answer, reading) {
    const copy = create("canvas", { width: paper.width, height: paper.height, ariaHidden: "true", className: "arriving-ink" });
    const { left, top, width, height } = paper.getBoundingClientRect();
    Object.assign(copy.style, {
      position: "fixed", zIndex: "10", pointerEvents: "none", transformOrigin: "0 0",
      left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px`, filter: getComputedStyle(paper).filter,
    });
    paintStrokes(context2d(copy), strokesOf(answer, reading), copy.width);
    return copy;
  }
}

/** @type {(answer: Answer, reading: Reading) => Box} */
function inkOnPad(answer, reading) {
  const { left, top, right, bottom } = boundingBox(strokesOf(answer, reading));
  const pen = SCREEN_PEN_WIDTH / 2;
  return { left: left - pen, top: top - pen, side: Math.max(right - left, bottom - top) + 2 * pen };
}

/** @type {(reading: Reading) => Box} */
function inkInImage({ image }) {
  const inked = [...image.keys()].filter((i) => image[i] > 0);
  const [columns, rows] = [inked.map((i) => i % SIDE), inked.map((i) => Math.floor(i / SIDE))];
  const [left, top] = [Math.min(...columns), Math.min(...rows)];
  const side = Math.max(Math.max(...columns) - left, Math.max(...rows) - top) + 1;
  return { left: left / SIDE, top: top / SIDE, side: side / SIDE };
}
