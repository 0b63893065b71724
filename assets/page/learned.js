// What the page has learned from this visitor: up to five corrected drawings. They are sent with each drawing.
//
// The browser keeps them in its local storage. If the storage is not available, they last until the page is left.
// Examples that another network has made have no effect, so the page forgets them.

import { parseLearned } from "../shared/learned_json.js";

/**
 * A corrected drawing. `example` is the answer of /learn, which the page sends unchanged. `image` is the 28×28 image, as
 * base64 text.
 * @typedef {object} Learned
 * @property {number} id
 * @property {string} image
 * @property {import("../shared/learned_json.js").Example} example
 */

/** The server accepts this number of examples: web/schemas/requests.py. */
export const MAX_EXAMPLES = 5;
const STORAGE_KEY = "learned";

/** @type {Set<() => void>} */
const followers = new Set();
let ids = 0;
/** @type {Learned[]} the oldest first */
let kept = read();
let isStored = true;

/** Return the examples to send with a drawing. */
export const examples = () => kept.map(({ example }) => example);

/** Return what the page has learned, the oldest first. */
export const learned = () => kept;

/** Return whether the browser keeps the examples for the next visit. */
export const isKept = () => isStored;

/**
 * Call a function after each change.
 * @param {() => void} changed
 */
export const followLearned = (changed) => followers.add(changed);

/**
 * Keep a new example, and return its id. If there are more than five, the oldest is forgotten.
 * @type {(example: Learned["example"], image: string) => number}
 */
export function keep(example, image) {
  change([...kept, { id: ++ids, image, example }].slice(-MAX_EXAMPLES));
  return ids;
}

/** @param {number} id */
export const forget = (id) => change(kept.filter((each) => each.id !== id));

export const forgetAll = () => change([]);

/**
 * Forget the examples that another network has made.
 * @param {string | null} network the short hash of the server's network; null if it cannot learn
 */
export function keepNetwork(network) {
  const own = kept.filter(({ example }) => example.network === network);
  if (own.length < kept.length) change(own);
}

/** @param {Learned[]} next */
function change(next) {
  kept = next;
  write();
  for (const changed of followers) changed();
}

function write() {
  try {
    if (kept.length === 0) localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, JSON.stringify(kept.map(({ image, example }) => ({ image, example }))));
    isStored = true;
  } catch {
    isStored = false; // The storage is full, or the browser's settings forbid it.
  }
}

/** @returns {Learned[]} */
function read() {
  try {
    return parseLearned(localStorage.getItem(STORAGE_KEY)).slice(-MAX_EXAMPLES).map((each) => ({ id: ++ids, ...each }));
  } catch {
    return [];
  }
}
