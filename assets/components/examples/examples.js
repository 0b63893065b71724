// A row of example drawings and a button to open a file: a picture, or a drawing that was saved as JSON. A visitor can
// also paste a file or the text of a drawing, or drop it on the page.
// The component sets `props.value` to {strokes} with the strokes of an example or a file, or to {picture} with the object
// URL of a picture.
// The list `props.examples` has the form [{name, strokes}, …]. The text of an example has the key “example <name>”.
// Emits "input" when the visitor chooses an example or a file. If a file cannot be opened, the component says why.

/** @import { Component } from "../../shared/dom.js" */
/** @import { Drawing, Stroke } from "../../shared/strokes.js" */

import { create, find } from "../../shared/dom.js";
import { DrawingError, MAX_BYTES, parseStrokes } from "../../shared/drawing_json.js";
import { boundingBox } from "../../shared/strokes.js";
import { followLanguage, number, text } from "../../shared/text.js";
import { receiveFiles } from "./received_files.js";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 0.06; // Space around an example, as a fraction of the pad's side.

/** @param {Component} component */
export function mount({ element, props, trigger }) {
  const file = find(element, "input", HTMLInputElement);
  const notice = find(element, ".notice");

  /** @type {DrawingError | null} the reason why the last file was not opened */
  let problem = null;
  /** @type {File | null} the file that is being read */
  let reading = null;

  /** @param {Drawing} value */
  function choose(value) {
    complain(null);
    props.value = value;
    trigger("input");
  }

  /** @param {DrawingError | null} error */
  function complain(error) {
    problem = error;
    reading = null;
    notice.textContent = error ? sentence(error) : "";
  }

  /** @param {File} opened */
  async function openFile(opened) {
    if (!isDrawing(opened)) return choose({ picture: URL.createObjectURL(opened) });
    if (opened.size > MAX_BYTES) return complain(new DrawingError("drawingTooLarge"));
    reading = opened;
    const json = await opened.text().catch(() => null);
    if (reading !== opened) return; // The visitor has chosen something else while the file was read.
    if (json === null) complain(new DrawingError("fileLost"));
    else openText(json);
  }

  /** @param {string} json */
  function openText(json) {
    try {
      choose({ strokes: parseStrokes(json) });
    } catch (error) {
      if (!(error instanceof DrawingError)) throw error;
      complain(error);
    }
  }

  function show() {
    if (problem) complain(problem);
    const label = find(element, ".picture");
    file.title = label.title = file.ariaLabel = text("picture");
    find(element, ".drawings").replaceChildren(...props.examples.map(exampleButton));
  }

  /** @param {{ name: string, strokes: Stroke[] }} example */
  function exampleButton({ name, strokes }) {
    const title = text(`example ${name}`);
    const button = create("button", { type: "button", title, ariaLabel: title }, sketch(strokes));
    button.addEventListener("click", () => choose({ strokes }));
    return button;
  }

  file.addEventListener("change", () => {
    if (file.files?.length) openFile(file.files[0]);
    file.value = ""; // Without this reset, a visitor who chooses one file twice would cause only one event.
  });
  receiveFiles(element, { openFile, openText, refuse: () => complain(new DrawingError("pictureAddress")) });
  followLanguage(element, show);
}

/** @param {File} file */
const isDrawing = ({ type, name }) => /json|^text\//.test(type) || /\.(json|txt)$/i.test(name);

/** @param {DrawingError} error */
const sentence = ({ key, values }) =>
  text(key, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, number(value)])));

/** @param {Stroke[]} strokes */
function sketch(strokes) {
  const svg = document.createElementNS(SVG, "svg");
  const { left, top, right, bottom } = boundingBox(strokes);
  const sides = [left - MARGIN, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN];
  svg.setAttribute("viewBox", sides.join(" "));
  svg.setAttribute("aria-hidden", "true");
  for (const stroke of strokes) {
    const path = document.createElementNS(SVG, "polyline");
    path.setAttribute("points", stroke.map((point) => point.join(",")).join(" "));
    svg.append(path);
  }
  return svg;
}
