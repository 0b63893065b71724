// Mirrors model/preprocessing/trace.py: the intermediate images of normalization, for display.

/** @import { Stroke } from "../shared/strokes.js" */
/** @import { Ink } from "./strokes.js" */

import { center, crop, fit, IMAGE_SIDE } from "./normalization.js";
import { rasterize } from "./strokes.js";

/**
 * Return the image after each step of normalizing one digit, in order; nothing if nothing is drawn.
 * @param {Stroke[]} strokes
 * @returns {Record<string, Ink>}
 */
export function traceStrokes(strokes) {
  const ink = rasterize(strokes);
  const cropped = crop(ink);
  if (cropped.values.length === 0) return {};
  const fitted = fit(cropped);
  return { ink, cropped, fitted, centred: { width: IMAGE_SIDE, height: IMAGE_SIDE, values: center(fitted) } };
}
