// The section “Inside the network”: a strip from the network's input over the maps of each layer to the bars. It follows
// the drawing while the pen moves, and the moment that the visitor chooses on the timeline.
// The value `props.strokes` holds the strokes of the example that draws itself until the visitor draws.
// The section asks for nothing while it is folded or off screen.

/** @import { Activations, ActivationsRequest } from "../../shared/activations.js" */
/** @import { Component } from "../../shared/dom.js" */
/** @import { Stroke } from "../../shared/strokes.js" */

import { activationRequests } from "../../page/inside.js";
import { isOpenAtFirst, keepOpen } from "../../page/inside_section.js";
import { isOpenedByLink } from "../../page/kept_drawing.js";
import { earlierMoment, followMoments, followNewest, newestView } from "../../page/moments.js";
import { withMaps } from "../../shared/activations.js";
import { isWaiting, selectedReading } from "../../shared/answers.js";
import { find } from "../../shared/dom.js";
import { followLanguage, text } from "../../shared/text.js";
import { Timer } from "../../shared/timer.js";
import { Example } from "./example.js";
import { OpenedLayer } from "./opened_layer.js";
import { Strip } from "./strip.js";

const BLANK = new Uint8Array(28 * 28);
// Milliseconds without a newer view until the labels for screen readers follow.
const LABEL_AFTER = 700;

/** @param {Component} component */
export function mount({ element, props }) {
  const section = new Section(element, props.strokes);
  section.connect();
  followLanguage(element, () => section.renew());
}

class Section {
  #element;
  #details;
  #strip;
  #opened;
  /** @type {number[][]} the maps of each layer that the strip shows */
  #chosen = [];
  #requests;
  #example;
  #labels = new Timer();
  #isOnScreen = false;
  /** @type {Stroke[] | null} the part of the example that is shown; null once the visitor has drawn */
  #strokes = null;
  #hasDrawn = isOpenedByLink;
  /** @type {Uint8Array} the image to show */
  #image = BLANK;
  /** @type {Activations | null} */
  #shown = null;
  /** @type {Uint8Array} the image that `#shown` is about */
  #shownImage = BLANK;
  #isPainting = false;

  /**
   * @param {HTMLElement} element
   * @param {Stroke[]} example
   */
  constructor(element, example) {
    this.#element = element;
    this.#details = find(element, "details", HTMLDetailsElement);
    this.#opened = new OpenedLayer(element, () => this.#ask());
    this.#strip = new Strip(element, (index, opener) => this.#opened.open(index, opener));
    this.#requests = activationRequests(
      (result, request) => this.#receive(result, request),
      (error) => this.#say(error.message || text("error")),
    );
    this.#example = new Example(example, (strokes) => {
      this.#strokes = strokes;
      this.#ask();
    });
  }

  connect() {
    this.#details.open = isOpenAtFirst();
    this.#details.addEventListener("toggle", () => this.#follow());
    // A click is the visitor's own choice. The page opens and folds the section without one.
    find(this.#element, "summary").addEventListener("click", () => keepOpen(!this.#details.open));
    new IntersectionObserver(([{ isIntersecting }]) => {
      this.#isOnScreen = isIntersecting;
      this.#follow();
    }).observe(this.#details);
    document.addEventListener("visibilitychange", () => this.#follow());
    followNewest(() => this.#change());
    followMoments(() => this.#change());
    document.querySelector("#sketchpad .pad")?.addEventListener("pointerdown", () => this.#begin());
  }

  /** Show everything again, in a new language. */
  renew() {
    this.#opened.close();
    this.#strip.clear();
    if (this.#shown) this.#paint();
    else this.#say(text("insideLead"));
  }

  get #isVisible() {
    return this.#details.open && this.#isOnScreen && document.visibilityState === "visible";
  }

  // The section has become visible, or is no longer visible.
  #follow() {
    this.#example.stop();
    if (!this.#isVisible) return this.#requests.stop();
    this.#change();
    if (!this.#hasDrawn) this.#example.play();
  }

  // The visitor draws: the example stops.
  #begin() {
    if (this.#hasDrawn) return;
    this.#hasDrawn = true;
    this.#strokes = null;
    this.#example.stop();
    this.#ask();
  }

  // The drawing, the selected digit or the moment has changed.
  #change() {
    const earlier = earlierMoment();
    const view = newestView();
    const reading = earlier ? earlier.readings[earlier.current] : selectedReading(view);
    if (reading) this.#begin();
    if (!reading && isWaiting(view.connection)) return; // The last drawing stays.
    this.#image = reading && reading.verdict !== "blank" ? reading.image : BLANK;
    this.#ask();
  }

  #ask() {
    if (!this.#isVisible) return;
    const drawing = this.#strokes ? { strokes: this.#strokes } : { image: this.#image };
    this.#requests.ask({ ...drawing, layer: this.#opened.index });
  }

  /** @type {(result: Activations, request: ActivationsRequest) => void} */
  #receive(result, request) {
    if (Boolean(request.strokes) !== Boolean(this.#strokes)) return; // The example has just ended.
    if (request.layer === null) this.#chosen = result.layers.map(({ maps }) => maps);
    this.#shown = result;
    this.#shownImage = result.image ?? request.image ?? BLANK;
    if (this.#isPainting) return;
    this.#isPainting = true;
    requestAnimationFrame(() => {
      this.#isPainting = false;
      this.#paint();
    });
  }

  #paint() {
    if (!this.#shown) return;
    const isBlank = !this.#shownImage.some(Boolean);
    const layers = this.#shown.layers.map((layer, index) =>
      (layer.maps.length > this.#chosen[index].length ? withMaps(layer, this.#chosen[index]) : layer));
    this.#strip.paint({ ...this.#shown, layers }, this.#shownImage, isBlank);
    const { index } = this.#opened;
    if (index !== null && this.#shown.layers[index].maps.length === this.#shown.layers[index].count) {
      this.#opened.paint(this.#shown.layers[index]);
    }
    this.#say(text(this.#strokes ? "insideExample" : isBlank ? "insideBlank" : "insideLead"));
    this.#labels.start(LABEL_AFTER, () => this.#strip.label());
  }

  /** @param {string} sentence */
  #say(sentence) {
    const lead = find(this.#element, ".lead");
    if (lead.textContent !== sentence) lead.textContent = sentence;
  }
}
