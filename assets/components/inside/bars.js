// Paint the bars at the end of the strip. A changed text or bar of the document would cost several milliseconds of the
// page's thread; a painted one costs nothing there.

/** @import { Canvas } from "../../shared/canvas.js" */

import { context2d, roundedRectangle } from "../../shared/canvas.js";

/**
 * One bar. `part`: its length, from 0 to 1. `before`: its length with all maps; null without a mark. `share`: its text.
 * @typedef {{ name: string, part: number, before: number | null, share: string, isBest: boolean }} Bar
 */

/**
 * `width` and `height` are CSS pixels, and `scale` is the number of the screen's pixels for each of them.
 * @typedef {{ rows: Bar[], width: number, height: number, scale: number, look: Look }} Bars
 */

/**
 * The look of the page: colors of texts and of the answer's bar, and the font.
 * @typedef {{ strong: string, subdued: string, accent: string, family: string }} Look
 */

// CSS pixels, as inside.css has them for the buttons on the bars.
const ROW = 28, PITCH = 30;
const NAME = 15; // Width of the names.
const SHARE = 48; // Width of the shares.
const TRACK = 10; // Height of a bar.
const MARK = 3;
const MARK_COLOR = "#ea580c";
// Opacities of the track, and of a bar that is not the answer.
const PALE = 0.09, MIDDLE = 0.38;

/** @type {(canvas: Canvas, bars: Bars) => void} */
export function paintBars(canvas, { rows, width, height, scale, look }) {
  const [across, down] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
  const context = context2d(canvas);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  context.textBaseline = "middle";
  rows.forEach((row, index) => paintRow(context, row, index * PITCH + ROW / 2, width, look));
}

/** @type {(context: CanvasRenderingContext2D, row: Bar, middle: number, width: number, look: Look) => void} */
function paintRow(context, { name, part, before, share, isBest }, middle, width, look) {
  const weight = isBest ? 650 : 400;
  context.fillStyle = isBest ? look.strong : look.subdued;
  context.textAlign = "left";
  context.font = `${weight} 13px ${look.family}`;
  context.fillText(name, 0, middle);
  context.textAlign = "right";
  context.font = `${weight} 12px ${look.family}`;
  context.fillText(share, width, middle);
  paintBar(context, { part, before, isBest }, [NAME, middle - TRACK / 2, width - NAME - SHARE], look);
}

/**
 * @type {(context: CanvasRenderingContext2D, bar: Pick<Bar, "part" | "before" | "isBest">,
 *   place: [number, number, number], look: Look) => void}
 */
function paintBar(context, { part, before, isBest }, [left, top, width], { strong, accent }) {
  context.save();
  roundedRectangle(context, left, top, width, TRACK, TRACK / 2);
  context.clip();
  context.fillStyle = strong;
  context.globalAlpha = PALE;
  context.fillRect(left, top, width, TRACK);
  context.fillStyle = isBest ? accent : strong;
  context.globalAlpha = isBest ? 1 : MIDDLE;
  context.fillRect(left, top, width * part, TRACK);
  if (before !== null) {
    context.fillStyle = MARK_COLOR;
    context.globalAlpha = 1;
    context.fillRect(left + Math.max(0, width * before - MARK), top, MARK, TRACK);
  }
  context.restore();
}
