// Mirrors the parts of web/api.py about the inner layers: the inside of each network, the effect of the ink on a cell, and
// the cut-outs. A result is null if the network has no inner layers.

/** @import { Cutouts } from "../shared/activations.js" */
/** @import { CellRequest } from "../shared/occlusion.js" */
/** @import { Model, ReadFile } from "./model.js" */

import { InsideNetwork } from "./activations.js";
import { occludeScore } from "./occlusion.js";

/** @typedef {ReturnType<typeof occludeScore>} Occluded */

export class InsideNetworks {
  /** @type {Map<string, InsideNetwork>} */
  #networks = new Map();

  /** @type {(model: Model) => InsideNetwork | null} */
  of({ classifier, description: { name, inside } }) {
    if (!inside) return null;
    const network = this.#networks.get(name) ?? new InsideNetwork(classifier, name, inside);
    this.#networks.set(name, network);
    return network;
  }

  /**
   * Return how a cell changes if the ink of a block is erased.
   * @type {(model: Model, request: CellRequest) => Occluded | null}
   */
  sensitivity(model, { image, ...wanted }) {
    const inside = this.of(model);
    const ink = Float32Array.from(image, (byte) => byte / 255);
    return inside && occludeScore((version) => inside.cell(version, wanted), ink, false);
  }

  /**
   * Return the cut-outs of a layer.
   * @type {(model: Model, layer: number, read: ReadFile) => Promise<Cutouts | null>}
   */
  async cutouts(model, layer, read) {
    const inside = this.of(model);
    const found = inside?.cutouts(layer);
    if (!found) return inside && { maps: [], count: 0, size: 0, picture: new ArrayBuffer(0) };
    return { ...found, picture: await read(`networks/${model.description.name}.cutouts-${layer}.webp`) };
  }
}
