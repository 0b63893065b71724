// Which ink changes a cell that sees the whole drawing: each of 49 blocks of the input is erased, and the change of the
// cell is painted on the ink. The scale of the colors is that of the layer, so that two cells can be compared.

/** @import { CellRequest, Occlusion } from "../../shared/occlusion.js" */

import { Paced } from "../../page/inside.js";
import * as api from "../../page/cell_client.js";
import { clearCanvas, paintAttribution, paintInk } from "../../shared/canvas.js";
import { find, setText } from "../../shared/dom.js";
import { evidenceOf } from "../../shared/occlusion.js";
import { text } from "../../shared/text.js";
import { Timer } from "../../shared/timer.js";

const PIXELS = 28;
const SIDE = 6 * PIXELS; // Of the canvas. The colors need several pixels for each pixel of the image.
// Milliseconds without a newer drawing or cell until the blocks are erased.
const REST = 200;

export class Sensitivity {
  #canvas;
  #caption;
  #legend;
  #requests;
  #rest = new Timer();
  /** @type {{ key: string, request: CellRequest, scale: number } | null} */
  #shown = null;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#canvas = find(element, ".source canvas", HTMLCanvasElement);
    this.#caption = find(element, ".found figcaption");
    this.#legend = find(element, ".effects");
    /** @type {Paced<CellRequest, Pick<Occlusion, "erased">>} */
    this.#requests = new Paced(api.sensitivity, (result, request) => this.#receive(result, request), () => {});
  }

  /**
   * Show the input, and soon the effect of its ink on a cell.
   * @type {(request: CellRequest, scale: number) => void}
   */
  show(request, scale) {
    const { image, ...cell } = request;
    const key = JSON.stringify(cell);
    if (this.#shown?.key === key && this.#shown.request.image === image) return;
    this.#shown = { key, request, scale };
    this.#say(true);
    this.#canvas.width = this.#canvas.height = PIXELS;
    clearCanvas(this.#canvas);
    paintInk(this.#canvas, image);
    if (image.some(Boolean)) this.#rest.start(REST, () => this.#requests.ask(request));
    else this.#stop();
  }

  // Say that the colors show what changes the cell, or that nothing does.
  /** @param {boolean} changes */
  #say(changes) {
    this.#legend.hidden = !changes;
    setText(this.#caption, text(changes ? "insideChanges" : "insideNoChanges"));
  }

  /** Forget the cell. */
  hide() {
    this.#shown = null;
    this.#legend.hidden = true;
    this.#stop();
  }

  #stop() {
    this.#rest.start();
    this.#requests.stop();
  }

  /** @type {(result: Pick<Occlusion, "erased">, request: CellRequest) => void} */
  #receive({ erased }, request) {
    if (!this.#shown || this.#shown.request !== request) return;
    this.#canvas.width = this.#canvas.height = SIDE;
    const evidence = evidenceOf(erased, request.image, this.#shown.scale);
    paintAttribution(this.#canvas, evidence, request.image);
    this.#say(evidence.some(Boolean));
  }
}
