// Paint a picture of a drawing and its answer, which visitors can post. It has the size of link previews.

/** @import { Answer, Reading } from "../../shared/answers.js" */
/** @import { Stroke } from "../../shared/strokes.js" */
/** @import { Colors } from "./card_colors.js" */

import { charactersOf, viewOf } from "../../shared/answers.js";
import { context2d, roundedRectangle } from "../../shared/canvas.js";
import { create } from "../../shared/dom.js";
import { shareOf } from "../../shared/shares.js";
import { paintStrokes } from "../../shared/strokes.js";
import { confidence, text } from "../../shared/text.js";
import { certaintyText, reasonText } from "../answer/sentences.js";
import { colorsOfPage } from "./card_colors.js";
import { columnsOf, paintColumns } from "./card_columns.js";
import { fitted } from "./fitting.js";

const [WIDTH, HEIGHT] = [1200, 630];
const PAD = { left: 56, top: 56, side: 518, radius: 36 };
// The right half: number, sentence, bars and footer.
const [LEFT, RIGHT] = [634, 1144];
const NUMBER = { top: 48, height: 156 };
const SENTENCE = { top: 208, lineHeight: 1.3 };
const COLUMNS = { top: 302, height: 206 };
const FOOTER = { middle: 553, mark: 44 };
const NUMBER_SIZES = sizes(156, 40);

/**
 * Return the picture, in the language and the theme of the page.
 * @param {Stroke[]} strokes
 * @param {Answer | undefined} answer undefined if there is no answer
 * @param {boolean} rejects whether the network can reject a drawing as a non-digit
 */
export function paintCard(strokes, answer, rejects) {
  const { canvas, colors } = createCard();
  const context = context2d(canvas);
  paintPad(context, colors, strokes);
  context.textBaseline = "middle";
  paintNumber(context, colors, answer);
  paintSentence(context, colors, sentenceOf(answer));
  paintColumns(context, colors, columnsOf(answer, rejects), { ...COLUMNS, left: LEFT, right: RIGHT, font: cardFont });
  paintFooter(context, colors);
  return canvas;
}

/** Return an empty picture with the background of the page's theme. */
export function createCard() {
  const canvas = create("canvas", { width: WIDTH, height: HEIGHT });
  const context = context2d(canvas);
  const colors = colorsOfPage();
  context.fillStyle = colors.background;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  return { canvas, colors };
}

/** @type {(context: CanvasRenderingContext2D, colors: Colors, strokes: Stroke[]) => void} */
function paintPad(context, colors, strokes) {
  const { left, top, side, radius } = PAD;
  const ink = create("canvas", { width: side, height: side });
  const inkContext = context2d(ink);
  paintStrokes(inkContext, strokes, side);
  inkContext.globalCompositeOperation = "source-in"; // Give the ink its color.
  inkContext.fillStyle = colors.ink;
  inkContext.fillRect(0, 0, side, side);
  context.save();
  roundedRectangle(context, left, top, side, side, radius);
  context.fillStyle = colors.paper;
  context.fill();
  context.clip();
  context.drawImage(ink, left, top);
  context.restore();
  roundedRectangle(context, left, top, side, side, radius);
  context.strokeStyle = colors.border;
  context.lineWidth = 2;
  context.stroke();
}

// Paint the number in the largest font that fits. A single digit has its percentage and its verdict beside it.
/** @type {(context: CanvasRenderingContext2D, colors: Colors, answer: Answer | undefined) => void} */
function paintNumber(context, colors, answer) {
  if (!answer || answer.verdict === "blank") return;
  const characters = charactersOf(answer);
  const width = RIGHT - LEFT;
  const middle = NUMBER.top + NUMBER.height / 2;
  context.direction = "ltr"; // Numbers are written from left to right in every language.
  context.textAlign = "left";
  const { size } = fitted(context, characters.map((character) => character.text).join(""), { width, lines: 1, sizes: NUMBER_SIZES, font: cardFont });
  context.font = cardFont(size);
  let left = LEFT;
  for (const { text: character, verdict } of characters) {
    context.fillStyle = verdict === "digit" || verdict === null ? colors.text : colors.subdued;
    context.fillText(character, left, middle + size * 0.04);
    left += context.measureText(character).width;
  }
  if (characters.length === 1) paintCertainty(context, colors, answer.readings[0], left + 28, middle);
}

