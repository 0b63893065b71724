// How a logit adds up: the empty pad, and what each map of the last layer adds or takes away.

/** @import { Activations, Ledger } from "../../shared/activations.js" */
/** @import { Actions } from "./tiles.js" */

import { create, find } from "../../shared/dom.js";
import { number, text } from "../../shared/text.js";
import { nameOf } from "./outcome.js";
import { signed } from "./sentences.js";

const SHOWN = 10; // Maps with a line of their own.

export class LedgerView {
  /** @type {number | null} the outcome whose logit is shown */
  row = null;
  #element;
  #actions;
  #changed;
  /** @type {number[]} the maps with a line of their own; the order changes only when the pen rests */
  #order = [];

  /**
   * @param {HTMLElement} element
   * @param {Actions} actions
   * @param {() => void} changed called after the ledger was opened or closed
   */
  constructor(element, actions, changed) {
    this.#element = find(element, ".ledger");
    this.#actions = actions;
    this.#changed = changed;
    find(this.#element, ".close").addEventListener("click", () => this.open(null));
    this.#element.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.open(null);
    });
  }

  /** @param {number | null} row */
  open(row) {
    if (row === null && this.row === null) return;
    this.row = row === this.row ? null : row;
    this.#order = [];
    if (this.row === null) this.#element.hidden = true;
    this.#changed();
  }

  /** Let the strongest maps be chosen again. */
  sort() {
    this.#order = [];
  }

  /** @param {Activations} shown */
  show({ ledger, layers }) {
    if (this.row === null) return;
    this.#element.hidden = false;
    find(this.#element, "h2").textContent = text("insideLedger", { name: nameOf(this.row) });
    find(this.#element, ".note").textContent = text(ledger ? "insideLedgerNote" : "insideNoLedger", { name: nameOf(this.row) });
    find(this.#element, ".lines").replaceChildren(...(ledger ? this.#lines(ledger, layers.length - 1, this.row) : []));
  }

  /** @type {(ledger: Ledger, layer: number, row: number) => HTMLElement[]} */
  #lines({ rows, empty }, layer, row) {
    const parts = rows[row];
    const maps = [...parts.keys()].filter((map) => parts[map] !== 0);
    maps.sort((one, other) => Math.abs(parts[other]) - Math.abs(parts[one]));
    if (this.#order.length === 0) this.#order = maps.slice(0, SHOWN);
    const own = this.#order;
    const others = maps.filter((map) => !own.includes(map));
    const rest = others.reduce((total, map) => total + parts[map], 0);
    const total = parts.reduce((sum, part) => sum + part, empty[row]);
    const largest = Math.max(...own.map((map) => Math.abs(parts[map])), Math.abs(rest), Math.abs(empty[row]), 1e-9);
    const lines = own.map((map) => line(text("insideMap", { map }), parts[map], largest, () => this.#actions.toggle(layer, map)));
    return [
      line(text("insideEmpty"), empty[row], largest),
      ...lines,
      ...(others.length > 0 ? [line(text("insideOthers", { count: number(others.length) }), rest, largest)] : []),
      line(text("insideSum"), total, 0),
    ];
  }
}

/** @type {(name: string, value: number, largest: number, toggle?: () => void) => HTMLElement} */
function line(name, value, largest, toggle) {
  const bar = create("span", { className: value < 0 ? "part against" : "part" });
  bar.style.width = `${largest > 0 ? (100 * Math.abs(value)) / largest : 0}%`;
  const label = toggle ? create("button", { type: "button", textContent: name }) : create("span", { textContent: name });
  if (toggle) label.addEventListener("click", toggle);
  return create("li", { className: largest > 0 ? "" : "sum" },
    label, create("span", { className: "track" }, bar), create("span", { className: "value", textContent: signed(value) }));
}
