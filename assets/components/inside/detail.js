// One map closer: its cells, the part of the input that a cell sees, and a button that switches the map off.

/** @import { LayerMaps } from "../../shared/activations.js" */
/** @import { Actions } from "./tiles.js" */

import { withMaps } from "../../shared/activations.js";
import { clearCanvas, paintInk } from "../../shared/canvas.js";
import { find, setLabel, setText } from "../../shared/dom.js";
import { text } from "../../shared/text.js";
import { paintLayer, paintSigned } from "./palette.js";
import { CutoutsView } from "./cutouts.js";
import { cellSentence, isLocal, mapTitle } from "./sentences.js";
import { Sensitivity } from "./sensitivity.js";

const PIXELS = 28;
/** @type {Record<string, [number, number]>} the columns and rows that each key moves */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @typedef {object} Focused
 * @property {number} layer index
 * @property {number} map
 * @property {number | null} cell null for the strongest
 */

/**
 * The pass of which a map is shown.
 * @typedef {object} Pass
 * @property {string} model
 * @property {(layer: number, map: number) => boolean} silenced
 * @property {[number, number][]} pairs the silenced maps
 */

export class Detail {
  #section;
  #element;
  #actions;
  #map;
  #input;
  #cutouts;
  #sensitivity;
  /** @type {{ focused: Focused, layer: LayerMaps, cell: number } | null} */
  #shown = null;

