// Mirrors model/inference/checkpoint.py: load a network with its notes.

/** @import { InsideDescription } from "./activations.js" */
/** @import { SpaceDescription } from "./features.js" */
/** @import { LayerDescription } from "./network.js" */

import { Classifier } from "./classifier.js";
import { Network } from "./network.js";

/**
 * The description of a network, as web/export/networks.py writes it.
 * @typedef {object} NetworkDescription
 * @property {string} name
 * @property {number} temperature
 * @property {number} confidence_threshold
 * @property {number} rejection_threshold
 * @property {boolean} test_time_augmentation
 * @property {number} mnist accuracy on the MNIST test images
 * @property {number} bytes
 * @property {"linear" | "dense" | "convolutional"} kind
 * @property {LayerDescription[]} layers
 * @property {SpaceDescription} [features]
 * @property {InsideDescription | null} [inside]
 */

/**
 * Reads a file of the engine: a description, weights, or kernel.wasm.
 * @typedef {(path: string) => Promise<ArrayBuffer>} ReadFile
 */

/**
 * Return a network's classifier.
 * @type {(name: string, read: ReadFile) => Promise<Model>}
 */
export async function loadModel(name, read) {
  const [description, weights, kernel] = await Promise.all([
    readJson(`networks/${name}.json`, read), read(`networks/${name}.bin`), loadKernel(read),
  ]);
  return { classifier: new Classifier(new Network(description.layers, weights, kernel), description), description };
}

/** @typedef {{ classifier: Classifier, description: NetworkDescription }} Model */

/** @type {(path: string, read: ReadFile) => Promise<any>} */
export const readJson = async (path, read) => JSON.parse(new TextDecoder().decode(await read(path)));

// Return null if the browser has no SIMD, or does not allow WebAssembly.
/** @param {ReadFile} read */
async function loadKernel(read) {
  try {
    return await WebAssembly.compile(await read("kernel.wasm"));
  } catch {
    return null;
  }
}
