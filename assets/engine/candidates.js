// Mirrors model/inference/candidates.py: the groups of a drawing that could be digits, normalized for the network.

/** @import { Stroke } from "../shared/strokes.js" */
/** @import { Doubt, SignReading } from "./answer.js" */
/** @import { Box } from "./geometry.js" */
/** @import { Group } from "./segmentation.js" */
/** @import { Row } from "./signs.js" */

import { enclosing, hasTwoLines } from "./enclosures.js";
import { boundingBox, longerSide } from "./geometry.js";
import { normalize } from "./normalization.js";
import { range } from "./numeric.js";
import { groupsOfStrokes, MAX_MARKS } from "./segmentation.js";
import { findSigns, POINT, UNKNOWN } from "./signs.js";
import { rasterize } from "./strokes.js";

const DOT = 0.03;

/**
 * The groups of a drawing that could be digits. `images`, `boxes` and `strokes` have a value for each group.
 * @typedef {object} Candidates
 * @property {Group[]} groups
 * @property {Float32Array[]} images
 * @property {Box[]} boxes
 * @property {number[][]} strokes
 * @property {Stroke[]} marks the strokes to which `Group.marks` refers
 * @property {SignReading[]} signs
 * @property {Doubt | null} doubt
 * @property {Candidates | null} whole the candidates with the ring or the underline; these candidates are without it
 * @property {boolean} isDot
 */

/**
 * Returns the normalized image of some strokes.
 * @typedef {(strokes: Stroke[]) => Float32Array} ImageOf
 */

/** @type {ImageOf} */
export const imageOf = (strokes) => normalize(rasterize(strokes));

/**
 * Return the candidates of a drawing.
 * @param {Stroke[]} strokes none of them is empty
 * @param {ImageOf} image returns the image of a group
 * @returns {Candidates}
 */
export function candidatesOf(strokes, image = imageOf) {
  const boxes = strokes.map((stroke) => boundingBox([stroke]));
  const ring = strokes.length <= MAX_MARKS ? enclosing(strokes, boxes) : { index: null, isCertain: false };
  const everything = range(strokes.length);
  const some = (/** @type {number[]} */ chosen, /** @type {Candidates | null} */ whole) =>
    ofSome(strokes, boxes, chosen, whole, image);
  if (ring.index === null) return some(everything, null);
  return some(everything.filter((i) => i !== ring.index), ring.isCertain ? null : some(everything, null));
}

// Return the candidates of some strokes of a drawing, given by their indices.
/**
 * @param {Stroke[]} strokes
 * @param {Box[]} boxes
 * @param {number[]} chosen
 * @param {Candidates | null} whole
 * @param {ImageOf} image
 * @returns {Candidates}
 */
function ofSome(strokes, boxes, chosen, whole, image) {
  /** @type {Row} */
  const row = chosen.length > MAX_MARKS
    ? { digits: range(chosen.length), signs: [], ignored: [] }
    : findSigns(chosen.map((i) => boxes[i]));
  const digits = row.digits.map((i) => chosen[i]);
  const marks = digits.map((i) => strokes[i]);
  const groups = groupsOfStrokes(marks);
  const parts = groups.map((group) => group.marks.map((i) => marks[i]));
  const signs = row.signs.map(({ kind, marks }) => {
    const indices = marks.map((i) => chosen[i]);
    return { kind, box: boundingBox(indices.map((i) => strokes[i])), strokes: indices };
  });
  return {
    groups, marks, signs, whole,
    images: parts.map(image),
    boxes: parts.map(boundingBox),
    strokes: groups.map((group) => group.marks.map((i) => digits[i])),
    doubt: doubtOf(digits.map((i) => boxes[i]), signs),
    isDot: strokes.length > 0 && longerSide(strokes) < DOT,
  };
}

/** @type {(boxes: Box[], signs: SignReading[]) => Doubt | null} */
function doubtOf(boxes, signs) {
  if (hasTwoLines(boxes)) return "two lines";
  const kinds = signs.map(({ kind }) => kind);
  return kinds.includes(UNKNOWN) || kinds.filter((kind) => kind === POINT).length > 1 ? "sign" : null;
}
