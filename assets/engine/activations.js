// Mirrors model/inference/activations.py and web/schemas/inside.py: what the ink changes in the layers of a network.

/** @import { Activations, ActivationsRequest, Cutouts, LayerMaps, Ledger, Outcome } from "../shared/activations.js" */
/** @import { CellRequest } from "../shared/occlusion.js" */
/** @import { Classifier } from "./classifier.js" */
/** @import { Layer } from "./network.js" */

import { calibrated } from "./calibration.js";
import { Dense } from "./layers.js";
import { PIXELS } from "./normalization.js";
import { argmax, range, rint, sortedBy } from "./numeric.js";

const STRONGEST = 5;
const STEPS = 127;

/**
 * The layers that are shown, as web/export/networks.py describes them. `output`: the index of the layer's description.
 * @typedef {object} InsideDescription
 * @property {boolean} measured
 * @property {(Pick<LayerMaps, "name" | "kind" | "maps" | "scale" | "window"> &
 *   { output: number, cutouts: Omit<Cutouts, "picture"> | false })[]} layers
 */

/** @typedef {{ logits: Float32Array, changes: Float32Array[] }} Pass */

/** The activations of one network. All values are changes against the empty pad. */
export class InsideNetwork {
  #network;
  #temperature;
  #name;
  #description;
  /** @type {Layer[]} */
  #layers;
  /** @type {Float32Array[]} the outputs of the layers for the empty pad */
  #empty;
  #emptyLogits;

  /**
   * @param {Classifier} classifier
   * @param {string} name
   * @param {InsideDescription} description
   */
  constructor({ network, notes }, name, description) {
    this.#network = network;
    this.#temperature = notes.temperature;
    this.#name = name;
    this.#description = description;
    this.#layers = description.layers.map(({ output }) => network.computed[output]);
    this.#emptyLogits = network.forward(new Float32Array(PIXELS));
    this.#empty = this.#layers.map((layer) => layer.output.values());
  }

  /**
   * Return the activations for a normalized image.
   * @type {(image: Float32Array, request: Omit<ActivationsRequest, "image" | "strokes">) => Omit<Activations, "image">}
   */
  of(image, { silenced = [], layer = null, ledger = false }) {
    const whole = this.#pass(image, []);
    const pass = silenced.length > 0 ? this.#pass(image, silenced) : whole;
    return {
      model: this.#name,
      measured: this.#description.measured,
      outcome: this.#outcome(whole.logits),
      silenced: silenced.length > 0 ? this.#outcome(pass.logits) : null,
      layers: pass.changes.map((changes, index) => this.#maps(index, changes, index === layer)),
      ledger: ledger ? this.#ledger(pass) : null,
    };
  }

  /**
   * Return what a normalized image changes in one cell.
   * @type {(image: Float32Array, request: Pick<CellRequest, "cell" | "silenced">) => number}
   */
  cell(image, { cell: [layer, map, cell], silenced }) {
    this.#network.forward(image, (each) => this.#silence(each, silenced));
    const position = cell * this.#layers[layer].output.channels + map;
    return this.#layers[layer].output.values()[position] - this.#empty[layer][position];
  }

  /** Return the cut-outs of a layer without their picture, or null. @type {(layer: number) => Omit<Cutouts, "picture"> | null} */
  cutouts(layer) {
    return this.#description.layers[layer]?.cutouts || null;
  }

  /** @type {(image: Float32Array, silenced: [number, number][]) => Pass} */
  #pass(image, silenced) {
    const logits = this.#network.forward(image, (layer) => this.#silence(layer, silenced));
    const changes = this.#layers.map((layer, index) =>
      layer.output.values().map((value, i) => value - this.#empty[index][i]));
    return { logits, changes };
  }

  // Silenced maps have their values for the empty pad.
  /** @type {(layer: Layer, silenced: [number, number][]) => void} */
  #silence(layer, silenced) {
    const index = this.#layers.indexOf(layer);
    const maps = silenced.filter(([number]) => number === index).map(([, map]) => map);
    if (maps.length === 0) return;
    const { floats, channels } = layer.output;
    layer.output.each((at, position) => {
      if (maps.includes(position % channels)) floats[at] = this.#empty[index][position];
    });
  }

  /** @type {(logits: Float32Array) => Outcome} */
  #outcome(logits) {
    const { digits, notDigit } = calibrated(logits, this.#temperature);
    return { logits: [...logits], probabilities: digits, no_digit: notDigit };
  }

  /** @type {(index: number, changes: Float32Array, isWhole: boolean) => LayerMaps} */
  #maps(index, changes, isWhole) {
    const { name, kind, scale, window, maps: chosen } = this.#description.layers[index];
    const { height, width, channels: count } = this.#layers[index].output;
    const maps = isWhole ? range(count) : chosen;
    const cells = height * width;
    const values = new Int8Array(maps.length * cells);
    maps.forEach((map, order) => {
      for (let cell = 0; cell < cells; cell++) {
        const change = changes[cell * count + map] / scale;
        values[order * cells + cell] = rint(STEPS * Math.min(1, Math.max(-1, change)));
      }
    });
    return { name, kind, height, width, count, maps, window, scale, values, weights: null };
  }

  // Return the logits as sums over the maps of the last layer; null if they are no such sums.
  /** @type {(pass: Pass) => Ledger | null} */
  #ledger({ logits, changes }) {
    const { layers } = this.#network;
    const last = layers[layers.length - 1];
    const shown = this.#layers[this.#layers.length - 1];
    if (!(last instanceof Dense) || last.input !== shown.output) return null;
    if (last.low > -Infinity || last.high < Infinity) return null;
    const { channels } = shown.output;
    const rows = range(logits.length).map(() => new Float32Array(channels));
    changes[changes.length - 1].forEach((change, position) => {
      rows.forEach((row, output) => {
        row[position % channels] += change * last.kernel[position * logits.length + output];
      });
    });
    return { empty: [...this.#emptyLogits], centered: false, rows, strongest: strongestOf(rows, argmax(logits)) };
  }
}

// Return the maps that support an output most: their own logit, less the mean of the others.
/** @type {(rows: Float32Array[], answer: number) => number[]} */
function strongestOf(rows, answer) {
  const others = rows.filter((_, output) => output !== answer);
  const support = (/** @type {number} */ map) =>
    rows[answer][map] - others.reduce((total, row) => total + row[map], 0) / others.length;
  return sortedBy(range(rows[answer].length), (map) => -support(map)).slice(0, STRONGEST);
}
