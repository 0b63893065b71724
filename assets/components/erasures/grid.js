// A grid of blocks for mouse, finger and keyboard. The arrow keys move the focus, of which the Tab key sees one block.

import { BLOCKS } from "../../shared/occlusion.js";

/** @type {Record<string, [number, number]>} right, down */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Call `touch` with the block under the mouse or with the focus, and with null when there is none. Call `choose` with the
 * block that is clicked or tapped, or on which Enter or the space key is pressed.
 * @param {HTMLButtonElement[]} blocks row by row
 * @param {{ touch: (index: number | null) => void, choose: (index: number) => void }} actions
 */
export function connectGrid(blocks, { touch, choose }) {
  blocks.forEach((block, index) => {
    block.tabIndex = index === Math.floor(blocks.length / 2) ? 0 : -1;
    block.addEventListener("pointerenter", () => touch(index));
    block.addEventListener("pointerleave", () => touch(null));
    block.addEventListener("blur", () => touch(null));
    block.addEventListener("click", () => choose(index));
    block.addEventListener("focus", () => {
      for (const other of blocks) other.tabIndex = other === block ? 0 : -1;
      touch(index);
    });
    block.addEventListener("keydown", (event) => {
      if (event.key === "Escape") block.blur();
      if (!(event.key in ARROWS)) return;
      const [right, down] = ARROWS[event.key];
      const [column, row] = [(index % BLOCKS) + right, Math.floor(index / BLOCKS) + down];
      if (Math.min(column, row) >= 0 && Math.max(column, row) < BLOCKS) blocks[row * BLOCKS + column].focus();
      event.preventDefault();
    });
  });
}
