// A folded section: what if a piece of the selected digit were missing? Each of 49 blocks of the 28×28 image shows how
// the score of the answer changes without its ink. A tap on a block erases this ink from the drawing. In a comparison
// with another digit, rings mark the blocks without ink where a dot would help the other digit most.
// The value `props.value` is null until the page sets it. It has the type ErasuresView of page/erasures.js. The component
// sets the field `erased`.
// Emits "opened" when the section is opened or comes into view, and "erased" when a block is tapped. The page also sets
// the value whenever the pen rests while the section is open and in view.

/** @import { ErasuresView } from "../../page/erasures.js" */
/** @import { Component } from "../../shared/dom.js" */
/** @import { Occlusion } from "../../shared/occlusion.js" */

import { clearCanvas, paintInk } from "../../shared/canvas.js";
import { create, find } from "../../shared/dom.js";
import { BLOCKS, leadText, strongestBlock, withoutText } from "../../shared/occlusion.js";
import { followLanguage, text } from "../../shared/text.js";
import { onView } from "../../shared/view.js";
import { connectGrid } from "./grid.js";

// The change of the score at which a color is full. It is fixed, so that the colors of two drawings can be compared.
const FULL = 8;
// A smaller change has no sign.
const MIN_SIGN = 1;
// So many dots are shown: those that help the other digit most.
const MAX_DOTS = 3;

/** @type {ErasuresView} */
const EMPTY = { occlusion: null, image: null, isErasable: false };

/** @param {Component} component */
export function mount({ element, props, trigger, watch }) {
  const details = find(element, "details", HTMLDetailsElement);
  const canvas = find(element, ".ink", HTMLCanvasElement);
  const blocks = Array.from({ length: BLOCKS ** 2 }, () => create("button", { type: "button", className: "block" }));
  find(element, ".blocks").append(...blocks);
  /** @type {number | null} the block that is touched */
  let touched = null;

  /** @returns {ErasuresView} */
  const value = () => props.value || EMPTY;

  function show() {
    const { occlusion, image } = value();
    find(element, ".panel").hidden = !occlusion;
    find(element, ".hint").textContent = occlusion ? "" : text(image ? "serverBusy" : "erasuresHint");
    clearCanvas(canvas);
    if (image) paintInk(canvas, image);
    if (!occlusion) return;
    element.toggleAttribute("data-contrast", occlusion.contrast !== null);
    const dots = bestDots(occlusion);
    blocks.forEach((block, index) => fill(block, index, dots.includes(index)));
    find(element, ".lead").textContent = leadText(occlusion);
    showTouched();
  }

  /** @type {(block: HTMLElement, index: number, hasDot: boolean) => void} */
  function fill(block, index, hasDot) {
    const { occlusion, isErasable } = value();
    if (!occlusion) return;
    const change = occlusion.erased[index];
    block.classList.toggle("against", change > 0);
    block.style.setProperty("--strength", Math.min(1, Math.abs(change) / FULL).toFixed(3));
    const sign = Math.abs(change) < MIN_SIGN ? "" : change < 0 ? "+" : "−";
    block.replaceChildren(create("span", hasDot ? { className: "dot" } : { textContent: sign }));
    block.setAttribute("aria-disabled", String(!isErasable || change === 0));
    const place = text("erasuresPlace", { row: Math.floor(index / BLOCKS) + 1, column: (index % BLOCKS) + 1 });
    block.setAttribute("aria-label", `${place} ${withoutText(occlusion, index, hasDot)}`);
  }

  // Without a touched block, show the block that the answer needs most.
  function showTouched() {
    const { occlusion } = value();
    if (!occlusion) return;
    const index = touched ?? strongestBlock(occlusion);
    const hasDot = occlusion.erased[index] === 0 && bestDots(occlusion).includes(index);
    find(element, ".without").textContent = withoutText(occlusion, index, hasDot);
    blocks.forEach((block, at) => block.classList.toggle("marked", at === index));
  }

  connectGrid(blocks, {
    touch(index) {
      touched = index;
      showTouched();
    },
    choose(index) {
      if (blocks[index].getAttribute("aria-disabled") === "true") return;
      props.value = { ...value(), erased: index };
      trigger("erased");
    },
  });

  const request = () => { if (details.open) trigger("opened"); };
  details.addEventListener("toggle", request);
  onView(element, request);
  watch("value", show);
  followLanguage(element, show);
}

// Return the blocks without ink where a dot would help the other digit most.
/** @param {Occlusion} occlusion */
function bestDots({ erased, added }) {
  if (!added) return [];
  const free = [...added.keys()].filter((index) => erased[index] === 0 && added[index] < -MIN_SIGN);
  free.sort((one, other) => added[one] - added[other]);
  return free.slice(0, MAX_DOTS);
}