/** @type {(context: CanvasRenderingContext2D, colors: Colors, reading: Reading, left: number, middle: number) => void} */
function paintCertainty(context, colors, reading, left, middle) {
  const lines = [confidence(shareOf(reading)), certaintyText(reading)];
  const [offset, ...fonts] = [26, cardFont(48), cardFont(30, 400)];
  lines.forEach((words, i) => {
    context.font = fonts[i];
    context.fillStyle = i === 0 ? colors.text : colors.subdued;
    context.fillText(words, left, middle + (2 * i - 1) * offset);
  });
}

/** @param {Answer | undefined} answer */
function sentenceOf(answer) {
  if (!answer) return text("cardUnread");
  if (answer.verdict === "digit") return text("cardRead"); // The number itself is large enough.
  return answer.verdict === "blank" ? text("isBlank") : reasonText(viewOf(answer));
}

/** @type {(context: CanvasRenderingContext2D, colors: Colors, sentence: string) => void} */
function paintSentence(context, colors, sentence) {
  const plain = (/** @type {number} */ size) => cardFont(size, 400);
  const box = { width: RIGHT - LEFT, lines: 2, sizes: sizes(28, 20), font: plain };
  const { size, lines } = fitted(context, sentence, box);
  context.font = plain(size);
  context.fillStyle = colors.subdued;
  alignToStart(context);
  lines.forEach((line, i) => {
    context.fillText(line, startOf(context), SENTENCE.top + (i + 0.5) * size * SENTENCE.lineHeight);
  });
}

// Paint the page's icon, its title and its address.
/** @type {(context: CanvasRenderingContext2D, colors: Colors) => void} */
export function paintFooter(context, colors) {
  const { middle, mark } = FOOTER;
  alignToStart(context);
  const isLeft = context.direction === "ltr";
  paintMark(context, isLeft ? LEFT : RIGHT - mark, middle - mark / 2, mark / 32);
  context.font = cardFont(28);
  context.fillStyle = colors.text;
  const title = text("title");
  const indent = mark + 14;
  context.fillText(title, isLeft ? LEFT + indent : RIGHT - indent, middle + 1);
  const width = RIGHT - LEFT - indent - context.measureText(title).width - 24;
  const address = publicAddress(location);
  if (!address || width < 80) return;
  const plain = (/** @type {number} */ size) => cardFont(size, 400);
  const { size, lines } = fitted(context, address, { width, lines: 1, sizes: sizes(24, 16), font: plain });
  context.font = plain(size);
  context.fillStyle = colors.subdued;
  context.textAlign = isLeft ? "right" : "left";
  context.fillText(lines[0], isLeft ? RIGHT : LEFT, middle + 1);
}

// Paint assets/page/favicon.svg. `scale` is the number of pixels for each unit of the file.
/** @type {(context: CanvasRenderingContext2D, left: number, top: number, scale: number) => void} */
function paintMark(context, left, top, scale) {
  context.save();
  context.translate(left, top);
  context.scale(scale, scale);
  roundedRectangle(context, 0, 0, 32, 32, 8);
  context.fillStyle = "#4f46e5";
  context.fill();
  context.strokeStyle = "#fff";
  context.lineWidth = 3.4;
  context.lineCap = context.lineJoin = "round";
  context.stroke(new Path2D("M10 9h12l-7 15"));
  context.restore();
}

/**
 * Return the page's address without "https://", or "" if others cannot reach it, because it names no domain.
 * @param {{ hostname: string, host: string, pathname: string }} location
 */
function publicAddress({ hostname, host, pathname }) {
  return /\.[a-z][a-z-]*[a-z]$/i.test(hostname) ? host + pathname.replace(/\/$/, "") : "";
}

/** @param {CanvasRenderingContext2D} context */
function alignToStart(context) {
  context.direction = document.documentElement.dir === "rtl" ? "rtl" : "ltr";
  context.textAlign = "start";
}

/** @param {CanvasRenderingContext2D} context */
const startOf = (context) => (context.direction === "rtl" ? RIGHT : LEFT);

/** @type {(size: number, weight?: number) => string} */
export function cardFont(size, weight = 650) {
  return `${weight} ${size}px ${getComputedStyle(document.body).fontFamily || "system-ui, sans-serif"}`;
}

/** @type {(largest: number, smallest: number) => number[]} */
function sizes(largest, smallest) {
  return Array.from({ length: Math.floor((largest - smallest) / 2) + 1 }, (_, i) => largest - 2 * i);
}
