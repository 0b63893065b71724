// One step of the strip: the canvas for the maps of one layer, a tile for each map, and a sentence.

/** @import { LayerMaps } from "../../shared/activations.js" */
/** @import { Actions } from "./tiles.js" */

import { create, setLabel } from "../../shared/dom.js";
import { number, text } from "../../shared/text.js";
import { layerSize } from "./palette.js";
import { layerLabel, layerSentence, sizesText } from "./sentences.js";
import { Tiles } from "./tiles.js";

export class LayerView {
  canvas = create("canvas", { width: 1, height: 1 });
  #tiles;
  #index;
  #layer;
  #columns = 0;

  /**
   * @param {number} index
   * @param {LayerMaps} layer
   * @param {Actions} actions
   */
  constructor(index, layer, actions) {
    this.#index = index;
    this.#layer = layer;
    this.#tiles = new Tiles(index, actions);
    this.canvas.setAttribute("role", "img");
    this.element = create("li", { className: "step" },
      create("h2", { textContent: text("insideStep", { step: index + 1 }) }),
      create("div", { className: "maps" }, this.canvas, this.#tiles.element),
      create("p", { className: "sizes", textContent: sizesText(layer) }),
      create("p", { className: "sees", textContent: layerSentence(layer) }),
    );
    if (layer.kind !== "maps" || layer.count === layer.maps.length) return;
    const all = create("button", { type: "button", className: "all" });
    all.textContent = text("insideAll", { count: number(layer.count) });
    all.addEventListener("click", () => actions.open(index, all));
    this.element.append(all);
  }

  /**
   * Show which maps are off, and reserve the space of the canvas. The painter fills it.
   * @type {(layer: LayerMaps, columns: number, silenced: (map: number) => boolean) => void}
   */
  show(layer, columns, silenced) {
    this.#layer = layer;
    if (this.#columns !== columns) {
      this.element.style.setProperty("--columns", String(columns));
      this.canvas.style.aspectRatio = layerSize(layer, columns).join(" / ");
    }
    this.#columns = columns;
    this.#tiles.show(layer, columns, silenced);
  }

  /** Tell a screen reader what is on the canvas. */
  label() {
    const label = layerLabel(this.#index, this.#layer);
    setLabel(this.canvas, label);
    setLabel(this.#tiles.element, text("insideStep", { step: this.#index + 1 }));
  }
}
