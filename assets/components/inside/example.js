// The example that draws itself, so that the first view of the section is not empty.

/** @import { Stroke } from "../../shared/strokes.js" */

import { firstPoints } from "../../shared/strokes.js";
import { Timer } from "../../shared/timer.js";

const INTERVAL = 110; // Milliseconds between two views: the section gets at most ten a second.
const POINTS_PER_SECOND = 20;

export class Example {
  #timer = new Timer();
  #points;
  #strokes;
  #show;
  #drawn = 0;

  /**
   * @param {Stroke[]} strokes
   * @param {(strokes: Stroke[]) => void} show called with the part of the strokes that is drawn
   */
  constructor(strokes, show) {
    this.#strokes = strokes;
    this.#points = strokes.reduce((count, points) => count + points.length, 0);
    this.#show = show;
  }

  /** Draw on, or show the whole drawing at once if the visitor prefers less motion. */
  play() {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.#drawn = this.#points;
    const start = performance.now();
    const before = this.#drawn;
    const step = () => {
      this.#drawn = Math.min(this.#points, before + Math.ceil(((performance.now() - start) / 1000) * POINTS_PER_SECOND));
      this.#show(firstPoints(this.#strokes, Math.max(2, this.#drawn)));
      if (this.#drawn < this.#points) this.#timer.start(INTERVAL, step);
    };
    step();
  }

  stop() {
    this.#timer.start();
  }
}
