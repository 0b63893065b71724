// Paint strokes on a canvas. The sketchpad and the share buttons use it.
// This file is placed before the scripts of these components, in the same scope.

// Pen width on the screen, as a fraction of the pad's side. The server rasterizes strokes with its own pen width.
const SCREEN_PEN_WIDTH = 0.05;
// Pressure of a stylus at a point, 0 to 1. The pad shows the pressure, but the page does not send it to the server.
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

// Paint each segment with a width that grows with pressure, from 0.5 to 1.5 pen widths.
function paintPressed(context, points, path, side) {
  points.forEach((point, i) => {
    context.lineWidth = SCREEN_PEN_WIDTH * side * (0.5 + (pressures.get(point) ?? 0.5));
    context.beginPath();
    context.moveTo(...path[Math.max(0, i - 1)]);
    context.lineTo(...path[i]);
    context.stroke();
  });
}

// Add curves to the path, so that a fast stroke has no corners. The curves touch the middle of each segment.
function trace(context, points) {
  context.moveTo(...points[0]);
  for (let i = 1; i < points.length - 1; i++) {
    const [[x, y], [nextX, nextY]] = [points[i], points[i + 1]];
    context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  context.lineTo(...points[points.length - 1]);
}
