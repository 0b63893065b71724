// Handle the keys that draw, undo, redo and clear.

/** @import { Point } from "../../shared/strokes.js" */
/** @import { Sketchpad } from "./sketchpad.js" */

import { onPad } from "../../shared/strokes.js";
import { text } from "../../shared/text.js";

// Distance that an arrow key moves the pen, as a fraction of the pad's side. With Shift, the pen
// moves a quarter of this distance.
const KEY_STEP = 0.02;
/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const UNDO_KEYS = /Mac|iP/.test(navigator.platform) ? "⌘Z" : "Ctrl+Z";
// A device whose only pointers are fingers seldom has a keyboard.
const HAS_KEYBOARD = matchMedia("(any-hover: hover)").matches;

/** Return the hint that undo restores a cleared drawing. */
export const undoHint = () => (HAS_KEYBOARD ? text("clearedKeys", { keys: UNDO_KEYS }) : text("cleared"));

/** A pen for the keyboard. The arrow keys move the pen, the space key lowers and lifts it, and Escape lifts it. */
export class KeyboardPen {
  /** @type {Point | null} the position of the pen; null until the pad is focused */
  #position = null;
  #pad;

  /** @param {Sketchpad} pad */
  constructor(pad) {
    this.#pad = pad;
    pad.paper.addEventListener("focus", () => {
      this.#position ??= [0.5, 0.5];
      pad.paint();
    });
    pad.paper.addEventListener("blur", () => (this.#isDown() ? pad.endStroke() : pad.paint()));
  }

  /**
   * Move, lower or lift the pen if the key does this. Return false if the key does something else.
   * @param {KeyboardEvent} event
   */
  press(event) {
    if (!this.#position || this.#pad.state.pointer !== null || event.ctrlKey || event.metaKey) return false;
    if (event.key === " " || (event.key === "Escape" && this.#isDown())) this.#lowerOrLift(this.#position);
    else if (event.key in ARROWS) this.#move(this.#position, ARROWS[event.key], event.shiftKey ? KEY_STEP / 4 : KEY_STEP);
    else return false;
    return true;
  }

  // Paint a ring at the pen's position. The ring is filled while the pen is down.
  /** @param {CanvasRenderingContext2D} context */
  paint(context) {
    if (!this.#position || document.activeElement !== this.#pad.paper) return;
    const side = context.canvas.width;
    const [x, y] = this.#position;
    context.lineWidth = Math.max(2, 0.005 * side);
    context.beginPath();
    context.arc(x * side, y * side, 0.025 * side, 0, 2 * Math.PI);
    if (this.#pad.state.mode === "drawing") context.fill();
    context.stroke();
  }

  #isDown() {
    return this.#pad.state.mode === "drawing" && this.#pad.state.pointer === null;
  }

  /** @param {Point} position */
  #lowerOrLift(position) {
    this.#pad.begin();
    if (this.#isDown()) this.#pad.endStroke();
    else this.#pad.startStroke(position, null);
  }

  /** @type {(from: Point, direction: Point, step: number) => void} */
  #move([x, y], [right, down], step) {
    this.#position = [onPad(x + right * step), onPad(y + down * step)];
    if (this.#pad.addPoint(this.#position)) this.#pad.schedule();
    else this.#pad.paint();
  }
}

/**
 * Handle the keys that are pressed anywhere on the page, until the component is removed from the page.
 * @type {(pad: Sketchpad, element: HTMLElement) => void}
 */
export function connectKeys(pad, element) {
  document.addEventListener("keydown", function press(event) {
    if (!element.isConnected) return document.removeEventListener("keydown", press);
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("input, textarea, select, [contenteditable]") || event.defaultPrevented || event.altKey) return;
    if (handle(pad, event)) event.preventDefault();
  });
}

/** @type {(pad: Sketchpad, event: KeyboardEvent) => boolean} */
function handle(pad, event) {
  if (document.activeElement === pad.paper && pad.keyboard.press(event)) return true;
  const key = event.key.toLowerCase();
  const command = event.ctrlKey || event.metaKey;
  if (command && key === "z") pad.walk(event.shiftKey ? 1 : -1);
  else if (command && key === "y") pad.walk(1);
  else if (!command && (key === "delete" || key === "backspace")) pad.clear();
  else return false;
  return true;
}
