// What the page has learned from the visitor's corrections: a small picture for each, which a click removes.
// The value `props.network` is the short hash of the server's network, or null if the network cannot learn.
// Emits "changed" when the page has learned or forgotten something. The page then reads the drawing again.

/** @import { Component } from "../../shared/dom.js" */
/** @import { Learned } from "../../page/learned.js" */

import { toBytes } from "../../page/requests.js";
import { followLearned, forget, forgetAll, isKept, keepNetwork, learned } from "../../page/learned.js";
import { paintInk } from "../../shared/canvas.js";
import { create, find } from "../../shared/dom.js";
import { followLanguage, text } from "../../shared/text.js";
import { nameOf } from "../correction/sentences.js";

/** @param {Component} component */
export function mount({ element, props, trigger }) {
  const [row, kept, note] = [find(element, ".row"), find(element, ".kept"), find(element, ".note")];

  function show() {
    const examples = learned();
    const focused = [...kept.children].findIndex((button) => button === document.activeElement);
    kept.replaceChildren(...examples.map(button));
    row.hidden = note.hidden = examples.length === 0;
    note.textContent = text(isKept() ? "knowsNote" : "knowsForNow");
    // The button of the removed drawing had the focus. The next one gets it.
    if (focused >= 0) /** @type {HTMLElement | null} */ (kept.children[Math.min(focused, examples.length - 1)])?.focus();
  }

  followLearned(() => {
    if (!element.isConnected) return;
    show();
    trigger("changed");
  });
  find(element, ".all").addEventListener("click", forgetAll);
  keepNetwork(props.network);
  followLanguage(element, show);
}

/** @param {Learned} learned */
function button({ id, image, example }) {
  const label = nameOf(example.label);
  const canvas = create("canvas", { width: 28, height: 28 });
  paintInk(canvas, toBytes(image));
  const words = [create("span", { textContent: label }), create("span", { className: "remove", textContent: "✕" })];
  const element = create("button", { type: "button", title: text("forgetOne", { label }) }, canvas, ...words);
  element.setAttribute("aria-label", text("forgetOne", { label }));
  element.addEventListener("click", () => forget(id));
  return element;
}
