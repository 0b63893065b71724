// Turn the input of mouse, finger, stylus and keyboard into strokes.
// The value `props.value` has the type Drawing of shared/strokes.js. The component sets it when the visitor draws. If
// the page sets a value with a new `id`, the pad draws its strokes as an animation, or shows its picture.
// Emits "input" when the drawing or the picture changes, and at most once per screen frame while the pen moves.
// The tab keeps the drawing, so that it is still on the pad after a reload.

/** @import { Component } from "../../shared/dom.js" */
/** @import { Drawing, Point, Stroke } from "../../shared/strokes.js" */
/** @import { Content } from "./history.js" */
/** @import { PadState } from "./state.js" */

import { KeptDrawing } from "../../page/kept_drawing.js";
import { earlierMoment, followMoments } from "../../page/moments.js";
import { context2d } from "../../shared/canvas.js";
import { find } from "../../shared/dom.js";
import { distance, paintStrokes } from "../../shared/strokes.js";
import { followLanguage } from "../../shared/text.js";
import { History, isBlank } from "./history.js";
import { connectKeys, KeyboardPen, undoHint } from "./keyboard.js";
import { Photo } from "./photo.js";
import { connectPointer } from "./pointer.js";
import { play, Replay } from "./replay.js";
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
  followLanguage(component.element, () => pad.show());
  pad.restore();
  pad.receive(component.props.value); // The page may have set a link's drawing before the pad was mounted.
}

export class Sketchpad {
  /** @type {PadState} */
  state = IDLE;
  history = new History();
  #isScheduled = false;
  #isUnsent = false;
  /** @type {number | undefined} the id of the drawing that the page set last */
  #received;
  #kept = new KeptDrawing();
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
    this.hint = find(element, ".cleared");
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
    followMoments(() => this.paint());
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

  /** @returns {Content} what is on the pad, with the stroke that is being drawn, whose first point removes the picture */
  get content() {
    const { current } = this.history;
    if (this.state.mode !== "drawing") return current;
    return { strokes: [...current.strokes, this.state.stroke], picture: null };
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
    paintStrokes(context, earlierMoment()?.strokes ?? this.content.strokes, side);
    this.keyboard.paint(context);
  }

  show() {
    const { undo, redo, erase, clear } = this.buttons;
    const { strokes, picture } = this.content;
    if (strokes.length === 0) this.state = { ...this.state, eraser: false };
    undo.disabled = !this.history.has(-1);
    redo.disabled = !this.history.has(1);
    clear.disabled = isBlank(this.content);
    erase.disabled = strokes.length === 0;
    erase.setAttribute("aria-pressed", String(this.state.eraser));
    this.pad.classList.toggle("drawn", !clear.disabled);
    this.pad.classList.toggle("erasing", this.state.eraser);
    this.photo.show(picture);
    this.hint.textContent = this.state.mode === "idle" && this.history.isCleared() ? undoHint() : "";
    this.paint();
  }

  // --- events

  #send() {
    this.#isUnsent = false;
    const { strokes, picture } = this.content;
    /** @type {Drawing} */
    const drawing = picture ? { picture } : { strokes: strokes.map((points) => points.slice()) };
    this.#props.value = drawing;
    this.#trigger("input");
    this.#kept.keep(this.state.replay ? { strokes: this.state.replay.strokes } : drawing);
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


  /** End the animation, with the whole drawing. Every change of the drawing calls this method first. */
  begin() {
    const { replay } = this.state;
    if (!replay) return;
    this.history.replace(replay.strokes);
    this.enter("idle");
    this.change();
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
    this.history.push(this.content.strokes);
    this.enter("idle");
    this.show();
    if (isChanged || this.#isUnsent) this.#send();
  }

  // --- undo, redo, clear

  /** @param {-1 | 1} step */
  walk(step) {
    this.begin();
    if (this.state.mode === "drawing" || !this.history.has(step)) return;
    this.history.go(step);
    this.change();
  }

  clear() {
    if (this.state.mode === "drawing" || this.buttons.clear.disabled) return;
    this.begin();
    this.history.push([]);
    this.change();
  }

  // --- drawings and pictures that the page sets

  /** @param {Drawing | null} value */
  receive(value) {
    const { id, strokes, picture, frames, isEdited } = value || {};
    if (this.state.mode === "drawing") return;
    if (frames && picture === this.content.picture) this.photo.showFrames(frames);
    if (id === undefined || id === this.#received) return;
    this.#received = id;
    this.begin();
    if (picture) this.#put([], picture);
    else if (strokes?.length === 0) this.clear();
    else if (strokes && isEdited) this.#put(strokes);
    else if (strokes) this.#replay(strokes);
  }

  /** @type {(strokes: Stroke[], picture?: string) => void} */
  #put(strokes, picture) {
    this.history.push(strokes, picture);
    this.enter("idle");
    this.change();
  }

  // If the same drawing is already on the pad, draw it again, without a new state of the history.
  /** @param {Stroke[]} strokes */
  #replay(strokes) {
    if (JSON.stringify(strokes) !== JSON.stringify(this.history.current.strokes)) this.history.push([]);
    const animated = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    const replay = new Replay(strokes, performance.now(), animated);
    this.enter("replaying", { replay });
    play(this, replay);
  }

  /** Show the drawing that the tab has kept. */
  restore() {
    const { strokes = [], picture = null } = this.#kept.restored() ?? {};
    if (strokes.length === 0 && !picture) return;
    this.history.replace(strokes, picture);
    this.change();
  }
}
