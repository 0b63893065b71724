// Share the result of a test: a link that says how many digits were read correctly, or a picture with the drawings.

/** @import { Result } from "./results.js" */

import { find } from "../../shared/dom.js";
import { text } from "../../shared/text.js";
import { copy, openMenu, sharesPictures, toPng } from "../share/clipboard.js";
import { Fallbacks } from "../share/fallbacks.js";
import { paintResultCard } from "./result_card.js";
import { countRight, linkTo } from "./results.js";

export class Sharing {
  #results;
  #fallbacks;
  #message;
  #card;
  #opensMenu = sharesPictures();

  /**
   * @param {HTMLElement} element the section with the result
   * @param {() => Result[]} results
   */
  constructor(element, results) {
    this.#results = results;
    this.#fallbacks = new Fallbacks(element);
    this.#message = find(element, ".message");
    this.#card = find(element, ".card");
    find(element, ".link").addEventListener("click", () => this.#copyLink());
    this.#card.addEventListener("click", () => this.#shareCard());
  }

  /** Prepare for a new result. */
  show() {
    this.#fallbacks.hide();
    this.#message.textContent = "";
    this.#card.textContent = text(this.#opensMenu ? "shareCard" : "card");
  }

  async #copyLink() {
    this.show();
    const link = linkTo(location.href, countRight(this.#results()));
    try {
      await copy("text/plain", Promise.resolve(new Blob([link], { type: "text/plain" })));
    } catch {
      return this.#fallbacks.showLink(link);
    }
    this.#message.textContent = text("linkCopied");
  }

  async #shareCard() {
    this.show();
    const card = toPng(paintResultCard(this.#results()));
    try {
      if (this.#opensMenu) return await openMenu(await card, "digits.png");
      await copy("image/png", card);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      return this.#fallbacks.showCard(await card);
    }
    this.#message.textContent = text("cardCopied");
  }
}
