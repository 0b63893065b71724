// What the component shows if the browser does not allow copying: the link in a text field, or the picture to save.

import { find } from "../../shared/dom.js";

export class Fallbacks {
  #address;
  #field;
  #offer;
  #save;
  #image;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#address = find(element, ".address");
    this.#field = find(element, ".address input", HTMLInputElement);
    this.#offer = find(element, ".offer");
    this.#save = find(element, ".offer a", HTMLAnchorElement);
    this.#image = find(element, ".offer img", HTMLImageElement);
    this.#field.addEventListener("focus", () => this.#field.select());
  }

  /** @param {string} link */
  showLink(link) {
    this.#field.value = link;
    this.#address.hidden = false;
    this.#field.focus();
  }

  /** @param {Blob} picture */
  showCard(picture) {
    this.#save.href = this.#image.src = URL.createObjectURL(picture);
    this.#offer.hidden = false;
  }

  hide() {
    this.#address.hidden = this.#offer.hidden = true;
    if (this.#save.href) URL.revokeObjectURL(this.#save.href);
    this.#save.removeAttribute("href");
    this.#image.removeAttribute("src");
  }
}
