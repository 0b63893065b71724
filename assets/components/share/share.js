// Buttons that copy a link to the drawing, and that save the drawing as PNG or JSON.
// The link holds the drawing in its fragment, which browsers do not send to the server.
// After a click, the component sets `props.value` to {format}, where the format is "link", "png" or "json", and emits
// "requested". The page then sets `props.value` to {format, strokes} with the pad's drawing.
// If the page was opened by a link to a drawing, the component sets `props.value` to {strokes} from the link, and emits
// "linked".

/** @import { Component } from "../../shared/dom.js" */
/** @import { Stroke } from "../../shared/strokes.js" */

import { context2d } from "../../shared/canvas.js";
import { create, find } from "../../shared/dom.js";
import { paintStrokes } from "../../shared/strokes.js";
import { followLanguage, text } from "../../shared/text.js";
import { decodeStrokes, encodeStrokes } from "./link.js";

const PICTURE_SIDE = 1024;
const MESSAGE_DURATION = 2000; // Milliseconds.
const KEY = "#drawing=";

/** @param {Component} component */
export function mount({ element, props, trigger, watch }) {
  const link = find(element, ".link");
  const message = find(element, ".message");
  /** @type {string | null} the format of the last click; null after the page has set the strokes */
  let requested = null;

  /** @type {Record<string, (strokes: Stroke[]) => void>} */
  const formats = {
    link: copyLink,
    png: (strokes) => picture(strokes).toBlob((blob) => blob && save(blob, "drawing.png")),
    json: (strokes) => save(new Blob([JSON.stringify({ strokes })], { type: "application/json" }), "drawing.json"),
  };

  /** @param {Stroke[]} strokes */
  async function copyLink(strokes) {
    const address = location.href.split("#")[0] + KEY + encodeStrokes(strokes);
    history.replaceState(null, "", address);
    try {
      await navigator.clipboard.writeText(address);
      showMessage(text("linkCopied"));
    } catch {
      showMessage(text("linkAbove"));
    }
  }

  /** @param {string} words */
  function showMessage(words) {
    link.textContent = message.textContent = words;
    setTimeout(clearMessage, MESSAGE_DURATION);
  }

  function clearMessage() {
    link.textContent = text("link");
    message.textContent = "";
  }

  function share() {
    const { format, strokes } = props.value || {};
    if (!requested || format !== requested || !strokes) return;
    requested = null;
    if (strokes.length > 0) formats[format](strokes);
  }

  function openLink() {
    const strokes = location.hash.startsWith(KEY) && decodeStrokes(location.hash.slice(KEY.length));
    if (!strokes) return;
    props.value = { strokes };
    trigger("linked");
  }

  for (const format of Object.keys(formats)) {
    find(element, `.${format}`).addEventListener("click", () => {
      requested = format;
      props.value = { format };
      trigger("requested");
    });
  }
  watch("value", share);
  followLanguage(element, clearMessage);
  // Open the link after the other components exist.
  setTimeout(openLink);
}

/** @param {Stroke[]} strokes */
function picture(strokes) {
  const canvas = create("canvas", { width: PICTURE_SIDE, height: PICTURE_SIDE });
  const context = context2d(canvas);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, PICTURE_SIDE, PICTURE_SIDE);
  paintStrokes(context, strokes, PICTURE_SIDE);
  return canvas;
}

/** @type {(blob: Blob, name: string) => void} */
function save(blob, name) {
  const address = URL.createObjectURL(blob);
  create("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), MESSAGE_DURATION);
}
