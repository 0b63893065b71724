// The sentences of the section.

/** @import { LayerMaps } from "../../shared/activations.js" */

import { number, text } from "../../shared/text.js";

const PIXELS = 28;
const STRONG = 64; // Half of the scale.

/** @param {LayerMaps} layer */
export function sizesText({ kind, width, height, count, maps }) {
  const shown = number(maps.length);
  if (kind === "units") return text("insideUnits", { shown, count: number(count) });
  return text("insideSizes", { width, height, shown, count: number(count) });
}

/** @param {LayerMaps} layer */
export function layerSentence({ window }) {
  return window && window.size < PIXELS - 1 ? text("insideSees", { size: window.size }) : text("insideSeesAll");
}

/**
 * Return the sentence for screen readers: how many of the shown maps change clearly, and which one most.
 * @type {(index: number, layer: LayerMaps) => string}
 */
export function layerLabel(index, layer) {
  const { maps, values, width, height } = layer;
  const strengths = maps.map((_, map) => {
    const cells = values.subarray(map * width * height, (map + 1) * width * height);
    return cells.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  });
  const strongest = strengths.indexOf(Math.max(...strengths));
  const key = strengths[strongest] > 0 ? "insideLabel" : "insideLabelBlank";
  return text(key, {
    step: index + 1, sizes: sizesText(layer), strong: strengths.filter((value) => value >= STRONG).length,
    map: maps[strongest],
  });
}
