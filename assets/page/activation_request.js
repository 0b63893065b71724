// The request for activations. The page sends it, or a worker of the page.

/** @import { ActivationsRequest } from "../shared/activations.js" */

import { post, toText } from "./requests.js";

/**
 * Return the bytes of the answer; see parseActivations.
 * @param {ActivationsRequest} wanted
 * @returns {Promise<ArrayBuffer>}
 */
export function requestActivations({ image, ...wanted }) {
  const body = image ? { ...wanted, image: toText(image) } : wanted;
  return post("activations", body, (response) => response.arrayBuffer());
}
