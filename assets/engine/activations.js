// Mirrors model/inference/activations.py and web/schemas/inside.py: what the ink changes in the layers of a network.

/** @import { Activations, ActivationsRequest, LayerMaps, Ledger, Outcome } from "../shared/activations.js" */
/** @import { Classifier } from "./classifier.js" */
/** @import { Layer } from "./network.js" */

import { calibrated } from "./calibration.js";
import { Dense } from "./layers.js";
import { IMAGE_SIDE, PIXELS } from "./normalization.js";
import { argmax, largest, range, rint, sortedBy } from "./numeric.js";

const STRONGEST = 5;
const STEPS = 127;

/**
 * A layer that is shown. `output`: the index of the layer's description; null for the products of weights and pixels, if
 * the network has no inner layers. `factor`: the factor by which a dense layer reads the pixels; null for other layers.
 * @typedef {Pick<LayerMaps, "name" | "kind" | "maps" | "scale" | "window"> & { output: number | null, factor: number | null }} ShownLayer
 */

/**
 * What is shown of a network, as web/export/networks.py describes it. `ledger`: null if the logits do not depend linearly
 * on the last layer. `centered`: whether the ledger is about the logits less their mean.
 * @typedef {{ measured: boolean, ledger: { centered: boolean } | null, layers: ShownLayer[] }} InsideDescription
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
  /** @type {Float32Array[] | null} see #slopes */
  #known = null;

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
    const outputs = description.layers.flatMap(({ output }) => (output === null ? [] : [output]));
    this.#layers = outputs.map((output) => network.computed[output]);
    this.#emptyLogits = network.forward(new Float32Array(PIXELS));
    this.#empty = this.#layers.map((layer) => layer.output.values());
  }

  /**
   * Return the activations for a normalized image.
   * @type {(image: Float32Array, request: Omit<ActivationsRequest, "image" | "strokes">) => Omit<Activations, "image">}
   */
  of(image, { silenced = [], layer = null, ledger = false, weights = false }) {
    const whole = this.#pass(image, []);
    const pass = silenced.length > 0 ? this.#pass(image, silenced) : whole;
    return {
      model: this.#name,
      measured: this.#description.measured,
      outcome: this.#outcome(whole.logits),
      silenced: silenced.length > 0 ? this.#outcome(pass.logits) : null,
      layers: pass.changes.map((changes, index) => this.#maps(index, changes, index === layer, weights)),
      ledger: ledger ? this.#ledger(pass) : null,
    };
  }

  /** @type {(image: Float32Array, silenced: [number, number][]) => Pass} */
  #pass(image, silenced) {
    const logits = this.#network.forward(image, (layer) => this.#silence(layer, silenced));
    if (this.#layers.length === 0) return { logits, changes: [this.#products(image)] };
    const changes = this.#layers.map((layer, index) =>
      layer.output.values().map((value, i) => value - this.#empty[index][i]));
    return { logits, changes };
  }

  // Return each pixel times its weight, for each logit.
  /** @param {Float32Array} image */
  #products(image) {
    const slopes = this.#slopes();
    const products = new Float32Array(PIXELS * slopes.length);
    slopes.forEach((row, output) => row.forEach((weight, pixel) => {
      products[pixel * slopes.length + output] = image[pixel] * weight;
    }));
    return products;
  }

  // Return how each logit changes with each number of the last layer, or of the image. If only the logits less their mean
  // depend linearly on them, return the changes of these.
  #slopes() {
    if (this.#known) return this.#known;
    const last = this.#layers[this.#layers.length - 1] ?? null;
    this.#network.forward(new Float32Array(PIXELS));
    const outputs = range(this.#emptyLogits.length);
    const rows = outputs.map((output) => this.#network.backward(outputs.map((other) => Number(other === output)), last));
    if (this.#description.ledger?.centered) {
      rows[0].forEach((_, i) => {
        const mean = rows.reduce((total, row) => total + row[i], 0) / rows.length;
        for (const row of rows) row[i] -= mean;
      });
    }
    this.#known = rows;
    return rows;
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

  /** @type {(index: number, changes: Float32Array, isWhole: boolean, hasWeights: boolean) => LayerMaps} */
  #maps(index, changes, isWhole, hasWeights) {
    const { name, kind, scale, window, maps: chosen } = this.#description.layers[index];
    const [side, products] = [IMAGE_SIDE, this.#emptyLogits.length];
    const { height, width, channels: count } = this.#layers[index]?.output ?? { height: side, width: side, channels: products };
    const maps = isWhole ? range(count) : chosen;
    const values = inSteps(changes, count, maps, scale);
    const weights = hasWeights ? this.#weights(index) : null;
    const shown = weights && inSteps(weights, count, maps, largest(weights.map(Math.abs)) || 1);
    return { name, kind, height, width, count, maps, window, scale, values, weights: shown };
  }

  // Return the weights of a layer that reads the pixels: for each pixel, one number for each map. Otherwise, return null.
  /** @param {number} index */
  #weights(index) {
    const { output, factor } = this.#description.layers[index];
    if (output === null) return this.#products(new Float32Array(PIXELS).fill(1));
    if (factor === null) return null;
    const { layers } = this.#network;
    // The layer is the dense layer itself, or the activation after it.
    const end = layers.indexOf(this.#layers[index]);
    const dense = layers.filter((layer, i) => i <= end && layer instanceof Dense).pop();
    return dense instanceof Dense ? dense.kernel.map((weight) => weight * factor) : null;
  }

  // Return the logits as sums over the maps of the last layer; null if they are no such sums.
  /** @type {(pass: Pass) => Ledger | null} */
  #ledger({ logits, changes }) {
    const { ledger } = this.#description;
    if (!ledger) return null;
    const last = changes[changes.length - 1];
    const outputs = range(logits.length);
    const rows = this.#layers.length === 0 ? productRows(last, outputs) : this.#rows(last);
    const mean = ledger.centered ? this.#emptyLogits.reduce((total, logit) => total + logit, 0) / outputs.length : 0;
    const empty = [...this.#emptyLogits].map((logit) => logit - mean);
    return { empty, centered: ledger.centered, rows, strongest: strongestOf(rows, argmax(logits)) };
  }

  // Return what the change of each map of the last layer adds to each logit.
  /** @param {Float32Array} changes */
  #rows(changes) {
    const { channels } = this.#layers[this.#layers.length - 1].output;
    return this.#slopes().map((slopes) => {
      const row = new Float64Array(channels);
      changes.forEach((change, position) => {
        row[position % channels] += change * slopes[position];
      });
      return Float32Array.from(row);
    });
  }
}

