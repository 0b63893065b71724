// One network from its input to its bars: the strip, and what opens when the visitor touches a map or a bar.

/** @import { Activations, ActivationsRequest, LayerMaps } from "../../shared/activations.js" */
/** @import { Reading } from "../../shared/answers.js" */
/** @import { Stroke } from "../../shared/strokes.js" */
/** @import { Actions } from "./tiles.js" */
/** @import { Focused } from "./detail.js" */

import { activationRequests } from "../../page/inside.js";
import { withMaps } from "../../shared/activations.js";
import { find, setText } from "../../shared/dom.js";
import { text } from "../../shared/text.js";
import { Timer } from "../../shared/timer.js";
import { Controls } from "./controls.js";
import { Detail } from "./detail.js";
import { LedgerView } from "./ledger.js";
import { OpenedLayer } from "./opened_layer.js";
import { Silenced } from "./silenced.js";
import { Strip } from "./strip.js";

/** @type {Uint8Array} the input without ink */
export const BLANK = new Uint8Array(28 * 28);
// Milliseconds without a newer view until the labels for screen readers and the order of the ledger follow.
const REST_AFTER = 700;
// Milliseconds that a mouse rests on a map until the map is shown closer. A mouse that passes changes nothing.
const DWELL = 150;

const LEADS = { maps: "insideLead", units: "insideLeadUnits", products: "insideLeadProducts" };

export class NetworkView {
  #element;
  #lead;
  #strip;
  #detail;
  #opened;
  #ledger;
  #controls;
  #requests;
  #silenced = new Silenced();
  #isVisible = false;
  #wantsFive = false;
  /** @type {string | null} the chosen network; null for the page's own */
  #model = null;
  /** @type {{ image: Uint8Array } | { strokes: Stroke[] }} the drawing or the example to show */
  #drawing = { image: BLANK };
  /** @type {Reading | null} the page's answer to the drawing */
  #reading = null;
  /** @type {Activations | null} */
  #shown = null;
  /** @type {Uint8Array} */
  #shownImage = BLANK;
  /** @type {number[][]} the maps of each layer that the strip shows */
  #chosen = [];
  /** @type {Focused | null} the map that is shown closer */
  #focused = null;
  #rest = new Timer();
  #dwell = new Timer();

