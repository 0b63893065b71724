// The sketchpad: it turns mouse, finger, stylus and keyboard input into strokes.
// props.value: {strokes: [[[x, y], …], …]}, in fractions of the pad's side, x right, y down. If the page sets strokes,
// the pad draws the strokes as an animation. If the page sets {picture}, a URL, the pad shows the picture.
// {picture, frames} adds a frame around each digit that was found. props.text: the texts in the page's language.
// Emits "input" when the drawing or the picture changes. While the pen moves, it emits "input" once per screen frame.

const pad = element.querySelector(".pad");
const paper = element.querySelector(".paper");
const buttons = Object.fromEntries(
  ["undo", "redo", "erase", "clear"].map((name) => [name, element.querySelector(`.${name}`)]),
);

// Smallest distance between points, as a fraction of the pad's side: half a pixel of a large pad.
const MIN_STEP = 0.001;
// The eraser removes strokes within this distance: the pen's full width. Half of it would touch the ink; the rest
// allows for an inexact finger.
const ERASER_REACH = 0.05;
// Duration of the animation of a drawing that the page sets, in milliseconds.
const PLAY_FOR = 900;

// The history of the drawing: each state is a list of strokes. `now` is the index of the current state. Undo and redo
// change `now`.
let states = [[]];
let now = 0;
let stroke = null; // The stroke that is being drawn, or null.
let pointer = null; // The id of the pointer that draws or erases, or null.
let scheduled = false;
let unsent = false;
let sent = null; // The value that was emitted last.
let erasing = false;
let playing = null; // The animation in progress, {strokes, started, lasts, count}, or null.

const strokes = () => (stroke ? [...states[now], stroke] : states[now]);

function label() {
  for (const node of element.querySelectorAll("[data-text]")) node.textContent = props.text[node.dataset.text];
  for (const node of element.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", props.text[node.dataset.label]);
  }
  photo.querySelector("img").alt = props.text.shown;
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
  const blank = strokes().length === 0;
  pad.classList.toggle("drawn", !blank || picture !== null);
  buttons.undo.disabled = now === 0;
  buttons.redo.disabled = now === states.length - 1;
  buttons.clear.disabled = blank && picture === null;
  buttons.erase.disabled = blank;
  if (blank) erasing = false;
  buttons.erase.setAttribute("aria-pressed", erasing);
  pad.classList.toggle("erasing", erasing);
  paint();
}

// --- events

function send() {
  unsent = false;
  sent = picture ? { picture } : { strokes: strokes().map((points) => points.slice()) };
  props.value = sent;
  trigger("input");
}

// Repaint and emit "input" once per screen frame, even if the pen reports more often.
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

// Append a state to the history, in place of the states that were undone.
function keep(drawing) {
  states = [...states.slice(0, now + 1), drawing];
  now = states.length - 1;
}

// Call before every change by the visitor: end the animation and remove the picture.
function begin() {
  finishPlaying();
  showPicture(null);
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
  // Ignore a second finger or a palm (`isPrimary` is false) and the right mouse button. Button 5 is a stylus's eraser.
  if (stroke || !event.isPrimary || ![0, 5].includes(event.button)) return;
  const erases = erasing || event.button === 5;
  if (erases && strokes().length === 0) return;
  event.preventDefault();
  // Without this call, a text field that had the focus would still receive Delete and Ctrl+Z.
  document.activeElement?.blur();
  begin();
  paper.setPointerCapture(event.pointerId);
  pointer = event.pointerId;
  if (erases) return erase(event);
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

// Remove each whole stroke that passes near the pointer.
function erase(event) {
  const [x, y] = place(event);
  const left = states[now].filter((points) => distance(points, x, y) > ERASER_REACH);
  if (left.length === states[now].length) return;
  keep(left);
  changed();
}

// Return the distance from (x, y) to the nearest segment of a stroke.
function distance(points, x, y) {
  return Math.min(...points.map(([toX, toY], i) => {
    const [fromX, fromY] = points[Math.max(0, i - 1)];
    const [across, down] = [toX - fromX, toY - fromY];
    const along = ((x - fromX) * across + (y - fromY) * down) / (across * across + down * down || 1);
    const part = Math.min(1, Math.max(0, along));
    return Math.hypot(x - fromX - part * across, y - fromY - part * down);
  }));
}

for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) paper.addEventListener(type, lift);

// --- undo, redo, clear

function walk(step) {
  finishPlaying();
  if (stroke || !states[now + step]) return;
  begin();
  now += step;
  changed();
}

function clear() {
  if (stroke || buttons.clear.disabled) return;
  begin();
  if (states[now].length > 0) keep([]);
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

// --- drawings and pictures that the page sets

function take() {
  const { strokes: given, picture: address, frames } = props.value ?? {};
  if (stroke || props.value === sent) return;
  if (frames && address === picture) showFrames(frames);
  else if (address && !frames) look(address);
  else if (given?.length > 0 && JSON.stringify(given) !== JSON.stringify(sent?.strokes)) play(given);
}

function look(address) {
  begin();
  keep([]);
  showPicture(address);
  changed();
}

function play(given) {
  begin();
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

// Return the first `count` points of a drawing, as strokes.
function firstPoints(drawing, count) {
  const begun = [];
  for (const points of drawing) {
    if (count > 0) begun.push(points.slice(0, count));
    count -= points.length;
  }
  return begun;
}

function finishPlaying() {
  if (!playing) return;
  states[now] = playing.strokes;
  playing = null;
  changed();
}

label();
watch("text", label);
watch("value", take);
new ResizeObserver(fitToScreen).observe(pad);
show();
