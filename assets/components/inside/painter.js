// Paint the pictures of the strip: the input, the maps of each layer, and the bars.

/** @import { LayerMaps } from "../../shared/activations.js" */
/** @import { Canvas } from "../../shared/canvas.js" */
/** @import { Bars } from "./bars.js" */

import { clearCanvas, paintInk } from "../../shared/canvas.js";
import { paintBars } from "./bars.js";
import { paintLayer } from "./palette.js";

/** @typedef {{ input: Canvas, layers: Canvas[], outcome: Canvas }} Canvases */

/**
 * What the strip shows.
 * @typedef {object} Picture
 * @property {Uint8Array} image the input, 28×28
 * @property {LayerMaps[]} layers
 * @property {number} columns maps in a row
 * @property {Bars} bars
 */

export class Painter {
  /** @type {Partial<Canvases>} */
  #canvases = {};

  /** @param {Partial<Canvases>} canvases those that replace earlier ones */
  use(canvases) {
    Object.assign(this.#canvases, canvases);
  }

  /** @param {Picture} picture */
  paint({ image, layers, columns, bars }) {
    const { input, layers: canvases = [], outcome } = this.#canvases;
    if (input) {
      clearCanvas(input);
      paintInk(input, image);
    }
    canvases.forEach((canvas, index) => paintLayer(canvas, layers[index], columns));
    if (outcome) paintBars(outcome, bars);
  }
}
