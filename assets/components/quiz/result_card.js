// Paint a picture of the result of a test, which visitors can post. It has the size of link previews.

/** @import { Colors } from "../share/card_colors.js" */
/** @import { Result } from "./results.js" */

import { context2d, roundedRectangle } from "../../shared/canvas.js";
import { create } from "../../shared/dom.js";
import { paintStrokes } from "../../shared/strokes.js";
import { number, text } from "../../shared/text.js";
import { cardFont, createCard, paintFooter } from "../share/card.js";
import { fitted } from "../share/fitting.js";
import { COUNT, countRight, isRight, meanSeconds } from "./results.js";

const LEFT = 56;
// Two rows of five drawings, on the right.
const GRID = { left: 634, top: 120, side: 94, gap: 10, rowGap: 62 };
const TEXT_WIDTH = 520;
const WRONG = "#ea580c";

/** @param {Result[]} results */
export function paintResultCard(results) {
  const { canvas, colors } = createCard();
  const context = context2d(canvas);
  context.textBaseline = "middle";
  context.direction = document.documentElement.dir === "rtl" ? "rtl" : "ltr";
  context.textAlign = "left";
  paintWords(context, colors, results);
  results.forEach((result, i) => paintResult(context, colors, result, i));
  paintFooter(context, colors);
  return canvas;
}

/** @type {(context: CanvasRenderingContext2D, colors: Colors, results: Result[]) => void} */
function paintWords(context, colors, results) {
  const seconds = number(meanSeconds(results), 1);
  const plain = (/** @type {number} */ size) => cardFont(size, 400);
  const lines = [
    { words: text("quizCard"), top: 90, size: 36, lines: 2, font: plain, color: colors.subdued },
    { words: text("quizScore", { right: countRight(results), count: COUNT }), top: 270, size: 112, lines: 1, font: cardFont, color: colors.text },
    { words: text("quizMean", { seconds }), top: 390, size: 30, lines: 2, font: plain, color: colors.subdued },
  ];
  for (const { words, top, size, lines: count, font, color } of lines) {
    const sizes = Array.from({ length: size - 17 }, (_, i) => size - i);
    const found = fitted(context, words, { width: TEXT_WIDTH, lines: count, sizes, font });
    context.font = font(found.size);
    context.fillStyle = color;
    found.lines.forEach((line, i) => context.fillText(line, LEFT, top + i * found.size * 1.3));
  }
}

/** @type {(context: CanvasRenderingContext2D, colors: Colors, result: Result, index: number) => void} */
function paintResult(context, colors, result, index) {
  const { side, gap, rowGap } = GRID;
  const left = GRID.left + (index % 5) * (side + gap);
  const top = GRID.top + Math.floor(index / 5) * (side + rowGap);
  const ink = create("canvas", { width: side, height: side });
  const inkContext = context2d(ink);
  paintStrokes(inkContext, result.strokes, side);
  inkContext.globalCompositeOperation = "source-in"; // Give the ink its color.
  inkContext.fillStyle = colors.ink;
  inkContext.fillRect(0, 0, side, side);
  roundedRectangle(context, left, top, side, side, 14);
  context.fillStyle = colors.paper;
  context.fill();
  context.strokeStyle = isRight(result) ? colors.border : WRONG;
  context.lineWidth = isRight(result) ? 2 : 4;
  context.stroke();
  context.drawImage(ink, left, top);
  context.font = cardFont(22);
  context.fillStyle = isRight(result) ? colors.subdued : colors.text;
  context.textAlign = "center";
  context.fillText(isRight(result) ? `${result.digit} ✓` : `${result.digit} → ${result.read}`, left + side / 2, top + side + 24);
  context.textAlign = "left";
}

