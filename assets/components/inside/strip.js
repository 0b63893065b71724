// The strip: the network's input, one step for each layer, and the bars.

/** @import { Activations } from "../../shared/activations.js" */
/** @import { Reading } from "../../shared/answers.js" */
/** @import { Actions } from "./tiles.js" */

import { find } from "../../shared/dom.js";
import { frame } from "./detail.js";
import { LayerView } from "./layer.js";
import { OutcomeView } from "./outcome.js";
import { RemotePainter } from "./remote_painter.js";

const ROW_WIDTH = 940; // Least width, in CSS pixels, at which all steps stand in one row.
const STACK_WIDTH = 540; // Below this width, each step has the whole width.
const ROW_STEPS = 6; // Most steps in one row.
// Maps in a row of a step, for each number of steps in one row.
const ROW_COLUMNS = [6, 6, 4, 4, 3, 2, 2];
const COLUMNS = { wrapped: 3, stack: 4 };

export class Strip {
  #painter = new RemotePainter();
  #strip;
  #layers;
  #outcome;
  #actions;
  /** @type {(layer: number, map: number) => boolean} */
  #silenced = () => false;
  /** @type {LayerView[]} */
  #views = [];
  #structure = "";
  #width = 0;
  #rearranged;
  /** @type {{ shown: Activations, image: Uint8Array, reading: Reading | null } | null} */
  #view = null;

  /**
   * @param {HTMLElement} element
   * @param {Actions} actions
   * @param {(row: number) => void} explain shows how the logit of an outcome adds up
   * @param {() => void} rearranged called when the steps stand in another way, because the window has another width
   */
  constructor(element, actions, explain, rearranged) {
    this.#actions = actions;
    this.#rearranged = rearranged;
    this.#strip = find(element, ".strip");
    this.#layers = find(element, ".layers");
    const [input, outcome] = [".input canvas", ".results canvas"].map((name) => find(element, name, HTMLCanvasElement));
    this.#painter.use({ input, outcome });
    this.#outcome = new OutcomeView(element, explain, () => this.#paint());
    new ResizeObserver(([{ contentRect }]) => {
      this.#width = contentRect.width;
      this.#arrange();
    }).observe(this.#strip);
  }

  /** Forget the steps, so that they are made again. */
  clear() {
    this.#structure = "";
  }

  /** Request the bytes of activations. */
  get ask() {
    return this.#painter.ask;
  }

  /**
   * `reading` is the page's own answer about the image.
   * @type {(shown: Activations, image: Uint8Array, reading: Reading | null,
   *   silenced: (layer: number, map: number) => boolean) => void}
   */
  paint(shown, image, reading, silenced) {
    this.#view = { shown, image, reading };
    this.#silenced = silenced;
    const structure = `${shown.model}:${shown.layers.map(({ maps }) => maps.join()).join(";")}`;
    const isOther = structure !== this.#structure;
    if (isOther) this.#build(structure, shown);
    this.#paint();
    if (isOther) this.label();
  }

  /**
   * Frame the part of the input that a cell sees.
   * @param {import("./detail.js").Box | null} box
   */
  frameInput(box) {
    frame(find(this.#strip, ".input .window"), box);
  }

  // The document changes only if a map was switched off or on, or if the steps stand in another way.
  #paint() {
    if (!this.#view) return;
    const { shown, image, reading } = this.#view;
    const columns = this.#columns;
    shown.layers.forEach((layer, index) => this.#views[index].show(layer, columns, (map) => this.#silenced(index, map)));
    const bars = this.#outcome.show({ shown, isBlank: !image.some(Boolean), reading });
    this.#painter.paint({ image, layers: shown.layers, columns, bars });
  }

  /** Write the texts that follow when the pen rests. */
  label() {
    for (const view of this.#views) view.label();
    this.#outcome.label();
  }

  /** @type {(structure: string, shown: Activations) => void} */
  #build(structure, shown) {
    this.#structure = structure;
    this.#views = shown.layers.map((layer, index) => new LayerView(index, layer, this.#actions));
    this.#layers.replaceChildren(...this.#views.map(({ element }) => element));
    this.#painter.use({ layers: this.#views.map(({ canvas }) => canvas) });
    // The legend explains the brightness of maps, or the two colors of weights.
    const hasWeights = shown.layers.some(({ weights }) => weights);
    find(this.#strip, ".scale").hidden = hasWeights && this.#views.length === 1;
    find(this.#strip, ".signs").hidden = !hasWeights;
    // On a busy machine, the first answer comes before the observer.
    this.#width ||= this.#strip.clientWidth;
    this.#arrange(false);
  }

  get #layout() {
    if (this.#width < STACK_WIDTH) return "stack";
    return this.#width < ROW_WIDTH || this.#views.length > ROW_STEPS ? "wrapped" : "row";
  }

  get #columns() {
    const layout = this.#layout;
    if (layout === "row" && this.#view?.shown.layers[0].kind === "products") return 5;
    return layout === "row" ? ROW_COLUMNS[this.#views.length] : COLUMNS[layout];
  }

  #arrange(repaint = true) {
    if (this.#views.length === 0) return; // The page has no steps yet.
    const isOther = this.#strip.dataset.layout !== this.#layout;
    this.#strip.dataset.layout = this.#layout;
    if (repaint) this.#paint();
    if (isOther) this.#rearranged();
  }
}
