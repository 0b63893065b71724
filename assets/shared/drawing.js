// Strokes on a canvas: what the sketchpad and the sharing of its drawings have in common. It stands before their own
// scripts, in the same scope.

// On screen only; the server draws the strokes anew with a pen of its own.
const SCREEN_PEN_WIDTH = 0.05;
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
  context.lineWidth = SCREEN_PEN_WIDTH * side;
  context.beginPath();
  trace(context, path);
  context.stroke();
}

// Each segment as wide as the stylus pressed there: from half the pen's width to half as much again.
function paintPressed(context, points, path, side) {
  points.forEach((point, i) => {
    context.lineWidth = SCREEN_PEN_WIDTH * side * (0.5 + (pressures.get(point) ?? 0.5));
    context.beginPath();
    context.moveTo(...path[Math.max(0, i - 1)]);
    context.lineTo(...path[i]);
    context.stroke();
  });
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
