// The maps of a layer as tiles over its canvas: a grid in which arrow keys move. Pointer, focus and a finger show a map
// closer. A click switches a map off or on. A finger does so on a map that is already shown.

/** @import { LayerMaps } from "../../shared/activations.js" */

/**
 * What the visitor can do with maps. A cell is counted row by row.
 * @typedef {object} Actions
 * @property {(layer: number, map: number, cell: number) => void} point shows a map and one of its cells
 * @property {(layer: number, map: number) => void} focus shows a map and its strongest cell
 * @property {(layer: number, map: number) => boolean} isFocused whether the map is shown
 * @property {(layer: number, map: number) => void} toggle switches a map off or on
 * @property {() => void} leave shows no map any longer
 * @property {(layer: number, opener: HTMLElement) => void} open shows all maps of a layer
 */

import { create } from "../../shared/dom.js";
import { text } from "../../shared/text.js";

/** @type {Record<string, (columns: number) => number>} how far each key moves */
const MOVES = { ArrowLeft: () => -1, ArrowRight: () => 1, ArrowUp: (columns) => -columns, ArrowDown: (columns) => columns };

export class Tiles {
  element = create("div", { className: "tiles" });
  #index;
  #actions;
  /** @type {LayerMaps | null} */
  #layer = null;
  #columns = 1;
  #off = ""; // Which maps are switched off, as the tiles show it.
  #wasCurrent = false;

  /**
   * @param {number} index of the layer
   * @param {Actions} actions
   */
  constructor(index, actions) {
    this.#index = index;
    this.#actions = actions;
    this.element.setAttribute("role", "group");
    this.element.addEventListener("pointerdown", (event) => {
      const tile = tileOf(event.target);
      this.#wasCurrent = tile !== null && actions.isFocused(index, mapOf(tile));
      this.#point(event);
    });
    this.element.addEventListener("pointermove", (event) => this.#point(event));
    this.element.addEventListener("focusin", ({ target }) => this.#focus(tileOf(target)));
    this.element.addEventListener("keydown", (event) => this.#press(event));
    this.element.addEventListener("click", (event) => this.#click(event));
  }

  /** @type {(layer: LayerMaps, columns: number, silenced: (map: number) => boolean) => void} */
  show(layer, columns, silenced) {
    const isSame = this.#layer?.maps.join() === layer.maps.join();
    this.#layer = layer;
    this.#columns = columns;
    if (!isSame) this.element.replaceChildren(...layer.maps.map((map, i) => tile(map, layer, i === 0)));
    const off = layer.maps.map(silenced);
    if (isSame && off.join() === this.#off) return;
    this.#off = off.join();
    off.forEach((isOff, index) => this.element.children[index].setAttribute("aria-pressed", String(isOff)));
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const tile = tileOf(event.target);
    if (!tile || !this.#layer) return;
    const { left, top, width, height } = tile.getBoundingClientRect();
    const { width: columns, height: rows } = this.#layer;
    const place = (/** @type {number} */ part, /** @type {number} */ count) =>
      Math.min(count - 1, Math.max(0, Math.floor(part * count)));
    const cell = place((event.clientY - top) / height, rows) * columns + place((event.clientX - left) / width, columns);
    this.#actions.point(this.#index, mapOf(tile), cell);
  }

  /** @param {Element | null} tile */
  #focus(tile) {
    if (!tile) return;
    for (const child of this.element.children) child.setAttribute("tabindex", child === tile ? "0" : "-1");
    if (tile.matches(":focus-visible")) this.#actions.focus(this.#index, mapOf(tile));
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const tiles = /** @type {HTMLElement[]} */ ([...this.element.children]);
    const at = tiles.indexOf(/** @type {HTMLElement} */ (tileOf(event.target)));
    const move = MOVES[event.key];
    if (event.key === "Escape") this.#actions.leave();
    else if (move) tiles[at + move(this.#columns)]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const tile = tileOf(event.target);
    if (!tile) return;
    const isFinger = /** @type {PointerEvent} */ (event).pointerType === "touch";
    if (!isFinger || this.#wasCurrent) this.#actions.toggle(this.#index, mapOf(tile));
  }
}

/** @param {EventTarget | null} target */
const tileOf = (target) => (target instanceof Element ? target.closest(".tile") : null);

/** @param {Element} tile */
const mapOf = (tile) => Number(/** @type {HTMLElement} */ (tile).dataset.map);

/** @type {(map: number, layer: LayerMaps, isFirst: boolean) => HTMLButtonElement} */
function tile(map, { kind }, isFirst) {
  const button = create("button", { type: "button", className: "tile", tabIndex: isFirst ? 0 : -1 });
  button.dataset.map = String(map);
  button.setAttribute("aria-label", text(kind === "units" ? "insideUnit" : kind === "maps" ? "insideMap" : "insideDigit", { map }));
  if (kind === "products") button.append(create("span", { textContent: String(map) }));
  return button;
}
