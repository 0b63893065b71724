// What a map looks for: the pieces of training images that change it most, as small pictures.

/** @import { Cutouts } from "../../shared/activations.js" */

import * as api from "../../page/cell_client.js";
import { paintInk } from "../../shared/canvas.js";
import { create, find } from "../../shared/dom.js";
import { text } from "../../shared/text.js";

/** @typedef {{ model: string, layer: number, map: number, isWhole: boolean }} Place isWhole: the pieces are whole images */
/** @typedef {Cutouts & { ink: Uint8Array }} Loaded the ink of the picture, row by row */

export class CutoutsView {
  #figure;
  #grid;
  #place = "";
  /** @type {Map<string, Promise<Loaded | null>>} by model and layer */
  #loaded = new Map();

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#figure = find(element, ".looks");
    this.#grid = find(element, ".cutouts");
  }

  /** @param {Place | null} place */
  async show(place) {
    const key = JSON.stringify(place);
    if (key === this.#place) return;
    this.#place = key;
    const cutouts = place && (await this.#load(place));
    if (this.#place !== key) return; // The visitor has gone on to another map.
    const row = cutouts ? cutouts.maps.indexOf(place.map) : -1;
    this.#figure.hidden = row < 0;
    if (!cutouts || row < 0) return;
    this.#grid.replaceChildren(...Array.from({ length: cutouts.count }, (_, index) => piece(cutouts, row, index)));
    find(this.#figure, "figcaption").textContent = text(place.isWhole ? "insideImages" : "insidePieces");
  }

  /** Write the texts again, in a new language. */
  renew() {
    this.#place = "";
  }

  /** @param {Place} place */
  #load({ model, layer }) {
    const key = `${model}:${layer}`;
    const loading = this.#loaded.get(key) ?? load(model, layer);
    this.#loaded.set(key, loading);
    // Without an answer, the next map asks again.
    return loading.catch(() => {
      this.#loaded.delete(key);
      this.#place = "";
      return null;
    });
  }
}

/** @type {(model: string, layer: number) => Promise<Loaded | null>} */
async function load(model, layer) {
  const cutouts = await api.cutouts(model, layer);
  if (cutouts.maps.length === 0) return null;
  const image = await createImageBitmap(new Blob([cutouts.picture], { type: "image/webp" }));
  const canvas = create("canvas", { width: image.width, height: image.height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  return { ...cutouts, ink: Uint8Array.from({ length: data.length / 4 }, (_, pixel) => 255 - data[4 * pixel]) };
}

/** @type {(cutouts: Loaded, row: number, index: number) => HTMLElement} */
function piece({ size, count, ink }, row, index) {
  const canvas = create("canvas", { width: size, height: size });
  const across = count * size;
  const lines = Array.from({ length: size }, (_, y) => {
    const start = (row * size + y) * across + index * size;
    return [...ink.subarray(start, start + size)];
  });
  paintInk(canvas, lines.flat());
  return create("span", {}, canvas);
}
