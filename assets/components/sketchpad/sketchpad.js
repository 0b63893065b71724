// Turn the input of mouse, finger, stylus and keyboard into strokes.
// The value `props.value` has the type Drawing of shared/strokes.js. The component sets it when the visitor draws. If
// the page sets strokes, the pad draws them as an animation. If the page sets a picture, the pad shows the picture.
// Emits "input" when the drawing or the picture changes, and at most once per screen frame while the pen moves.

/** @import { Component } from "../../shared/dom.js" */
/** @import { Drawing, Point, Stroke } from "../../shared/strokes.js" */
/** @import { PadState } from "./state.js" */

import { context2d } from "../../shared/canvas.js";
import { find } from "../../shared/dom.js";
import { distance, paintStrokes } from "../../shared/strokes.js";
import { followLanguage } from "../../shared/text.js";
import { History } from "./history.js";
import { connectKeys, KeyboardPen } from "./keyboard.js";
import { Photo } from "./photo.js";
import { connectPointer } from "./pointer.js";
import { Replay } from "./replay.js";
import { IDLE } from "./state.js";

// Smallest distance between two successive points, as a fraction of the pad's side. On a large pad, half a pixel.
const MIN_STEP = 0.001;

/** @param {Component} component */
export function mount(component) {
  const pad = new Sketchpad(component);
  connectPointer(pad);
  connectKeys(pad, component.element);
  pad.connect();
  component.watch("value", () => pad.receive(component.props.value));
  followLanguage(component.element);
}

export class Sketchpad {
  /** @type {PadState} */
  state = IDLE;
  history = new History();
  #isScheduled = false;
  #isUnsent = false;
  /** @type {Drawing | null} the value that was emitted last */
  #sent = null;
  #props;
  #trigger;

  /** @param {Component} component */
  constructor({ element, props, trigger }) {
    this.#props = props;
    this.#trigger = trigger;
    this.pad = find(element, ".pad");
    this.paper = find(element, ".paper", HTMLCanvasElement);
    const [undo, redo, erase, clear] = ["undo", "redo", "erase", "clear"].map((name) =>
      find(element, `.${name}`, HTMLButtonElement));
    this.buttons = { undo, redo, erase, clear };
    this.photo = new Photo(find(element, ".photo"));
    this.keyboard = new KeyboardPen(this);
  }

  /** Connect the buttons, and repaint when the size of the pad changes. */
  connect() {
    const { undo, redo, erase, clear } = this.buttons;
    undo.addEventListener("click", () => this.walk(-1));
    redo.addEventListener("click", () => this.walk(1));
    clear.addEventListener("click", () => this.clear());
    erase.addEventListener("click", () => {
      this.state = { ...this.state, eraser: !this.state.eraser };
      this.show();
    });
    new ResizeObserver(() => this.#fitToScreen()).observe(this.pad);
    this.show();
  }

  /**
   * Change the mode. The button “Erase” keeps its state. All other fields get the values of `details` or of IDLE.
   * @param {PadState["mode"]} mode
   * @param {Partial<PadState>} [details]
   */
  enter(mode, details = {}) {
    this.state = { ...IDLE, eraser: this.state.eraser, ...details, mode };
  }

  /** The strokes on the pad, including the stroke that is being drawn. */
  get strokes() {
    return this.state.mode === "drawing" ? [...this.history.strokes, this.state.stroke] : this.history.strokes;
  }

  // --- on screen

  #fitToScreen() {
    const pixels = Math.round(this.pad.clientWidth * (window.devicePixelRatio || 1));
    if (pixels && this.paper.width !== pixels) this.paper.width = this.paper.height = pixels;
    this.paint();
  }

  paint() {
    const context = context2d(this.paper);
    const side = this.paper.width;
    context.clearRect(0, 0, side, side);
    paintStrokes(context, this.strokes, side);
    this.keyboard.paint(context);
  }

