// The section “Inside the network”: a strip from the network's input over the maps of each layer to the bars. It follows
// the drawing while the pen moves, and the moment that the visitor chooses on the timeline.
// The value `props.strokes` holds the strokes of the example that draws itself until the visitor draws. `props.models`
// holds the names of all networks, the page's own first.
// The section asks for nothing while it is folded or off screen.

/** @import { Component } from "../../shared/dom.js" */
/** @import { Stroke } from "../../shared/strokes.js" */

import { isOpenAtFirst, isWide, keepOpen } from "../../page/inside_section.js";
import { isOpenedByLink } from "../../page/kept_drawing.js";
import { earlierMoment, followMoments, followNewest, newestView } from "../../page/moments.js";
import { isWaiting, selectedReading } from "../../shared/answers.js";
import { find } from "../../shared/dom.js";
import { followLanguage } from "../../shared/text.js";
import { Example } from "./example.js";
import { BLANK, NetworkView } from "./network_view.js";

/** @param {Component} component */
export function mount({ element, props }) {
  const view = new NetworkView(element, props.models);
  new Section(element, props.strokes, view).connect();
  followLanguage(element, () => view.renew());
}

// Decides what the view shows, and when.
class Section {
  #element;
  #details;
  #view;
  #example;
  #isOnScreen = false;
  #hasDrawn = isOpenedByLink;

  /**
   * @param {HTMLElement} element
   * @param {Stroke[]} example
   * @param {NetworkView} view
   */
  constructor(element, example, view) {
    this.#element = element;
    this.#details = find(element, "details", HTMLDetailsElement);
    this.#view = view;
    this.#example = new Example(example, (strokes) => view.showExample(strokes));
  }

  connect() {
    this.#details.open ||= isOpenAtFirst(); // The visitor may have opened it before this module was loaded.
    this.#details.addEventListener("toggle", () => this.#follow());
    // A click is the visitor's own choice. The page opens and folds the section without one.
    const summary = find(this.#element, "summary");
    summary.addEventListener("click", () => {
      keepOpen(!this.#details.open);
      // On a phone, the page becomes longer above the section. Show the section below the pad.
      if (!this.#details.open && !isWide()) {
        this.#details.addEventListener("toggle", () => summary.scrollIntoView(), { once: true });
      }
    });
    new IntersectionObserver((entries) => {
      this.#isOnScreen = entries[entries.length - 1].isIntersecting;
      this.#follow();
    }).observe(this.#details);
    document.addEventListener("visibilitychange", () => this.#follow());
    followNewest(() => this.#change());
    followMoments(() => this.#change());
    document.querySelector("#sketchpad .pad")?.addEventListener("pointerdown", () => this.#begin());
  }

  // The section has become visible, or is no longer visible.
  #follow() {
    this.#example.stop();
    this.#view.isVisible = this.#details.open && this.#isOnScreen && document.visibilityState === "visible";
    if (!this.#view.isVisible) return;
    this.#change();
    if (!this.#hasDrawn) this.#example.play();
  }

  // The visitor draws: the example ends.
  #begin() {
    if (this.#hasDrawn) return;
    this.#hasDrawn = true;
    this.#example.stop();
    this.#view.show(BLANK);
  }

  // The drawing, the selected digit or the moment has changed.
  #change() {
    const earlier = earlierMoment();
    const view = newestView();
    const reading = earlier ? earlier.readings[earlier.current] : selectedReading(view);
    if (!reading && (isWaiting(view.connection) || !this.#hasDrawn)) return; // The last drawing or the example stays.
    this.#begin();
    if (reading && reading.verdict !== "blank") this.#view.show(reading.image, reading);
    else this.#view.show(BLANK);
  }
}
