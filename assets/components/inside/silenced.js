// The maps that the visitor has switched off.

export class Silenced {
  /** @type {[number, number][]} pairs of a layer and a map */
  pairs = [];

  /** @type {(layer: number, map: number) => boolean} */
  has = (layer, map) => this.pairs.some(([one, other]) => one === layer && other === map);

  /** @type {(layer: number, map: number) => void} */
  toggle(layer, map) {
    if (this.has(layer, map)) this.pairs = this.pairs.filter(([one, other]) => one !== layer || other !== map);
    else this.add(layer, [map]);
  }

  /** @type {(layer: number, maps: number[]) => void} */
  add(layer, maps) {
    const added = maps.filter((map) => !this.has(layer, map));
    this.pairs = [...this.pairs, ...added.map((map) => /** @type {[number, number]} */ ([layer, map]))].slice(-LIMIT);
  }

  clear() {
    this.pairs = [];
  }
}

/** The server accepts this number of silenced maps: web/schemas/inside.py. */
const LIMIT = 200;
