// Show a picture on the pad in place of strokes, with a frame around each digit that was found.

/** @import { Frame } from "../../shared/strokes.js" */

import { create, find } from "../../shared/dom.js";

export class Photo {
  #element;
  #image;
  /** @type {string | null} */
  #shown = null;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
    this.#image = find(element, "img", HTMLImageElement);
    this.#image.addEventListener("load", () => this.#fit());
  }

  /** @param {string | null} address the URL of a picture; null removes the picture */
  show(address) {
    if (address === this.#shown) return;
    this.#shown = address;
    this.#element.hidden = !address;
    this.#image.src = address ?? "";
    this.showFrames([]);
  }

  /** @param {Frame[]} frames */
  showFrames(frames) {
    find(this.#element, ".frames").replaceChildren(...frames.map(({ box: [left, top, right, bottom], name }) => {
      const frame = create("span", { className: "frame", textContent: name });
      const sides = { left, top, width: right - left, height: bottom - top };
      for (const [side, share] of Object.entries(sides)) frame.style.setProperty(side, `${100 * share}%`);
      return frame;
    }));
  }

  // Fit the picture to the pad, and keep the picture's aspect ratio.
  #fit() {
    const { naturalWidth, naturalHeight } = this.#image;
    const longer = Math.max(naturalWidth, naturalHeight);
    this.#element.style.width = `${(100 * naturalWidth) / longer}%`;
    this.#element.style.height = `${(100 * naturalHeight) / longer}%`;
  }
}
