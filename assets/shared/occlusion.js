// What the erasures and the added dots say, in sentences.

/**
 * The result of /occlusion for one digit: the score of the answer, and its change for each of 7×7 blocks.
 * @typedef {object} Occlusion
 * @property {number | null} digit the answer; null for “not a digit”
 * @property {number | null} contrast the digit that the answer is compared with; null for all other outcomes
 * @property {number} score above 0 if the answer leads
 * @property {number[]} erased the change without the ink of a block
 * @property {number[] | null} added the change with a dot in a block
 */

/**
 * A request for the effect of the ink on one cell of an inner layer.
 * @typedef {object} CellRequest
 * @property {Uint8Array} image the 28×28 image of a reading
 * @property {string | null} model the name of a network; null for the network of the page
 * @property {[number, number][]} silenced pairs of a layer and a map
 * @property {[number, number, number]} cell layer, map, and cell, counted row by row
 */

import { number, text } from "./text.js";

/** The number of blocks in each direction. */
export const BLOCKS = 7;

/**
 * Return the index of the block that the answer needs most.
 * @param {Occlusion} occlusion
 */
export const strongestBlock = ({ erased }) => erased.indexOf(Math.min(...erased));

const SIDE = 28;
const BLOCK = SIDE / BLOCKS;

/**
 * Return what each pixel of an image adds to a score, from -127 to 127: above 0 where the score falls without the ink of
 * the pixel's block.
 * @type {(erased: number[], image: Uint8Array, scale: number) => Int8Array} scale: the change that is shown as 127
 */
export function evidenceOf(erased, image, scale) {
  return Int8Array.from(image, (ink, pixel) => {
    const block = Math.floor(pixel / SIDE / BLOCK) * BLOCKS + Math.floor((pixel % SIDE) / BLOCK);
    const part = Math.min(1, Math.max(-1, -erased[block] / scale));
    return Math.round((127 * part * ink) / 255);
  });
}

/**
 * Return by how much the answer leads.
 * @param {Occlusion} occlusion
 */
export function leadText(occlusion) {
  const lead = sentence("Lead", occlusion, occlusion.score);
  return lead.slice(0, 1).toLocaleUpperCase() + lead.slice(1);
}

/**
 * Return by how much the answer leads without the ink of a block.
 * @type {(occlusion: Occlusion, index: number, isDot?: boolean) => string} isDot: with a dot in the block instead
 */
export function withoutText(occlusion, index, isDot = false) {
  const change = isDot && occlusion.added ? occlusion.added[index] : occlusion.erased[index];
  if (change === 0) return text("erasuresNothing");
  return sentence(isDot ? "Dot" : "Without", occlusion, occlusion.score + change);
}

/** @type {(kind: "Lead" | "Without" | "Dot", occlusion: Occlusion, score: number) => string} */
function sentence(kind, { digit, contrast }, score) {
  const answer = digit === null ? text("quotedNoDigit") : String(digit);
  const other = contrast === null ? text("erasuresOthers") : String(contrast);
  const [leader, loser] = score >= 0 ? [answer, other] : [other, answer];
  return text(`erasures${kind}`, { leader, loser, score: number(Math.abs(score), 1) });
}