// Each map of products belongs to one logit.
/** @type {(products: Float32Array, outputs: number[]) => Float32Array[]} */
function productRows(products, outputs) {
  const rows = outputs.map(() => new Float32Array(outputs.length));
  products.forEach((product, position) => {
    const output = position % outputs.length;
    rows[output][output] += product;
  });
  return rows;
}

// Return the numbers of some maps as signed bytes, map by map. `values`: for each position, one number for each map.
/** @type {(values: Float32Array, count: number, maps: number[], scale: number) => Int8Array} */
function inSteps(values, count, maps, scale) {
  const cells = values.length / count;
  const steps = new Int8Array(maps.length * cells);
  maps.forEach((map, order) => {
    for (let cell = 0; cell < cells; cell++) {
      const part = values[cell * count + map] / scale;
      steps[order * cells + cell] = rint(STEPS * Math.min(1, Math.max(-1, part)));
    }
  });
  return steps;
}

// Return the maps that support an output most: their own logit, less the mean of the others.
/** @type {(rows: Float32Array[], answer: number) => number[]} */
function strongestOf(rows, answer) {
  const others = rows.filter((_, output) => output !== answer);
  const support = (/** @type {number} */ map) =>
    rows[answer][map] - others.reduce((total, row) => total + row[map], 0) / others.length;
  return sortedBy(range(rows[answer].length), (map) => -support(map)).slice(0, STRONGEST);
}