  show() {
    const { undo, redo, erase, clear } = this.buttons;
    const isBlank = this.strokes.length === 0;
    const hasPicture = this.state.mode === "picture";
    if (isBlank) this.state = { ...this.state, eraser: false };
    undo.disabled = !this.history.has(-1);
    redo.disabled = !this.history.has(1);
    clear.disabled = isBlank && !hasPicture;
    erase.disabled = isBlank;
    erase.setAttribute("aria-pressed", String(this.state.eraser));
    this.pad.classList.toggle("drawn", !isBlank || hasPicture);
    this.pad.classList.toggle("erasing", this.state.eraser);
    this.paint();
  }

  // --- events

  #send() {
    this.#isUnsent = false;
    const { picture } = this.state;
    this.#sent = picture ? { picture } : { strokes: this.strokes.map((points) => points.slice()) };
    this.#props.value = this.#sent;
    this.#trigger("input");
  }

  /** Repaint and emit "input" in the next screen frame, once for all calls before that frame. */
  schedule() {
    this.#isUnsent = true;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      this.show();
      if (this.#isUnsent) this.#send();
    });
  }

  change() {
    this.show();
    this.#send();
  }

  // --- strokes

  /** End the animation and remove the picture. Every change of the drawing calls this method first. */
  begin() {
    this.#finishReplay();
    if (this.state.mode !== "picture") return;
    this.photo.show(null);
    this.enter("idle");
  }

  /** @type {(point: Point, pointer: number | null) => void} */
  startStroke(point, pointer) {
    this.enter("drawing", { stroke: [point], pointer });
    this.schedule();
  }

  /**
   * Add a point to the stroke that is being drawn, unless the last point is too near. Return whether it was added.
   * @param {Point} point
   */
  addPoint(point) {
    const { mode, stroke } = this.state;
    if (mode !== "drawing" || distance(stroke[stroke.length - 1], point) < MIN_STEP) return false;
    stroke.push(point);
    return true;
  }

  /** @param {boolean} [isChanged] whether the stroke has changed since the last call of `schedule` */
  endStroke(isChanged = false) {
    this.history.push(this.strokes);
    this.enter("idle");
    this.show();
    if (isChanged || this.#isUnsent) this.#send();
  }

  // --- undo, redo, clear

  /** @param {-1 | 1} step */
  walk(step) {
    this.#finishReplay();
    if (this.state.mode === "drawing" || !this.history.has(step)) return;
    this.begin();
    this.history.go(step);
    this.change();
  }

  clear() {
    if (this.state.mode === "drawing" || this.buttons.clear.disabled) return;
    this.begin();
    if (this.history.strokes.length > 0) this.history.push([]);
    this.change();
  }

  // --- drawings and pictures that the page sets

  /** @param {Drawing | null} value */
  receive(value) {
    const { strokes, picture, frames } = value || {};
    if (this.state.mode === "drawing" || value === this.#sent) return;
    if (frames && picture === this.state.picture) this.photo.showFrames(frames);
    else if (picture && !frames) this.#showPicture(picture);
    else if (strokes?.length && JSON.stringify(strokes) !== JSON.stringify(this.#sent?.strokes)) this.#replay(strokes);
  }

  /** @param {string} picture */
  #showPicture(picture) {
    this.begin();
    this.history.push([]);
    this.enter("picture", { picture });
    this.photo.show(picture);
    this.change();
  }

  /** @param {Stroke[]} strokes */
  #replay(strokes) {
    this.begin();
    const animated = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    const replay = new Replay(strokes, performance.now(), animated);
    this.history.push([]);
    this.enter("replaying", { replay });
    requestAnimationFrame(() => this.#continueReplay(replay));
  }

  /** @param {Replay} replay */
  #continueReplay(replay) {
    if (this.state.replay !== replay) return;
    const now = performance.now();
    if (replay.isOver(now)) return this.#finishReplay();
    const strokes = replay.advance(now);
    if (strokes) {
      this.history.replace(strokes);
      this.change();
    }
    requestAnimationFrame(() => this.#continueReplay(replay));
  }

  #finishReplay() {
    const { replay } = this.state;
    if (!replay) return;
    this.history.replace(replay.strokes);
    this.enter("idle");
    this.change();
  }
}
