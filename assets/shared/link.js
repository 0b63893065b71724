// Encode a drawing as text for a link, and decode such a text.
//
// Coordinates are integers, in thousandths of the pad's side. A stroke is encoded as the number of points, followed by
// the differences of x and y between each point and the previous point of the drawing. The point before the first point
// counts as (0, 0).
// Each integer is written in base 32, least significant digit first. Each base-32 digit is one letter of ALPHABET. The
// letter stands for six bits: five bits of the integer, and a sixth bit that is set if the integer has more digits.
//
// The text begins with a point and a checksum of four letters. A text without them comes from an earlier version, which
// had no checksum.

/** @import { Point, Stroke } from "./strokes.js" */

import { MAX_POINTS, MAX_STROKES } from "./strokes.js";
import { simplified } from "./simplify.js";

/** Maximum length of a text to decode. Earlier versions made links of this length. */
export const MAX_LENGTH = 65_536;
/** Maximum length of a new link, with the page's address. Many programs cut longer links. */
export const MAX_LINK = 8192;
const CHECKSUM_LENGTH = 4;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** @param {Stroke[]} strokes */
export function encodeStrokes(strokes) {
  const text = encoded(strokes);
  return `.${checksum(text)}${text}`;
}

/**
 * Return a link with a drawing. If it would be too long, simplify the drawing. Return null if it has too many strokes.
 * @param {string} start the link up to the drawing
 * @param {Stroke[]} strokes
 */
export function linkTo(start, strokes) {
  if (strokes.length > MAX_STROKES) return null;
  const fewer = simplified(strokes, (some) => start.length + encodeStrokes(some).length <= MAX_LINK);
  return fewer && start + encodeStrokes(fewer);
}

/**
 * Return the strokes, or null if the text is not an encoded drawing, or if the drawing is too large.
 * @param {string} text
 * @returns {Stroke[] | null}
 */
export function decodeStrokes(text) {
  if (text.length > MAX_LENGTH) return null;
  if (!text.startsWith(".")) return decoded(text);
  const [sum, drawing] = [text.slice(1, 1 + CHECKSUM_LENGTH), text.slice(1 + CHECKSUM_LENGTH)];
  return sum === checksum(drawing) ? decoded(drawing) : null;
}

// Return the lower 24 bits of the hash FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) as four letters.
/** @param {string} text */
function checksum(text) {
  let hash = 2_166_136_261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619);
  return [0, 6, 12, 18].map((shift) => ALPHABET[(hash >>> shift) & 63]).join("");
}

/** @param {Stroke[]} strokes */
function encoded(strokes) {
  let text = "";
  let [left, top] = [0, 0];
  const write = (/** @type {number} */ whole) => {
    // The lowest bit holds the sign: 0, -1, 1, -2 become 0, 1, 2, 3.
    for (let rest = whole < 0 ? -2 * whole - 1 : 2 * whole; ; rest >>= 5) {
      text += ALPHABET[(rest & 31) | (rest > 31 ? 32 : 0)];
      if (rest <= 31) return;
    }
  };
  for (const points of strokes) {
    write(points.length);
    for (const [x, y] of points.map((point) => point.map((value) => Math.round(1000 * value)))) {
      write(x - left);
      write(y - top);
      [left, top] = [x, y];
    }
  }
  return text;
}

/**
 * @param {string} text
 * @returns {Stroke[] | null}
 */
function decoded(text) {
  const numbers = [];
  let [value, shift] = [0, 0];
  for (const letter of text) {
    const bits = ALPHABET.indexOf(letter);
    if (bits < 0 || shift > 25) return null;
    value |= (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value & 1 ? -(value + 1) / 2 : value / 2);
    [value, shift] = [0, 0];
  }
  if (numbers.length > 2 * MAX_POINTS + MAX_STROKES) return null;
  const strokes = [];
  let [x, y, at] = [0, 0, 0];
  while (at < numbers.length) {
    const end = at + 1 + 2 * numbers[at++];
    if (end <= at || end > numbers.length || strokes.length === MAX_STROKES) return null;
    /** @type {Point[]} */
    const points = [];
    for (; at < end; at += 2) points.push([(x += numbers[at]) / 1000, (y += numbers[at + 1]) / 1000]);
    strokes.push(points);
  }
  const onPad = strokes.flat(2).every((value) => value >= 0 && value <= 1);
  return shift === 0 && onPad && strokes.length > 0 ? strokes : null;
}
