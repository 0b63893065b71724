// Buttons that copy a link to the drawing, and that save the drawing as PNG or JSON.
// The link holds the drawing in its fragment, which browsers do not send to the server.
// After a click, the component sets `props.value` to {format}, where the format is "link", "png" or "json", and emits
// "requested". The page then sets `props.value` to {format, strokes} with the pad's drawing.
// If the page was opened by a link to a drawing, the component sets `props.value` to {strokes} from the link, and emits
// "linked". If the link is damaged or too large, the component shows a sentence.

/** @import { Component } from "../../shared/dom.js" */
/** @import { Stroke } from "../../shared/strokes.js" */

import { context2d } from "../../shared/canvas.js";
import { create, find } from "../../shared/dom.js";
import { paintStrokes } from "../../shared/strokes.js";
import { followLanguage, text } from "../../shared/text.js";
import { decodeStrokes, encodeStrokes, MAX_LENGTH } from "./link.js";

const PICTURE_SIDE = 1024;
const MESSAGE_DURATION = 2000; // Milliseconds.
const KEY = "#drawing=";

/** @param {Component} component */
export function mount({ element, props, trigger, watch }) {
  const link = find(element, ".link");
  const message = find(element, ".message");
  const notice = find(element, ".notice");
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
    const drawing = encodeStrokes(strokes);
    if (drawing.length > MAX_LENGTH) return showNotice("linkTooLong");
    const address = location.href.split("#")[0] + KEY + drawing;
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

  // The text of a notice comes with the page's language, which may not be loaded yet.
  /** @param {string} key */
  function showNotice(key) {
    notice.dataset.text = key;
    notice.textContent = text(key);
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
    if (!location.hash.startsWith(KEY)) return;
    const strokes = decodeStrokes(location.hash.slice(KEY.length));
    if (!strokes) {
      // A long address would slow the page down.
      history.replaceState(null, "", location.href.split("#")[0]);
      return showNotice("linkRefused");
    }
    props.value = { strokes };
    trigger("linked");
  }

  for (const format of Object.keys(formats)) {
    find(element, `.${format}`).addEventListener("click", () => {
      requested = format;
      notice.textContent = "";
      delete notice.dataset.text;
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
