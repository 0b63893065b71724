// The sketchpad: what a pen does becomes strokes in props.value, told to the host by trigger("input").
// props.value: {strokes: [[[x, y], …], …]}, in fractions of the pad's side, x right, y down. props.text: its words.

const pad = element.querySelector(".pad");
const paper = element.querySelector(".paper");
const buttons = Object.fromEntries(
  ["undo", "redo", "clear"].map((name) => [name, element.querySelector(`.${name}`)]),
);

// On screen only; the server draws the strokes anew with a pen of its own.
const PEN_WIDTH = 0.05;
// Nearer than half a pixel of a large pad, a point adds bytes and no shape.
const MIN_STEP = 0.001;

// Every state that the drawing had, each a list of strokes; undo and redo walk along it, so that clear can be undone.
let states = [[]];
let now = 0;
let stroke = null; // The stroke being drawn…
let pointer = null; // …and the pointer that draws it.
let scheduled = false;
let unsent = false;

const strokes = () => (stroke ? [...states[now], stroke] : states[now]);

function label() {
  for (const node of element.querySelectorAll("[data-text]")) node.textContent = props.text[node.dataset.text];
  for (const node of element.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", props.text[node.dataset.label]);
  }
}

// --- on screen

function fitToScreen() {
  const pixels = Math.round(pad.clientWidth * (window.devicePixelRatio || 1));
  if (pixels && paper.width !== pixels) paper.width = paper.height = pixels;
  paint();
}

function paint() {
  const context = paper.getContext("2d");
  const side = paper.width;
  context.clearRect(0, 0, side, side);
  context.lineWidth = PEN_WIDTH * side;
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = "#111";
  for (const points of strokes()) {
    context.beginPath();
    trace(context, points.map(([x, y]) => [x * side, y * side]));
    context.stroke();
  }
}

// Curves that touch the middle of each segment, so that a fast pen leaves no corners.
function trace(context, points) {
  context.moveTo(...points[0]);
  for (let i = 1; i < points.length - 1; i++) {
    const [[x, y], [nextX, nextY]] = [points[i], points[i + 1]];
    context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  context.lineTo(...points[points.length - 1]);
}

function show() {
  pad.classList.toggle("drawn", strokes().length > 0);
  buttons.undo.disabled = now === 0;
  buttons.redo.disabled = now === states.length - 1;
  buttons.clear.disabled = strokes().length === 0;
  paint();
}

// --- to the host

function send() {
  unsent = false;
  props.value = { strokes: strokes().map((points) => points.slice()) };
  trigger("input");
}

// While the pen moves, the screen and the host hear of it once per frame, however fast the pen is.
function schedule() {
  unsent = true;
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    show();
    if (unsent) send();
  });
}

function changed() {
  show();
  send();
}

// --- the pen

function place(event) {
  const box = paper.getBoundingClientRect();
  const fraction = (value) => Math.round(Math.min(1, Math.max(0, value)) * 1e4) / 1e4;
  return [fraction((event.clientX - box.left) / box.width), fraction((event.clientY - box.top) / box.height)];
}

function add(event) {
  const [x, y] = place(event);
  const last = stroke[stroke.length - 1];
  if (last && Math.hypot(x - last[0], y - last[1]) < MIN_STEP) return false;
  stroke.push([x, y]);
  return true;
}

paper.addEventListener("pointerdown", (event) => {
  // A second finger or a palm is not primary; a right button is not a pen.
  if (stroke || !event.isPrimary || event.button !== 0) return;
  event.preventDefault();
  // Else Delete and Ctrl+Z would go on belonging to a text field that nobody looks at any more.
  document.activeElement?.blur();
  paper.setPointerCapture(event.pointerId);
  pointer = event.pointerId;
  stroke = [];
  add(event);
  schedule();
});

paper.addEventListener("pointermove", (event) => {
  if (!stroke || event.pointerId !== pointer) return;
  const passed = event.getCoalescedEvents?.() ?? [];
  const moved = (passed.length ? passed : [event]).map(add);
  if (moved.includes(true)) schedule();
});

function lift(event) {
  if (!stroke || event.pointerId !== pointer) return;
  if (event.type === "pointerup" && add(event)) unsent = true;
  states = [...states.slice(0, now + 1), strokes()];
  now = states.length - 1;
  stroke = pointer = null;
  show();
  if (unsent) send();
}

for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) paper.addEventListener(type, lift);

// --- undo, redo, clear

function walk(step) {
  if (stroke || !states[now + step]) return;
  now += step;
  changed();
}

function clear() {
  if (stroke || states[now].length === 0) return;
  states = [...states.slice(0, now + 1), []];
  now = states.length - 1;
  changed();
}

buttons.undo.addEventListener("click", () => walk(-1));
buttons.redo.addEventListener("click", () => walk(1));
buttons.clear.addEventListener("click", clear);

function keys(event) {
  if (!element.isConnected) return document.removeEventListener("keydown", keys);
  const writing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (writing || event.defaultPrevented || event.altKey) return;
  const key = event.key.toLowerCase();
  const command = event.ctrlKey || event.metaKey;
  if (command && key === "z") walk(event.shiftKey ? 1 : -1);
  else if (command && key === "y") walk(1);
  else if (!command && (key === "delete" || key === "backspace")) clear();
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", keys);

label();
watch("text", label);
new ResizeObserver(fitToScreen).observe(pad);
show();
