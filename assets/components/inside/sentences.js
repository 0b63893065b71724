// The sentences of the section.

/** @import { LayerMaps } from "../../shared/activations.js" */

import { number, text } from "../../shared/text.js";

const PIXELS = 28;
const STRONG = 64; // Half of the scale.

/** @param {LayerMaps} layer */
export function sizesText({ kind, width, height, count, maps }) {
  const shown = number(maps.length);
  if (kind === "units") return text("insideUnits", { shown, count: number(count) });
  if (kind === "products") return text("insideProducts");
  return text("insideSizes", { width, height, shown, count: number(count) });
}

/**
 * Return whether a cell of a layer sees only a part of the drawing.
 * @type {(layer: LayerMaps) => boolean}
 */
export const isLocal = ({ kind, window }) => kind === "maps" && window !== null && window.size < PIXELS - 1;

/** @param {LayerMaps} layer */
export function layerSentence(layer) {
  const { window, kind, weights } = layer;
  if (kind === "products") return text("insideProductsSee");
  if (kind === "units") return text(weights ? "insideUnitsSee" : "insideUnitsSeeAll");
  return window && isLocal(layer) ? text("insideSees", { size: window.size }) : text("insideSeesAll");
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

/** @type {(index: number, map: number, layer: LayerMaps) => string} */
export function mapTitle(index, map, { kind }) {
  if (kind === "products") return text("insideDigit", { map });
  return text("insideTitle", { step: index + 1, name: text(kind === "units" ? "insideUnit" : "insideMap", { map }) });
}

/** @type {(layer: LayerMaps, cell: number) => string} */
export function cellSentence(layer, cell) {
  const { kind, values, scale, window, weights } = layer;
  if (kind === "products") return text("insideProduct");
  const value = signed((values[cell] * scale) / 127);
  if (kind === "units") return text(weights ? "insideUnitChange" : "insideUnitOnly", { value });
  const sees = window && isLocal(layer) ? text("insideCellSees", { size: window.size }) : text("insideCellSeesAll");
  return text("insideCell", { change: text("insideChange", { value }), sees });
}

/**
 * Format a number with its sign. Zero has no sign.
 * @type {(value: number, decimals?: number) => string}
 */
export function signed(value, decimals = 2) {
  const digits = number(Math.abs(value), decimals);
  if (digits === number(0, decimals)) return digits;
  return `${value > 0 ? "+" : "−"}${digits}`;
}
