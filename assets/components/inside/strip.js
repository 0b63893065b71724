// The strip: the network's input, one step for each layer, and the bars.

/** @import { Activations } from "../../shared/activations.js" */

import { clearCanvas, paintInk } from "../../shared/canvas.js";
import { find } from "../../shared/dom.js";
import { LayerView } from "./layer.js";
import { OutcomeView } from "./outcome.js";

const ROW_WIDTH = 940; // Least width, in CSS pixels, at which all steps stand in one row.
const STACK_WIDTH = 540; // Below this width, each step has the whole width.
const ROW_STEPS = 6; // Most steps in one row.
// Maps in a row of a step, for each number of steps in one row.
const ROW_COLUMNS = [6, 6, 4, 4, 3, 2, 2];
const COLUMNS = { wrapped: 3, stack: 4 };

export class Strip {
  #strip;
  #layers;
  #input;
  #outcome;
  #open;
  /** @type {LayerView[]} */
  #views = [];
  #structure = "";
  #width = 0;
  /** @type {Activations | null} */
  #shown = null;

  /**
   * @param {HTMLElement} element
   * @param {(index: number, opener: HTMLElement) => void} open opens all maps of a layer
   */
  constructor(element, open) {
    this.#open = open;
    this.#strip = find(element, ".strip");
    this.#layers = find(element, ".layers");
    this.#input = find(element, ".input canvas", HTMLCanvasElement);
    this.#outcome = new OutcomeView(find(element, ".results"));
    new ResizeObserver(([{ contentRect }]) => {
      this.#width = contentRect.width;
      this.#arrange();
    }).observe(this.#strip);
  }

  /** Forget the steps, so that they are made again. */
  clear() {
    this.#structure = "";
  }

  /** @type {(shown: Activations, image: Uint8Array, isBlank: boolean) => void} */
  paint(shown, image, isBlank) {
    this.#shown = shown;
    const structure = JSON.stringify([shown.model, shown.layers.map(({ maps }) => maps)]);
    if (structure !== this.#structure) this.#build(structure);
    clearCanvas(this.#input);
    paintInk(this.#input, image);
    const columns = this.#columns;
    shown.layers.forEach((layer, index) => this.#views[index].paint(layer, columns));
    this.#outcome.show(shown.silenced ?? shown.outcome, isBlank);
  }

  label() {
    for (const view of this.#views) view.label();
  }

  /** @param {string} structure */
  #build(structure) {
    if (!this.#shown) return;
    this.#structure = structure;
    this.#views = this.#shown.layers.map((layer, index) => new LayerView(index, layer, (opener) => this.#open(index, opener)));
    this.#layers.replaceChildren(...this.#views.map(({ element }) => element));
    this.#strip.style.setProperty("--steps", String(this.#views.length));
    this.#arrange(false);
    this.label();
  }

  get #layout() {
    if (this.#width < STACK_WIDTH) return "stack";
    return this.#width < ROW_WIDTH || this.#views.length > ROW_STEPS ? "wrapped" : "row";
  }

  get #columns() {
    const layout = this.#layout;
    return layout === "row" ? ROW_COLUMNS[this.#views.length] : COLUMNS[layout];
  }

  #arrange(repaint = true) {
    if (this.#views.length === 0) return; // The page has no steps yet.
    this.#strip.dataset.layout = this.#layout;
    if (repaint && this.#shown) this.#shown.layers.forEach((layer, i) => this.#views[i]?.paint(layer, this.#columns));
  }
}
