// Fit text into the width of a box on a canvas.

// A Chinese or Japanese character with the punctuation behind it, or a word with the space behind it. A line may end
// after each of them.
const PIECES = /[\u2E80-\u9FFF\uAC00-\uD7FF\uF900-\uFAFF][\u3000-\u303F\uFF00-\uFF65.,!?]*|[^\s\u2E80-\u9FFF\uAC00-\uD7FF\uF900-\uFAFF]+\s*|\s+/g;

/**
 * Return the lines of a text and the largest font size at which they fit. At the smallest size, the last line ends with
 * “…” if the text is still too long.
 * @param {CanvasRenderingContext2D} context
 * @param {string} words
 * @param {{ width: number, lines: number, sizes: readonly number[], font: (size: number) => string }} box
 *   sizes: the font sizes to try, from the largest to the smallest. font: the value of `context.font` for a size.
 */
export function fitted(context, words, { width, lines, sizes, font }) {
  for (const size of sizes) {
    context.font = font(size);
    const broken = brokenLines(context, words, width);
    if (broken.length <= lines && broken.every((line) => context.measureText(line).width <= width)) {
      return { size, lines: balanced(context, words, width, broken) };
    }
  }
  const size = sizes[sizes.length - 1];
  const broken = brokenLines(context, words, width);
  const kept = broken.slice(0, lines);
  kept[kept.length - 1] = shortened(context, kept[kept.length - 1], width);
  return { size, lines: kept };
}

// Break the lines at the smallest width that needs no further line, so that no line has only one word.
/** @type {(context: CanvasRenderingContext2D, words: string, width: number, lines: string[]) => string[]} */
function balanced(context, words, width, lines) {
  if (lines.length < 2) return lines;
  for (const part of [0.6, 0.7, 0.8, 0.9]) {
    const narrower = brokenLines(context, words, width * part);
    if (narrower.length === lines.length) return narrower;
  }
  return lines;
}

/** @type {(context: CanvasRenderingContext2D, words: string, width: number) => string[]} */
function brokenLines(context, words, width) {
  const lines = [""];
  for (const piece of words.match(PIECES) ?? []) {
    const longer = lines[lines.length - 1] + piece;
    if (lines[lines.length - 1] && context.measureText(longer.trimEnd()).width > width) lines.push(piece);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line) => line.trim());
}

/** @type {(context: CanvasRenderingContext2D, line: string, width: number) => string} */
function shortened(context, line, width) {
  const characters = [...line];
  while (characters.length > 0 && context.measureText(`${characters.join("")}…`).width > width) characters.pop();
  return `${characters.join("")}…`;
}