  /**
   * @param {HTMLElement} element
   * @param {Actions} actions
   */
  constructor(element, actions) {
    this.#section = find(element, "details");
    this.#element = find(element, ".detail");
    this.#actions = actions;
    this.#map = find(this.#element, ".map");
    this.#input = find(this.#element, ".source canvas", HTMLCanvasElement);
    this.#cutouts = new CutoutsView(this.#element);
    this.#sensitivity = new Sensitivity(this.#element);
    this.#map.addEventListener("pointermove", (event) => this.#point(event));
    this.#map.addEventListener("pointerdown", (event) => this.#point(event));
    this.#map.addEventListener("keydown", (event) => this.#press(event));
    find(this.#element, ".leave").addEventListener("click", () => actions.leave());
    find(this.#element, ".switch").addEventListener("click", () => {
      if (this.#shown) actions.toggle(this.#shown.focused.layer, this.#shown.focused.map);
    });
  }

  /**
   * Show a map, and return the part of the input that its cell sees, or null if it sees all of the input.
   * @type {(focused: Focused, layer: LayerMaps, image: Uint8Array, pass: Pass) => Box | null}
   */
  show(focused, layer, image, pass) {
    const one = withMaps(layer, [focused.map]);
    const cell = focused.cell ?? strongest(one.values);
    this.#shown = { focused, layer: one, cell };
    this.#place(focused.layer);
    this.#element.hidden = false;
    paintLayer(find(this.#map, "canvas", HTMLCanvasElement), one, 1);
    this.#showSource(focused, one, cell, image, pass);
    const hasCells = one.width > 1 && one.kind === "maps";
    frame(find(this.#map, ".cell"), hasCells ? cellBox(one, cell) : null);
    const box = hasCells && isLocal(one) ? windowBox(one, cell) : null;
    frame(find(this.#element, ".source .window"), box);
    const title = mapTitle(focused.layer, focused.map, one);
    setText(find(this.#element, "h2"), title);
    setText(find(this.#element, ".sentence"), cellSentence(one, cell));
    const button = find(this.#element, ".switch");
    button.hidden = one.kind === "products";
    setText(button, text(pass.silenced(focused.layer, focused.map) ? "insideSwitchOn" : "insideSwitchOff"));
    setLabel(this.#map, text("insideCells", { title }));
    const place = { model: pass.model, layer: focused.layer, map: focused.map, isWhole: !isLocal(one) };
    this.#cutouts.show(one.kind === "products" ? null : place);
    return box;
  }

  // Show what the cell finds in the input: the input with its window, or with the ink that changes the cell.
  /** @type {(focused: Focused, one: LayerMaps, cell: number, image: Uint8Array, pass: Pass) => void} */
  #showSource(focused, one, cell, image, { model, pairs }) {
    const isProduct = one.kind === "products";
    const isWhole = !isProduct && !isLocal(one);
    find(this.#element, ".source").classList.toggle("weights", isProduct);
    find(this.#element, ".source").classList.toggle("colored", isWhole);
    if (isWhole) {
      const place = /** @type {[number, number, number]} */ ([focused.layer, focused.map, cell]);
      return this.#sensitivity.show({ image, model, silenced: pairs, cell: place }, one.scale);
    }
    this.#sensitivity.hide();
    setText(find(this.#element, ".found figcaption"), isProduct ? "" : text("insideFound"));
    if (isProduct && one.weights) return paintSigned(this.#input, one.weights, 1, 1);
    this.#input.width = this.#input.height = PIXELS;
    clearCanvas(this.#input);
    paintInk(this.#input, image);
  }

  hide() {
    this.#shown = null;
    this.#element.hidden = true;
    this.#sensitivity.hide();
  }

  /** Write the texts again, in a new language. */
  renew() {
    this.#cutouts.renew();
    this.#sensitivity.hide();
  }

  // If the steps stand one below the other, the map stands below its own step.
  /** @param {number} layer */
  #place(layer) {
    const steps = this.#section.querySelectorAll('[data-layout="stack"] .step');
    const parent = steps[layer] ?? find(this.#section, ".place");
    if (this.#element.parentElement !== parent) parent.append(this.#element);
  }

  /** @param {PointerEvent} event */
  #point({ clientX, clientY }) {
    if (!this.#shown || this.#shown.layer.kind !== "maps") return;
    const { left, top, width, height } = this.#map.getBoundingClientRect();
    const { layer } = this.#shown;
    this.#choose(Math.floor(((clientX - left) / width) * layer.width), Math.floor(((clientY - top) / height) * layer.height));
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const move = MOVES[event.key];
    if (!this.#shown) return;
    const { layer, cell } = this.#shown;
    if (event.key === "Escape") this.#actions.leave();
    else if (move) this.#choose((cell % layer.width) + move[0], Math.floor(cell / layer.width) + move[1]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @type {(column: number, row: number) => void} */
  #choose(column, row) {
    if (!this.#shown) return;
    const { focused, layer } = this.#shown;
    if (column < 0 || row < 0 || column >= layer.width || row >= layer.height) return;
    this.#actions.point(focused.layer, focused.map, row * layer.width + column);
  }
}

/** @param {Int8Array} values */
function strongest(values) {
  let best = 0;
  values.forEach((value, cell) => {
    if (Math.abs(value) > Math.abs(values[best])) best = cell;
  });
  return best;
}

/** @typedef {[number, number, number, number]} Box left, top, right and bottom, as parts of the side */

/** @type {(layer: LayerMaps, cell: number) => Box} */
function cellBox({ width, height }, cell) {
  const [column, row] = [cell % width, Math.floor(cell / width)];
  return [column / width, row / height, (column + 1) / width, (row + 1) / height];
}

/**
 * Return the square of the input that a cell sees.
 * @type {(layer: LayerMaps, cell: number) => Box}
 */
export function windowBox({ width, window }, cell) {
  if (!window) return [0, 0, 1, 1];
  const [column, row] = [cell % width, Math.floor(cell / width)];
  const edge = (/** @type {number} */ index, /** @type {number} */ side) =>
    Math.min(1, Math.max(0, (window.start + window.step * index + 0.5 + (side * window.size) / 2) / PIXELS));
  return [edge(column, -1), edge(row, -1), edge(column, 1), edge(row, 1)];
}

/**
 * Put a frame on a box, or hide it.
 * @type {(element: HTMLElement, box: Box | null) => void}
 */
export function frame(element, box) {
  element.hidden = box === null;
  if (!box) return;
  const percent = (/** @type {number} */ part) => `${(100 * part).toFixed(2)}%`;
  const [left, top, right, bottom] = box;
  Object.assign(element.style, {
    left: percent(left), top: percent(top), width: percent(right - left), height: percent(bottom - top),
  });
}
