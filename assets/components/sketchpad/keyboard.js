// Drawing with the keyboard: the arrow keys move the pen, and the space key lowers and lifts the pen.
// This file is placed before sketchpad.js, in the same scope.

// Distance that an arrow key moves the pen, as a fraction of the pad's side. With Shift, a quarter of this distance.
const KEY_STEP = 0.02;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const board = element.querySelector(".paper");
let cursor = null; // The position of the keyboard's pen, [x, y]; null until the pad is focused.

function draws(event) {
  if (pointer !== null || event.ctrlKey || event.metaKey) return false;
  if (event.key === " ") return lowerOrLift();
  if (event.key === "Escape" && stroke) return lowerOrLift();
  const arrow = ARROWS[event.key];
  if (!arrow) return false;
  const step = event.shiftKey ? KEY_STEP / 4 : KEY_STEP;
  cursor = cursor.map((value, axis) => Math.round(1e4 * Math.min(1, Math.max(0, value + arrow[axis] * step))) / 1e4);
  if (stroke && addPoint(cursor)) schedule();
  else paint();
  return true;
}

function lowerOrLift() {
  begin();
  if (stroke) {
    endStroke();
  } else {
    stroke = [cursor];
    schedule();
  }
  return true;
}

board.addEventListener("focus", () => {
  cursor ??= [0.5, 0.5];
  paint();
});
board.addEventListener("blur", () => (stroke && pointer === null ? endStroke() : paint()));

// Draw the cursor: a ring, filled while the pen is down.
function paintCursor(context, place, down, side) {
  const [x, y] = place.map((value) => value * side);
  context.lineWidth = Math.max(2, 0.005 * side);
  context.beginPath();
  context.arc(x, y, 0.025 * side, 0, 2 * Math.PI);
  if (down) context.fill();
  context.stroke();
}
