// All maps of one layer, below the strip.

/** @import { LayerMaps } from "../../shared/activations.js" */
/** @import { Actions } from "./tiles.js" */

import { create, find } from "../../shared/dom.js";
import { number, text } from "../../shared/text.js";
import { paintLayer } from "./palette.js";
import { layerLabel } from "./sentences.js";
import { Tiles } from "./tiles.js";

const TILE = 58; // Least width of a map, in CSS pixels.

export class OpenedLayer {
  /** @type {number | null} the layer of which all maps are shown */
  index = null;
  #canvas = create("canvas", { width: 1, height: 1 });
  /** @type {Tiles | null} */
  #tiles = null;
  #actions;
  #section;
  #element;
  #maps;
  /** @type {HTMLElement | null} the button that opened the layer */
  #opener = null;

  /**
   * @param {HTMLElement} element
   * @param {Actions} actions
   * @param {() => void} changed called after a layer was opened or closed
   */
  constructor(element, actions, changed) {
    this.#actions = actions;
    this.#section = find(element, "details");
    this.#element = find(element, ".opened");
    this.#maps = find(this.#element, ".maps");
    this.#canvas.setAttribute("role", "img");
    this.changed = changed;
    find(this.#element, ".close").addEventListener("click", () => this.close());
    this.#element.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.close();
    });
  }

  /** @type {(index: number, opener: HTMLElement) => void} */
  open(index, opener) {
    if (this.index === index) return this.close();
    this.#opener?.setAttribute("aria-expanded", "false");
    this.#opener = opener;
    opener.setAttribute("aria-expanded", "true");
    this.index = index;
    this.#tiles = new Tiles(index, this.#actions);
    this.#maps.replaceChildren(this.#canvas, this.#tiles.element);
    // If the steps stand one below the other, all maps of a step stand below it.
    (opener.closest('[data-layout="stack"] .step') ?? this.#section).append(this.#element);
    this.changed();
  }

  close() {
    if (this.index === null) return;
    this.index = null;
    this.#element.hidden = true;
    this.#opener?.setAttribute("aria-expanded", "false");
    this.#opener?.focus({ preventScroll: true });
    this.changed();
  }

  /** @type {(layer: LayerMaps, silenced: (map: number) => boolean) => void} */
  paint(layer, silenced) {
    if (this.index === null) return;
    this.#element.hidden = false;
    const { count } = layer;
    find(this.#element, "h2").textContent = text("insideAllMaps", { step: this.index + 1, count: number(count) });
    const columns = Math.min(count, Math.max(4, Math.floor(this.#maps.clientWidth / TILE)));
    this.#maps.style.setProperty("--columns", String(columns));
    paintLayer(this.#canvas, layer, columns);
    this.#tiles?.show(layer, columns, silenced);
    this.#canvas.setAttribute("aria-label", layerLabel(this.index, layer));
  }
}
