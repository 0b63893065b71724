// The sketchpad: what a pen does becomes strokes in props.value, told to the host by trigger("input").
// props.value: {strokes: [[[x, y], …], …]}, in fractions of the pad's side, x right, y down. A value that the host sets is
// drawn before the visitor's eyes, in place of what was there. props.text: its words.

const pad = element.querySelector(".pad");
const paper = element.querySelector(".paper");
const buttons = Object.fromEntries(
  ["undo", "redo", "erase", "clear"].map((name) => [name, element.querySelector(`.${name}`)]),
);

// Nearer than half a pixel of a large pad, a point adds bytes and no shape.
const MIN_STEP = 0.001;
// So near to a stroke the eraser takes it away: the pen's half width, and as much again for a finger.
const ERASER_REACH = 0.05;
// A drawing that the host sets is drawn within this time, in milliseconds.
const PLAY_FOR = 900;
// How far an arrow key moves the pen; with Shift, a quarter of it.
const KEY_STEP = 0.02;

// Every state that the drawing had, each a list of strokes; undo and redo walk along it, so that clear can be undone.
let states = [[]];
let now = 0;
let stroke = null; // The stroke being drawn…
let pointer = null; // …and the pointer that draws it.
let scheduled = false;
let unsent = false;
let sent = null; // What the host was told last.
let erasing = false;
let playing = null; // What is being drawn by itself: {strokes, started, ends}.
let cursor = null; // Where the pen of the keyboard is.

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
  paintStrokes(context, strokes(), side);
  if (cursor && document.activeElement === paper) paintCursor(context, cursor, stroke !== null, side);
}

function show() {
  pad.classList.toggle("drawn", strokes().length > 0);
  buttons.undo.disabled = now === 0;
  buttons.redo.disabled = now === states.length - 1;
  buttons.clear.disabled = buttons.erase.disabled = strokes().length === 0;
  if (strokes().length === 0) erasing = false;
  buttons.erase.setAttribute("aria-pressed", erasing);
  pad.classList.toggle("erasing", erasing);
  paint();
}

// --- to the host

function send() {
  unsent = false;
  sent = { strokes: strokes().map((points) => points.slice()) };
  props.value = sent;
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

// A new state of the drawing; those that were undone are gone.
function keep(drawing) {
  states = [...states.slice(0, now + 1), drawing];
  now = states.length - 1;
}

// --- the pen

function place(event) {
  const box = paper.getBoundingClientRect();
  const fraction = (value) => Math.round(Math.min(1, Math.max(0, value)) * 1e4) / 1e4;
  return [fraction((event.clientX - box.left) / box.width), fraction((event.clientY - box.top) / box.height)];
}

function add(event) {
  const point = place(event);
  if (event.pointerType === "pen" && event.pressure) pressures.set(point, event.pressure);
  return addPoint(point);
}

function addPoint(point) {
  const last = stroke[stroke.length - 1];
  if (last && Math.hypot(point[0] - last[0], point[1] - last[1]) < MIN_STEP) return false;
  stroke.push(point);
  return true;
}

paper.addEventListener("pointerdown", (event) => {
  // A second finger or a palm is not primary; a right button is not a pen.
  if (stroke || !event.isPrimary || event.button !== 0) return;
  event.preventDefault();
  // Else Delete and Ctrl+Z would go on belonging to a text field that nobody looks at any more.
  document.activeElement?.blur();
  finishPlaying();
  paper.setPointerCapture(event.pointerId);
  pointer = event.pointerId;
  // 32: the other end of a stylus.
  if (erasing || event.buttons & 32) return erase(event);
  stroke = [];
  add(event);
  schedule();
});

paper.addEventListener("pointermove", (event) => {
  if (event.pointerId !== pointer) return;
  if (!stroke) return erase(event);
  const passed = event.getCoalescedEvents?.() ?? [];
  const moved = (passed.length ? passed : [event]).map(add);
  if (moved.includes(true)) schedule();
});

function lift(event) {
  if (event.pointerId !== pointer) return;
  pointer = null;
  if (!stroke) return;
  if (event.type === "pointerup" && add(event)) unsent = true;
  endStroke();
}

function endStroke() {
  keep(strokes());
  stroke = null;
  show();
  if (unsent) send();
}

// Strokes that pass near by, whole.
function erase(event) {
  const [x, y] = place(event);
  const left = states[now].filter((points) => distance(points, x, y) > ERASER_REACH);
  if (left.length === states[now].length) return;
  keep(left);
  changed();
}

for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) paper.addEventListener(type, lift);

// --- undo, redo, clear

function walk(step) {
  finishPlaying();
  if (stroke || !states[now + step]) return;
  now += step;
  changed();
}

function clear() {
  if (stroke || states[now].length === 0) return;
  finishPlaying();
  keep([]);
  changed();
}

buttons.undo.addEventListener("click", () => walk(-1));
buttons.redo.addEventListener("click", () => walk(1));
buttons.clear.addEventListener("click", clear);
buttons.erase.addEventListener("click", () => {
  erasing = !erasing;
  show();
});

function keys(event) {
  if (!element.isConnected) return document.removeEventListener("keydown", keys);
  const writing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (writing || event.defaultPrevented || event.altKey) return;
  if (document.activeElement === paper && draws(event)) return event.preventDefault();
  const key = event.key.toLowerCase();
  const command = event.ctrlKey || event.metaKey;
  if (command && key === "z") walk(event.shiftKey ? 1 : -1);
  else if (command && key === "y") walk(1);
  else if (!command && (key === "delete" || key === "backspace")) clear();
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", keys);

// --- a pen without a pointer: arrows move it, space lowers and lifts it

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

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
  finishPlaying();
  if (stroke) {
    endStroke();
  } else {
    stroke = [cursor];
    schedule();
  }
  return true;
}

paper.addEventListener("focus", () => {
  cursor ??= [0.5, 0.5];
  paint();
});
paper.addEventListener("blur", () => (stroke && pointer === null ? endStroke() : paint()));

// --- a drawing from the host

function play() {
  const given = props.value?.strokes;
  if (!given || props.value === sent || JSON.stringify(given) === JSON.stringify(sent?.strokes)) return;
  if (stroke || given.length === 0) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  playing = { strokes: given, started: performance.now(), lasts: calm ? 0 : PLAY_FOR };
  keep([]);
  requestAnimationFrame(playOn);
}

function playOn() {
  if (!playing) return;
  const done = playing.lasts ? (performance.now() - playing.started) / playing.lasts : 1;
  if (done >= 1) return finishPlaying();
  const count = Math.ceil(done * playing.strokes.flat().length);
  if (count !== playing.count) {
    playing.count = count;
    states[now] = firstPoints(playing.strokes, count);
    changed();
  }
  requestAnimationFrame(playOn);
}

function finishPlaying() {
  if (!playing) return;
  states[now] = playing.strokes;
  playing = null;
  changed();
}

label();
watch("text", label);
watch("value", play);
new ResizeObserver(fitToScreen).observe(pad);
show();
