// Strokes on a canvas and in a link: what the sketchpad and the sharing of its drawings have in common. It stands before
// their own script, in the same scope.

// On screen only; the server draws the strokes anew with a pen of its own.
const PEN_WIDTH = 0.05;
// How hard a stylus pressed at a point, 0 … 1: seen on screen, not sent.
const pressures = new WeakMap();

function paintStrokes(context, strokes, side) {
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = "#111";
  for (const points of strokes) paintStroke(context, points, side);
}

function paintStroke(context, points, side) {
  const path = points.map(([x, y]) => [x * side, y * side]);
  if (points.some((point) => pressures.has(point))) return paintPressed(context, points, path, side);
  context.lineWidth = PEN_WIDTH * side;
  context.beginPath();
  trace(context, path);
  context.stroke();
}

// Each segment as wide as the stylus pressed there: from half the pen's width to half as much again.
function paintPressed(context, points, path, side) {
  points.forEach((point, i) => {
    context.lineWidth = PEN_WIDTH * side * (0.5 + (pressures.get(point) ?? 0.5));
    context.beginPath();
    context.moveTo(...path[Math.max(0, i - 1)]);
    context.lineTo(...path[i]);
    context.stroke();
  });
}

// The keyboard's pen: a ring, filled while it is down.
function paintCursor(context, place, down, side) {
  const [x, y] = place.map((value) => value * side);
  context.lineWidth = Math.max(2, 0.005 * side);
  context.beginPath();
  context.arc(x, y, 0.025 * side, 0, 2 * Math.PI);
  if (down) context.fill();
  context.stroke();
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

// --- in the plane

// From a place to a stroke: to the nearest of its segments.
function distance(points, x, y) {
  return Math.min(...points.map(([toX, toY], i) => {
    const [fromX, fromY] = points[Math.max(0, i - 1)];
    const [across, down] = [toX - fromX, toY - fromY];
    const along = ((x - fromX) * across + (y - fromY) * down) / (across * across + down * down || 1);
    const part = Math.min(1, Math.max(0, along));
    return Math.hypot(x - fromX - part * across, y - fromY - part * down);
  }));
}

// As much of a drawing as so many points make up.
function firstPoints(drawing, count) {
  const begun = [];
  for (const points of drawing) {
    if (count > 0) begun.push(points.slice(0, count));
    count -= points.length;
  }
  return begun;
}

// --- in a link: each number as thousandths of the pad's side, less the one before, in digits of 32 (five bits, and a sixth
// that says that more follow), smallest first; a stroke begins with how many points it has.

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function toText(strokes) {
  let text = "";
  let [left, top] = [0, 0];
  const write = (whole) => {
    // The sign goes into the lowest bit.
    for (let rest = whole < 0 ? -2 * whole - 1 : 2 * whole; ; rest >>= 5) {
      text += ALPHABET[(rest & 31) | (rest > 31 ? 32 : 0)];
      if (rest <= 31) return;
    }
  };
  for (const points of strokes) {
    write(points.length);
    for (const [x, y] of points.map((point) => point.map((value) => Math.round(1000 * value)))) {
      write(x - left);
      write(y - top);
      [left, top] = [x, y];
    }
  }
  return text;
}

// null for what no drawing was made into.
function fromText(text) {
  const numbers = [];
  let [value, shift] = [0, 0];
  for (const letter of text) {
    const bits = ALPHABET.indexOf(letter);
    if (bits < 0 || shift > 25) return null;
    value |= (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value & 1 ? -(value + 1) / 2 : value / 2);
    [value, shift] = [0, 0];
  }
  const strokes = [];
  let [x, y, at] = [0, 0, 0];
  while (at < numbers.length) {
    const end = at + 1 + 2 * numbers[at++];
    if (end <= at || end > numbers.length) return null;
    const points = [];
    for (; at < end; at += 2) points.push([(x += numbers[at]) / 1000, (y += numbers[at + 1]) / 1000]);
    strokes.push(points);
  }
  const onPad = strokes.flat(2).every((place) => place >= 0 && place <= 1);
  return shift === 0 && onPad && strokes.length > 0 ? strokes : null;
}
