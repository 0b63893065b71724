// Mirrors the network of a checkpoint, as web/export/network.py describes it: layers with weights.

/** @import { FieldShape, Padding } from "./field.js" */
/** @import { StoredArray } from "./half.js" */

import { Convolution } from "./convolution.js";
import { Field } from "./field.js";
import { Gradient } from "./gradient.js";
import { numbersOf } from "./half.js";
import { Memory } from "./kernel.js";
import { Dense, MaxPooling, Pointwise } from "./layers.js";
import { IMAGE_SIDE } from "./normalization.js";

/**
 * The description of a layer. `output`: the shape of its output.
 * @typedef {object} LayerDescription
 * @property {"convolution" | "dense" | "pooling" | "normalization" | "activation" | "scaling"} type
 * @property {FieldShape} output
 * @property {StoredArray} [kernel]
 * @property {StoredArray | null} [bias]
 * @property {number[]} [stride]
 * @property {Padding} [padding]
 * @property {number[]} [size] of a pooling window
 * @property {StoredArray[]} [statistics] of a normalization: gamma, beta, mean and variance
 * @property {number} [epsilon]
 * @property {number} [scale]
 * @property {number} [offset]
 * @property {number | null} [low] the limits of an activation; null means no limit
 * @property {number | null} [high]
 */

/** @typedef {Convolution | Dense | MaxPooling | Pointwise} Layer */

/**
 * A layer together with the normalization and the activation after it.
 * @typedef {object} Block
 * @property {LayerDescription} layer
 * @property {FieldShape} output
 * @property {{ scale: number[], shift: number[] } | null} normalization
 * @property {number} low
 * @property {number} high
 */

/** A network that maps a normalized image to logits. */
export class Network {
  /** @type {Layer[]} */
  layers = [];
  /** @type {Layer[]} for each description, the layer that computes its output */
  computed = [];
  /** @type {Gradient | null} */
  #gradient = null;

  /**
   * @param {LayerDescription[]} descriptions
   * @param {ArrayBuffer} file the weights
   * @param {WebAssembly.Module | null} kernel see Memory
   */
  constructor(descriptions, file, kernel) {
    this.memory = new Memory(kernel);
    const { blocks, joined } = blocksOf(descriptions, file);
    const image = { height: IMAGE_SIDE, width: IMAGE_SIDE, channels: 1 };
    this.input = new Field(this.memory, image, blocks[0].layer.padding, 1);
    let input = this.input;
    blocks.forEach((block, i) => {
      const output = new Field(this.memory, block.output, blocks[i + 1]?.layer.padding);
      this.layers.push(this.#layer(block, file, input, output));
      input = output;
    });
    this.output = input;
    this.computed = joined.map((index) => this.layers[index]);
  }

  /**
   * Return the logits of an image.
   * @param {ArrayLike<number>} image 28×28 numbers
   * @param {(layer: Layer) => void} [change] called after each layer. It may change the output of the layer.
   */
  forward(image, change) {
    this.input.set(image);
    for (const layer of this.layers) {
      layer.forward();
      change?.(layer);
    }
    return this.output.values();
  }

  /** After `forward`, return the inputs of the last layer, in the order in which a dense layer reads them. */
  lastInputs() {
    return this.layers[this.layers.length - 1].input.values();
  }

  /**
   * After `forward`, return the gradient of a weighted sum of the logits by each pixel of the image.
   * @param {ArrayLike<number>} weights
   */
  backward(weights) {
    this.#gradient ??= new Gradient(this);
    return this.#gradient.of(weights);
  }

  /** @type {(block: Block, file: ArrayBuffer, input: Field, output: Field) => Layer} */
  #layer({ layer, normalization, low, high }, file, input, output) {
    const { type, kernel, bias, stride = [1, 1], size = [1, 1] } = layer;
    if (type === "pooling") return new MaxPooling(size, stride, input, output);
    const { channels } = output;
    const { scale, shift } = normalization ?? { scale: filled(channels, 1), shift: filled(channels, 0) };
    if (!kernel) return new Pointwise(scale, shift, input, output, low, high);
    const weights = numbersOf(file, kernel).map((value, i) => value * scale[i % channels]);
    const own = bias ? numbersOf(file, bias) : new Float32Array(channels);
    const added = own.map((value, i) => value * scale[i] + shift[i]);
    if (type === "dense") return new Dense(weights, added, input, output, low, high);
    const { shape } = kernel;
    return new Convolution(this.memory, { kernel: weights, shape, bias: added, stride }, input, output, low, high);
  }
}

/** @type {(count: number, value: number) => number[]} */
const filled = (count, value) => Array.from({ length: count }, () => value);

// Join each normalization and activation to the layer before it, where the layer can take it.
// `joined`: for each description, the index of its block.
/** @type {(descriptions: LayerDescription[], file: ArrayBuffer) => { blocks: Block[], joined: number[] }} */
function blocksOf(descriptions, file) {
  /** @type {Block[]} */
  const blocks = [];
  const joined = [];
  for (const layer of descriptions) {
    const last = blocks[blocks.length - 1];
    const isPointwise = ["normalization", "activation", "scaling"].includes(layer.type);
    const isJoined = isPointwise && last && canTake(last, layer);
    const unlimited = { low: -Infinity, high: Infinity };
    const block = isJoined ? last : { layer, output: layer.output, normalization: null, ...unlimited };
    if (!isJoined) blocks.push(block);
    joined.push(blocks.length - 1);
    if (layer.type === "activation") {
      block.low = layer.low ?? -Infinity;
      block.high = layer.high ?? Infinity;
    } else if (isPointwise) block.normalization = affine(layer, file);
  }
  return { blocks, joined };
}

/** @type {(block: Block, layer: LayerDescription) => boolean} */
function canTake({ layer: { type }, normalization, low, high }, layer) {
  if (type === "pooling" || low > -Infinity || high < Infinity) return false;
  return layer.type === "activation" || (normalization === null && (type === "convolution" || type === "dense"));
}

// Return the scale and the shift of each channel.
/** @type {(layer: LayerDescription, file: ArrayBuffer) => { scale: number[], shift: number[] }} */
function affine({ output, statistics, epsilon = 0, scale = 1, offset = 0 }, file) {
  if (!statistics) return { scale: filled(output.channels, scale), shift: filled(output.channels, offset) };
  const [gamma, beta, mean, variance] = statistics.map((array) => Array.from(numbersOf(file, array)));
  const factors = gamma.map((value, i) => value / Math.sqrt(variance[i] + epsilon));
  return { scale: factors, shift: beta.map((value, i) => value - mean[i] * factors[i]) };
}
