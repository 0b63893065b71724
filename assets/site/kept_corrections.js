// The corrections of the static site. The browser keeps them, and the visitor can save them as a file of drawings.
//
// They stay in the local storage. If it is not available, they last until the page is left.

/** @import { LabeledDrawing } from "./drawings_file.js" */
/** @import { Stroke } from "../shared/strokes.js" */

import { save } from "../components/share/clipboard.js";
import { create, find } from "../shared/dom.js";
import { parseStrokes } from "../shared/drawing_json.js";
import { onPad, withinLimits } from "../shared/strokes.js";
import { followLanguage, number, text } from "../shared/text.js";
import { drawingsFile } from "./drawings_file.js";

const STORAGE_KEY = "corrections";
const MOST = 500; // Of more corrections, the newest stay. The local storage holds a few megabytes.
const LABEL = /^([0-9]{1,10}|not a digit)$/;

/** @type {(LabeledDrawing & { token: string })[]} */
let kept = read();
let count = kept.length;
let show = () => {};

/**
 * Keep a correction. The result has the token that deletes it.
 * @type {(strokes: Stroke[], label: string) => Promise<{ token: string }>}
 */
export async function keepCorrection(strokes, label) {
  const token = String(++count);
  const rounded = withinLimits(strokes).map((points) => points.map(([x, y]) => /** @type {[number, number]} */ ([onPad(x), onPad(y)])));
  change([...kept, { strokes: rounded, label, token }].slice(-MOST));
  return { token };
}

/** @param {string} token */
export async function forgetCorrection(token) {
  change(kept.filter((each) => each.token !== token));
}

/**
 * Show how many corrections are kept, with a button that saves them, and one that deletes them.
 * @param {Element} before the row follows this element
 */
export function showKeptCorrections(before) {
  const row = create("div", { id: "kept-corrections", hidden: true });
  row.innerHTML = '<span role="status"></span> <button type="button" class="save" data-text="saveCorrections"></button>'
    + ' <button type="button" class="delete" data-text="deleteCorrections"></button>';
  before.after(row);
  find(row, ".save").addEventListener("click", () => save(drawingsFile(kept), "corrections.npz"));
  find(row, ".delete").addEventListener("click", () => change([]));
  show = () => {
    row.hidden = kept.length === 0;
    find(row, "span").textContent = text("keptCorrections", { count: number(kept.length) });
  };
  followLanguage(row, show);
}

/** @param {typeof kept} next */
function change(next) {
  kept = next;
  try {
    if (kept.length === 0) localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, JSON.stringify(kept.map(({ strokes, label }) => ({ strokes, label }))));
  } catch {
    // The storage is full, or the browser's settings forbid it.
  }
  show();
}

// Another page of this site may have stored something else.
function read() {
  try {
    const list = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "[]");
    return list.flatMap((/** @type {any} */ each, /** @type {number} */ index) => (LABEL.test(each.label)
      ? [{ strokes: parseStrokes(JSON.stringify(each)), label: String(each.label), token: String(index + 1) }]
      : []));
  } catch {
    return [];
  }
}
