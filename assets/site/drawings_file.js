// Mirrors model/data/drawings.py: a file of labeled drawings, for `python train.py --with-drawings`.
//
// The file is a NumPy archive (.npz): an uncompressed ZIP file with one .npy file for each array.

/** @import { Stroke } from "../shared/strokes.js" */

import { rint } from "../engine/numeric.js";
import { boundingBox } from "../shared/strokes.js";

/** @typedef {{ strokes: Stroke[], label: string }} LabeledDrawing */

const UNITS = 1000; // The longer side of a drawing.
const WRITER = "visitor";
const HEADER_BLOCK = 64; // The header of a .npy file ends at a multiple of this number of bytes.

/**
 * Return the content of a file with drawings.
 * @param {LabeledDrawing[]} drawings
 * @returns {Blob}
 */
export function drawingsFile(drawings) {
  const strokes = drawings.flatMap(({ strokes }) => inUnits(strokes));
  const points = strokes.flat();
  const integers = (/** @type {number[]} */ values) => npy("<i4", [values.length], new Int32Array(values));
  const files = {
    points: npy("<i2", [points.length, 2], new Int16Array(points.flat())),
    stroke_lengths: integers(strokes.map(({ length }) => length)),
    drawing_lengths: integers(drawings.map(({ strokes }) => strokes.length)),
    labels: texts(drawings.map(({ label }) => label)),
    writers: texts(drawings.map(() => WRITER)),
  };
  return new Blob([zip(Object.entries(files).map(([name, content]) => [`${name}.npy`, content]))]);
}

// Return the strokes in whole units. The smallest x and y become 0, and the longer side becomes UNITS.
/** @param {Stroke[]} strokes */
function inUnits(strokes) {
  const { left, top, right, bottom } = boundingBox(strokes);
  const side = Math.max(right - left, bottom - top) || 1;
  return strokes.map((points) => points.map(([x, y]) => [x - left, y - top].map((value) => rint((value / side) * UNITS))));
}

// Return the content of a .npy file: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
/** @type {(type: string, shape: number[], values: ArrayBufferView) => Uint8Array} */
function npy(type, shape, values) {
  const sides = shape.map((side) => `${side},`).join(" ");
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sides}), }`;
  const start = 10; // Bytes before the text.
  const padding = HEADER_BLOCK - ((start + text.length + 1) % HEADER_BLOCK);
  const header = `${text}${" ".repeat(padding)}\n`;
  const content = new Uint8Array(start + header.length + values.byteLength);
  content.set([0x93, ...ascii("NUMPY"), 1, 0, header.length & 255, header.length >> 8]);
  content.set(ascii(header), start);
  content.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), start + header.length);
  return content;
}

// An array of texts has the same number of characters for each text, with four bytes for a character.
/** @param {string[]} words */
function texts(words) {
  const length = words.reduce((most, word) => Math.max(most, word.length), 1);
  const values = new Uint32Array(words.length * length);
  words.forEach((word, index) => values.set(ascii(word), index * length));
  return npy(`<U${length}`, [words.length], values);
}

/** @param {string} text */
const ascii = (text) => [...text].map((character) => character.charCodeAt(0));

// Return a ZIP file without compression: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
/** @param {[string, Uint8Array][]} files */
function zip(files) {
  /** @type {number[][]} */
  const entries = [];
  /** @type {Uint8Array[]} */
  const parts = [];
  let offset = 0;
  for (const [name, content] of files) {
    const sizes = [...long(crc32(content)), ...long(content.length), ...long(content.length)];
    const common = [...short(20), ...short(0), ...short(0), ...short(0), ...short(0x21), ...sizes, ...short(name.length)];
    const local = new Uint8Array([...ascii("PK"), 3, 4, ...common, ...short(0), ...ascii(name)]);
    entries.push([
      ...ascii("PK"), 1, 2, ...short(20), ...common, ...short(0), ...short(0), ...short(0), ...short(0), ...long(0),
      ...long(offset), ...ascii(name),
    ]);
    parts.push(local, content);
    offset += local.length + content.length;
  }
  const directory = new Uint8Array(entries.flat());
  const counts = [...short(files.length), ...short(files.length)];
  const end = [...ascii("PK"), 5, 6, ...short(0), ...short(0), ...counts, ...long(directory.length), ...long(offset), ...short(0)];
  return joined([...parts, directory, new Uint8Array(end)]);
}

/** @param {Uint8Array[]} parts */
function joined(parts) {
  const all = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/** @param {number} value */
const short = (value) => [value & 255, (value >> 8) & 255];

/** @param {number} value */
const long = (value) => [...short(value & 0xffff), ...short(value >>> 16)];

/** @param {Uint8Array} content */
function crc32(content) {
  let sum = 0xffffffff;
  for (const byte of content) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
