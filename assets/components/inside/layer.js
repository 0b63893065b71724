// One step of the strip: the maps of one layer on one canvas, a tile for each map, and a sentence.

/** @import { LayerMaps } from "../../shared/activations.js" */

import { create } from "../../shared/dom.js";
import { text } from "../../shared/text.js";
import { paintMaps } from "./palette.js";
import { layerLabel, layerSentence, sizesText } from "./sentences.js";

export class LayerView {
  #canvas = create("canvas", { width: 1, height: 1 });
  #tiles = create("div", { className: "tiles" });
  #index;
  #all;
  /** @type {LayerMaps} */
  layer;

  /**
   * @param {number} index
   * @param {LayerMaps} layer
   * @param {(opener: HTMLElement) => void} open opens all maps of the layer
   */
  constructor(index, layer, open) {
    this.#index = index;
    this.layer = layer;
    this.#canvas.setAttribute("role", "img");
    this.#all = create("button", { type: "button", className: "all" });
    this.#all.addEventListener("click", () => open(this.#all));
    this.element = create("li", { className: "step" },
      create("h4", { textContent: text("insideStep", { step: index + 1 }) }),
      create("div", { className: "maps" }, this.#canvas, this.#tiles),
      create("p", { className: "sizes", textContent: sizesText(layer) }),
      create("p", { className: "sees", textContent: layerSentence(layer) }),
    );
    if (layer.count > layer.maps.length) {
      this.#all.textContent = text("insideAll", { count: layer.count });
      this.element.append(this.#all);
    }
    this.#tiles.append(...layer.maps.map(() => create("span", { className: "tile" })));
  }

  /** @type {(layer: LayerMaps, columns: number) => void} */
  paint(layer, columns) {
    this.layer = layer;
    this.element.style.setProperty("--columns", String(columns));
    paintMaps(this.#canvas, layer, columns);
  }

  /** Tell a screen reader what is on the canvas. */
  label() {
    this.#canvas.setAttribute("aria-label", layerLabel(this.#index, this.layer));
  }
}
