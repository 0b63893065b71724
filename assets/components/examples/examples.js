// A row of example drawings and a button to choose a picture. A visitor can also paste or drop a picture on the page.
// The component sets `props.value` to {strokes} with the strokes of an example, or to {picture} with the object URL of
// a picture.
// The list `props.examples` has the form [{name, strokes}, …]. The text of an example has the key “example <name>”.
// Emits "input" when the visitor chooses an example or a picture.

/** @import { Component } from "../../shared/dom.js" */
/** @import { Drawing, Stroke } from "../../shared/strokes.js" */

import { create, find } from "../../shared/dom.js";
import { boundingBox } from "../../shared/strokes.js";
import { followLanguage, text } from "../../shared/text.js";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 0.06; // Space around an example, as a fraction of the pad's side.

/** @param {Component} component */
export function mount({ element, props, trigger }) {
  const file = find(element, "input", HTMLInputElement);
  const notice = find(element, ".notice");

  /** @param {Drawing} value */
  function choose(value) {
    notice.textContent = "";
    props.value = value;
    trigger("input");
  }

  /** @param {FileList | null | undefined} files */
  function choosePicture(files) {
    const first = files?.[0];
    if (!first) return false;
    if (props.value?.picture) URL.revokeObjectURL(props.value.picture);
    choose({ picture: URL.createObjectURL(first) });
    return true;
  }

  function show() {
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
    choosePicture(file.files);
    file.value = ""; // Without this reset, a visitor who chooses one file twice would cause only one event.
  });
  receivePictures(element, choosePicture, () => {
    notice.textContent = text("pictureAddress");
  });
  followLanguage(element, show);
}

// Accept pictures that are pasted, or dropped anywhere on the page, until the component is removed from the page. From
// another site, a browser may drop only the address of a picture. The page cannot load it: `refuse` tells the visitor.
/** @type {(element: HTMLElement, choosePicture: (files: FileList | undefined) => boolean, refuse: () => void) => void} */
function receivePictures(element, choosePicture, refuse) {
  /** @param {ClipboardEvent} event */
  function paste(event) {
    if (!element.isConnected) return document.removeEventListener("paste", paste);
    if (choosePicture(event.clipboardData?.files)) event.preventDefault();
  }

  /** @param {DragEvent} event */
  function drop(event) {
    if (!element.isConnected) return document.removeEventListener("drop", drop);
    if (!accepts(event)) return;
    event.preventDefault();
    if (!choosePicture(event.dataTransfer?.files)) refuse();
  }

  document.addEventListener("paste", paste);
  document.addEventListener("drop", drop);
  document.addEventListener("dragover", (event) => {
    // Without this call, the browser would open the dropped file in place of the page.
    if (accepts(event)) event.preventDefault();
  });
}

/** @param {DragEvent} event */
function accepts({ dataTransfer }) {
  return ["Files", "text/uri-list"].some((type) => dataTransfer?.types.includes(type));
}

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
