// Mirrors model/inference/forward_pass.py: from images to logits, with test-time augmentation for unsure images.

/** @import { Network } from "./network.js" */

import { transform } from "./augmentation.js";
import { softmax } from "./calibration.js";
import { largest } from "./numeric.js";

const SINGLE_VIEW_CONFIDENCE = 0.98;
/** @type {[number, number, number, number][]} angle, slant, left, up */
const VIEWS = [
  [0.105, 0, 0.8, 0],
  [-0.105, 0, -0.8, 0],
  [0, 0.1, 0, 0.8],
  [0, -0.1, 0, -0.8],
];

/**
 * Return the logits of an image. With test-time augmentation, the logits of an unsure image are logarithms of the mean
 * probabilities over the image and its views.
 * @type {(network: Network, image: Float32Array, hasAugmentation: boolean) => Float32Array}
 */
export function forwardPass(network, image, hasAugmentation) {
  const logits = network.forward(image);
  if (!hasAugmentation) return logits;
  const own = softmax(logits);
  if (largest(own) >= SINGLE_VIEW_CONFIDENCE) return logits;
  const views = VIEWS.map((view) => softmax(network.forward(transform(image, ...view))));
  return Float32Array.from(own, (share, i) =>
    Math.log(views.reduce((total, view) => total + view[i], share) / (VIEWS.length + 1) + 1e-30));
}
