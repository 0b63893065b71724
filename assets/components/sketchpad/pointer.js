// Draw and erase with mouse, finger and stylus.

/** @import { Point } from "../../shared/strokes.js" */
/** @import { Sketchpad } from "./sketchpad.js" */

import { onPad, pressures, strokeDistance } from "../../shared/strokes.js";

// The eraser removes a stroke if the pointer's path is at most this far from the stroke's center line. The distance is one pen
// width, as a fraction of the pad's side. The edge of the ink is half a pen width away. The other half allows for an
// inexact finger.
const ERASER_REACH = 0.05;
const STYLUS_ERASER = 5; // The number of a stylus's eraser button in W3C Pointer Events.

/** @param {Sketchpad} pad */
export function connectPointer(pad) {
  const { paper } = pad;

  paper.addEventListener("pointerdown", (event) => {
    // Ignore a second finger or a palm (`isPrimary` is false). Ignore all mouse buttons except the left one.
    if (pad.state.mode === "drawing" || !event.isPrimary || ![0, STYLUS_ERASER].includes(event.button)) return;
    const erases = pad.state.eraser || event.button === STYLUS_ERASER;
    if (erases && pad.content.strokes.length === 0) return;
    event.preventDefault();
    // Remove the focus from a text field. Otherwise Delete and Ctrl+Z would still change that field, not the drawing.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    pad.begin();
    paper.setPointerCapture(event.pointerId);
    const position = pointOf(paper, event);
    if (!erases) return pad.startStroke(position, event.pointerId);
    pad.enter("erasing", { pointer: event.pointerId, position });
    erase(pad, [position]);
  });

  paper.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pad.state.pointer) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    const path = (passed.length ? passed : [event]).map((each) => pointOf(paper, each));
    if (pad.state.mode === "erasing") return erase(pad, path);
    const added = path.map((point) => pad.addPoint(point));
    if (added.includes(true)) pad.schedule();
  });

  /** @param {PointerEvent} event */
  function lift(event) {
    if (event.pointerId !== pad.state.pointer) return;
    if (pad.state.mode === "erasing") {
      if (event.type === "pointerup") erase(pad, [pointOf(paper, event)]);
      pad.enter("idle");
      return pad.show();
    }
    pad.endStroke(event.type === "pointerup" && pad.addPoint(pointOf(paper, event)));
  }

  paper.addEventListener("pointerup", lift);
  paper.addEventListener("pointercancel", lift);
  paper.addEventListener("lostpointercapture", lift);
}

// Remove each whole stroke near the path of the pointer. At speed, the positions are far apart, so the segments between
// them count, too.
/** @type {(pad: Sketchpad, path: Point[]) => void} */
function erase(pad, path) {
  const { strokes } = pad.content;
  let left = strokes;
  for (const position of path) {
    const from = pad.state.position;
    left = left.filter((points) => strokeDistance(points, from, position) > ERASER_REACH);
    pad.state.position = position;
  }
  if (left.length === strokes.length) return;
  pad.history.push(left);
  pad.change();
}

/** @type {(paper: HTMLElement, event: PointerEvent) => Point} */
function pointOf(paper, event) {
  const box = paper.getBoundingClientRect();
  /** @type {Point} */
  const point = [onPad((event.clientX - box.left) / box.width), onPad((event.clientY - box.top) / box.height)];
  if (event.pointerType === "pen" && event.pressure) pressures.set(point, event.pressure);
  return point;
}
