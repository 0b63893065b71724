// Buttons that copy a link to the drawing, and that save the drawing as PNG or JSON.
// The link holds the drawing in its fragment, which browsers do not send to the server.
// props.value: after a click, the component sets {format}, which is "link", "png" or "json"; the page then sets
// {format, strokes} with the pad's drawing. If a link opened the page, the component sets {strokes} from the link.
// Emits "requested" after a click, and "linked" if the page was opened by a link.

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
  /** @type {string | null} the format that was requested last, until the page replies with the strokes */
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
  // Wait until the other components exist.
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
