// The part of the API client about the cells and maps of inner layers.

/** @import { Cutouts } from "../shared/activations.js" */
/** @import { CellRequest, Occlusion } from "../shared/occlusion.js" */

import { parseCutouts } from "../shared/activations.js";
import { localApi, post, toText } from "./api_client.js";

/**
 * Return the parts of training images that change the maps of a layer most.
 * @type {(model: string, layer: number) => Promise<Cutouts>}
 */
export async function cutouts(model, layer) {
  const local = localApi();
  if (local.cutouts) return local.cutouts(model, layer);
  return parseCutouts(await post("cutouts", { model, layer }, (response) => response.arrayBuffer()));
}

/**
 * Return how a cell of an inner layer changes if the ink of a block is erased.
 * @param {CellRequest} wanted
 * @returns {Promise<Pick<Occlusion, "erased">>}
 */
export async function sensitivity({ image, ...wanted }) {
  const local = localApi();
  if (local.sensitivity) return local.sensitivity({ image, ...wanted });
  return post("occlusion", { ...wanted, image: toText(image), digit: null });
}