  /**
   * @param {HTMLElement} element
   * @param {string[]} models the names of all networks, the page's own first
   */
  constructor(element, models) {
    this.#element = element;
    this.#lead = find(element, ".lead");
    /** @type {Actions} */
    const actions = {
      point: (layer, map, cell) => this.#point({ layer, map, cell }),
      focus: (layer, map) => this.#focus({ layer, map, cell: null }),
      isFocused: (layer, map) => this.#focused?.layer === layer && this.#focused.map === map,
      toggle: (layer, map) => this.#toggle(layer, map),
      leave: () => this.#leave(),
      open: (layer, opener) => this.#opened.open(layer, opener),
    };
    this.#strip = new Strip(element, actions, (row) => this.#ledger.open(row), () => this.#paintFocused());
    this.#detail = new Detail(element, actions);
    this.#opened = new OpenedLayer(element, actions, () => this.#ask());
    this.#ledger = new LedgerView(element, actions, () => this.#ask());
    this.#controls = new Controls(element, models, {
      choose: (model) => this.#choose(model === models[0] ? null : model),
      five: () => { this.#wantsFive = true; this.#ask(); },
      on: () => { this.#silenced.clear(); this.#ask(); },
    });
    this.#requests = activationRequests(
      this.#strip.ask,
      (result, request) => this.#receive(result, request),
      (error) => this.#say(error.message || text("error")),
    );
  }

  /** @param {boolean} isVisible */
  set isVisible(isVisible) {
    this.#isVisible = isVisible;
    if (isVisible) this.#ask();
    else this.#requests.stop();
  }

  get isVisible() {
    return this.#isVisible;
  }

  /**
   * @param {Uint8Array} image the input of the network
   * @param {Reading | null} [reading] the page's own answer
   */
  show(image, reading = null) {
    this.#drawing = { image };
    this.#reading = reading;
    this.#ask();
  }

  /** @param {Stroke[]} strokes of the example */
  showExample(strokes) {
    this.#drawing = { strokes };
    this.#ask();
  }

  /** Show everything again, in a new language. */
  renew() {
    this.#opened.close();
    this.#strip.clear();
    this.#detail.renew();
    if (this.#shown) this.#paint();
    else this.#say(text(LEADS.maps));
  }

  #ask() {
    if (!this.#isVisible) return;
    this.#requests.ask({
      ...this.#drawing,
      model: this.#model,
      silenced: this.#silenced.pairs,
      layer: this.#opened.index,
      ledger: this.#ledger.row !== null || this.#wantsFive,
      weights: true,
    });
  }

  /** @type {(result: Activations, request: ActivationsRequest) => void} */
  #receive(result, request) {
    // The example has just ended, or the visitor has just chosen another network.
    if ("strokes" in request !== "strokes" in this.#drawing || request.model !== this.#model) return;
    if (request.layer === null) this.#chosen = result.layers.map(({ maps }) => maps);
    this.#shown = result;
    this.#shownImage = result.image ?? request.image ?? BLANK;
    if (this.#wantsFive && request.ledger) this.#switchOffFive(result);
    this.#paint();
  }

  #paint() {
    const shown = this.#shown;
    if (!shown) return;
    const isBlank = !this.#shownImage.some(Boolean);
    if (this.#element.classList.contains("waiting")) this.#element.classList.remove("waiting");
    const layers = shown.layers.map((layer, index) =>
      (layer.maps.length > this.#chosen[index].length ? withMaps(layer, this.#chosen[index]) : layer));
    const reading = this.#model === null && this.#reading?.image === this.#shownImage ? this.#reading : null;
    this.#strip.paint({ ...shown, layers }, this.#shownImage, reading, this.#silenced.has);
    const { index } = this.#opened;
    const opened = index === null ? undefined : shown.layers[index];
    if (index !== null && opened?.maps.length === opened?.count) {
      this.#opened.paint(/** @type {LayerMaps} */ (opened), (map) => this.#silenced.has(index, map));
    }
    if (shown.ledger || this.#ledger.row === null) this.#ledger.show(shown);
    this.#paintFocused();
    const canSilence = layers.every(({ kind }) => kind !== "products");
    this.#controls.show(this.#silenced.pairs.length, canSilence, shown.measured);
    this.#say(text("strokes" in this.#drawing ? "insideExample" : isBlank ? "insideBlank" : LEADS[layers[0].kind]));
    this.#rest.start(REST_AFTER, () => {
      this.#strip.label();
      this.#ledger.sort();
    });
  }

  #paintFocused() {
    const focused = this.#focused;
    if (!focused) return; // The visitor may point at a map at this moment.
    const layer = this.#shown?.layers[focused.layer];
    if (!layer || !layer.maps.includes(focused.map)) return this.#leave();
    const { has: silenced, pairs } = this.#silenced;
    const box = this.#detail.show(focused, layer, this.#shownImage, { model: this.#shown?.model ?? "", silenced, pairs });
    this.#strip.frameInput(box);
  }

  // --- what the visitor does

  /** @param {Focused} focused */
  #point(focused) {
    if (this.#focused) return this.#focus(focused);
    this.#dwell.start(DWELL, () => this.#focus(focused));
  }

  /** @param {Focused} focused */
  #focus(focused) {
    this.#dwell.start();
    this.#focused = focused;
    this.#paintFocused();
  }

  #leave() {
    this.#dwell.start();
    this.#focused = null;
    this.#detail.hide();
    this.#strip.frameInput(null);
  }

  /** @type {(layer: number, map: number) => void} */
  #toggle(layer, map) {
    if (this.#shown?.layers[layer].kind === "products") return;
    this.#silenced.toggle(layer, map);
    this.#ask();
  }

  /** @param {Activations} result with a ledger, unless the network has none */
  #switchOffFive({ ledger, layers }) {
    this.#wantsFive = false;
    if (ledger) this.#silenced.add(layers.length - 1, ledger.strongest);
    this.#ask();
  }

  /** @param {string | null} model */
  #choose(model) {
    this.#model = model;
    this.#silenced.clear();
    this.#leave();
    this.#ledger.open(null);
    this.#opened.close();
    this.#ask();
    this.#say(text("insideLoading"));
    this.#element.classList.add("waiting");
  }

  /** @param {string} sentence */
  #say(sentence) {
    setText(this.#lead, sentence);
  }
}
