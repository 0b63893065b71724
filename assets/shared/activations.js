// Types of /api/activations, and the parser of its answer. docs/api.md describes the fields.

/** @import { Stroke } from "./strokes.js" */

/**
 * @typedef {object} ActivationsRequest
 * @property {Uint8Array} [image] the 28×28 image of a reading
 * @property {Stroke[]} [strokes] in place of an image
 * @property {string | null} [model] the name of a network; null for the network of the page
 * @property {[number, number][]} [silenced] pairs of a layer and a map
 * @property {number | null} [layer] the layer of which all maps are wanted
 * @property {boolean} [ledger]
 * @property {boolean} [weights]
 */

/**
 * The result of one pass through a network.
 * @typedef {object} Outcome
 * @property {number[]} logits
 * @property {number[]} probabilities the probability of each digit, given that the drawing is a digit
 * @property {number} no_digit
 */

/**
 * One layer. `values` has height × width signed bytes for each of `maps`: what the ink changes against the empty pad.
 * @typedef {object} LayerMaps
 * @property {string} name
 * @property {"maps" | "units" | "products"} kind
 * @property {number} height
 * @property {number} width
 * @property {number} count number of all maps of the layer
 * @property {number[]} maps indices of the maps in `values`
 * @property {{ size: number, step: number, start: number } | null} window the square of the image that a cell sees
 * @property {number} scale the change of a byte of 127
 * @property {Int8Array} values
 * @property {Int8Array | null} weights 28×28 signed bytes for each of `maps`, if they were wanted
 */

/**
 * The logits as sums. `rows[k]` holds what each map of the last layer adds to the logit k.
 * @typedef {object} Ledger
 * @property {number[]} empty the logits of the empty pad
 * @property {boolean} centered whether these are logits less their mean
 * @property {number[]} strongest
 * @property {Float32Array[]} rows
 */

/**
 * @typedef {object} Activations
 * @property {string} model
 * @property {boolean} measured whether maps and scales were chosen on images of digits
 * @property {Outcome} outcome
 * @property {Outcome | null} silenced the outcome with silenced maps
 * @property {LayerMaps[]} layers
 * @property {Ledger | null} ledger
 * @property {Uint8Array | null} image the normalized image, if the request had strokes
 */

/**
 * The parts of training images that change the maps of a layer most.
 * @typedef {object} Cutouts
 * @property {number[]} maps the numbers of the maps that have cut-outs, one map for each row of the picture; empty without a picture
 * @property {number} count cut-outs in a row
 * @property {number} size their side in pixels
 * @property {ArrayBuffer} picture WebP, dark ink on light paper
 */

const PIXELS = 28 * 28;

/**
 * @param {ArrayBuffer} buffer
 * @returns {Activations}
 */
export function parseActivations(buffer) {
  const { header, start } = parseHeader(buffer);
  const signed = (/** @type {number} */ offset, /** @type {number} */ count) => new Int8Array(buffer, start + offset, count);
  return {
    ...header,
    layers: header.layers.map((/** @type {any} */ layer) => ({
      ...layer,
      values: signed(layer.offset, layer.maps.length * layer.height * layer.width),
      weights: layer.weights && signed(layer.weights.offset, layer.maps.length * PIXELS),
    })),
    ledger: header.ledger && { ...header.ledger, rows: rowsOf(buffer, start, header.ledger) },
    image: header.image === null ? null : new Uint8Array(buffer, start + header.image, PIXELS),
  };
}

/**
 * @param {ArrayBuffer} buffer
 * @returns {Cutouts}
 */
export function parseCutouts(buffer) {
  const { header, start } = parseHeader(buffer);
  return { ...header, picture: buffer.slice(start) };
}

/** @param {ArrayBuffer} buffer */
function parseHeader(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  return { header, start: 4 + length };
}

/** @type {(buffer: ArrayBuffer, start: number, ledger: { offset: number, columns: number, empty: number[] }) => Float32Array[]} */
const rowsOf = (buffer, start, { offset, columns, empty }) =>
  empty.map((_, row) => new Float32Array(buffer, start + offset + 4 * row * columns, columns));

/**
 * Return a layer with only some of its maps.
 * @param {LayerMaps} layer
 * @param {number[]} maps
 * @returns {LayerMaps}
 */
export function withMaps(layer, maps) {
  const size = layer.width * layer.height;
  const values = new Int8Array(maps.length * size);
  const weights = layer.weights && new Int8Array(maps.length * PIXELS);
  maps.forEach((map, to) => {
    const from = layer.maps.indexOf(map);
    values.set(layer.values.subarray(from * size, (from + 1) * size), to * size);
    weights?.set(/** @type {Int8Array} */ (layer.weights).subarray(from * PIXELS, (from + 1) * PIXELS), to * PIXELS);
  });
  return { ...layer, maps, values, weights };
}
