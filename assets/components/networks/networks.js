// All networks at once: a tile for each network with its answer to the selected digit. Buttons change the digit a little
// for all networks: they move or turn its 28×28 image. The image is not normalized again.
// The value `props.value` is null until the page sets it. It has the type NetworksView of page/networks.js. The component
// sets the field `change`. A second press of a button takes the change back.
// Emits "changed" when a button is pressed, and when the component comes into view. The page then sets the value. It
// also sets the value whenever the pen rests while the component is in view.

/** @import { Component } from "../../shared/dom.js" */
/** @import { Model, NetworksView } from "../../page/networks.js" */

import { clearCanvas, paintInk } from "../../shared/canvas.js";
import { create, find } from "../../shared/dom.js";
import { shareOf } from "../../shared/shares.js";
import { confidence, followLanguage, number, percent, text } from "../../shared/text.js";
import { onView } from "../../shared/view.js";

const PLACEHOLDERS = 8; // Tiles until the first answer; the number of networks in the repository.

/** @param {Component} component */
export function mount({ element, props, trigger, watch }) {
  const canvas = find(element, "canvas", HTMLCanvasElement);
  const tiles = find(element, ".tiles");
  const detail = find(element, ".detail");
  const buttons = /** @type {HTMLButtonElement[]} */ ([...element.querySelectorAll("[data-change]")]);
  /** @type {string | null} the change that is switched on */
  let change = null;
  /** @type {string | null} the name of the network whose tile is touched */
  let touched = null;

  /** @returns {NetworksView} */
  const value = () => props.value || { change, image: null, models: [], unchanged: [] };

  function show() {
    const { image, models, unchanged } = value();
    clearCanvas(canvas);
    if (image) paintInk(canvas, image);
    showButtons();
    showTiles(models, unchanged);
    showDetail();
  }

  function showButtons() {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.change === change));
  }

  // The tiles stay in their places, and the focus stays on its tile.
  /** @type {(models: Model[], unchanged: Model[]) => void} */
  function showTiles(models, unchanged) {
    const count = Math.max(models.length, PLACEHOLDERS);
    while (tiles.children.length > count) tiles.lastElementChild?.remove();
    while (tiles.children.length < count) tiles.append(create("li", {}, tile()));
    [...tiles.querySelectorAll("button")].forEach((button, index) => fill(button, models[index], unchanged[index]));
  }

  function tile() {
    const parts = ["name", "kind", "says", "share", "was"].map((className) => create("span", { className }));
    const button = create("button", { type: "button", className: "tile" }, ...parts);
    const touch = () => {
      touched = button.dataset.name ?? null;
      showDetail();
    };
    for (const event of ["pointerenter", "focus", "click"]) button.addEventListener(event, touch);
    for (const event of ["pointerleave", "blur"]) {
      button.addEventListener(event, () => {
        touched = null;
        showDetail();
      });
    }
    return button;
  }

  function showDetail() {
    const { image, models, unchanged } = value();
    const index = models.findIndex(({ name }) => name === touched);
    if (index >= 0) detail.textContent = sentenceOf(models[index]);
    else if (models.length === 0) detail.textContent = text(image ? "serverBusy" : "networksHint");
    else if (change === null) detail.textContent = text("networksNote");
    else {
      const count = models.filter((model, i) => differs(model, unchanged[i])).length;
      detail.textContent = text("networksDiffer", { count, all: models.length });
    }
  }

  for (const button of buttons) {
    button.addEventListener("click", () => {
      const { change: chosen = null } = button.dataset;
      change = chosen === change ? null : chosen;
      props.value = { ...value(), change };
      showButtons();
      trigger("changed");
    });
  }

  onView(element, () => trigger("changed"));
  watch("value", show);
  followLanguage(element, show);
}

/** @type {(button: HTMLElement, model: Model | undefined, before: Model | undefined) => void} */
function fill(button, model, before) {
  const isChanged = model !== undefined && differs(model, before);
  /** @type {Record<string, string>} */
  const parts = {
    name: model?.name ?? "",
    kind: model ? text(`kind ${model.kind}`) : "",
    says: model ? answerText(model) : "",
    share: model ? confidence(shareOf(model)) : "",
    was: isChanged && before ? text("networksWas", { answer: answerText(before) }) : "",
  };
  for (const [name, content] of Object.entries(parts)) find(button, `.${name}`).textContent = content;
  button.dataset.name = model?.name ?? "";
  button.classList.toggle("own", Boolean(model?.own));
  button.classList.toggle("differs", isChanged);
  button.toggleAttribute("disabled", !model);
  button.parentElement?.setAttribute("aria-hidden", String(!model)); // A placeholder has no name.
}

/** @type {(model: Model, before: Model | undefined) => boolean} */
const differs = (model, before) => before !== undefined && model.digit !== before.digit;

/** @param {Model} model */
const answerText = ({ digit }) => (digit === null ? "?" : String(digit));

/** @param {Model} model */
function sentenceOf(model) {
  const { name, kind, mnist, bytes, digit } = model;
  const answer = digit === null ? text("noDigit") : String(digit);
  const share = confidence(shareOf(model));
  const values = { name, kind: text(`kind ${kind}`), answer, share, mnist: percent(mnist, 2), size: number(bytes / 1e6, 2) };
  return text("networksDetail", values);
}
