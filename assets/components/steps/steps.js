// A folded section with the intermediate images of normalization, from the drawing to 28×28.
// The value `props.value` takes one of these forms:
// - null until the page sets a value
// - {steps}, the answer of /steps. The list `steps` is empty if nothing is drawn.
// - {picture: true} for a picture, because the page shows no steps for pictures
// - {failed} if the server does not answer, with the state of the connection
// Emits "opened" when the section is opened, and some time after a failure. The page sets the value after this event.
// While the section is open, the page also sets the value whenever the pen rests.

/** @import { Component } from "../../shared/dom.js" */

import { paintInk } from "../../shared/canvas.js";
import { create, find } from "../../shared/dom.js";
import { failureText, Retry } from "../../shared/retry.js";
import { followLanguage, text } from "../../shared/text.js";

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {number} width
 * @property {number} height
 * @property {Uint8Array} image from 0 (paper) to 255 (ink), row by row
 */

const SIDE = 132; // Longer side of an image on the screen, in CSS pixels.

/** @param {Component} component */
export function mount({ element, props, trigger, watch }) {
  const details = find(element, "details", HTMLDetailsElement);
  const images = find(element, ".images");
  const note = find(element, ".note");
  const retry = new Retry(request);

  function show() {
    const { failed, picture } = props.value ?? {};
    /** @type {Step[]} */
    const steps = props.value?.steps ?? [];
    images.replaceChildren(...steps.map(item));
    images.hidden = note.hidden = steps.length === 0;
    const hint = failed ? failureText(failed) : text(picture ? "stepsOfPicture" : "stepsWaiting");
    find(element, ".hint").textContent = steps.length > 0 ? "" : hint;
    retry.follow(failed);
  }

  function request() {
    if (details.open) trigger("opened");
  }

  details.addEventListener("toggle", request);
  watch("value", show);
  followLanguage(element, show);
}

/** @param {Step} step */
function item({ name, width, height, image }) {
  const canvas = create("canvas", { width, height, ariaHidden: "true" });
  const scale = SIDE / Math.max(width, height);
  canvas.style.width = `${width * scale}px`;
  canvas.style.height = `${height * scale}px`;
  paintInk(canvas, image);
  const sizes = create("span", { className: "sizes", textContent: `${width} × ${height}` });
  return create("li", { className: "step" },
    create("div", { className: "frame" }, canvas),
    create("span", {}, text(`step ${name}`), sizes),
  );
}
