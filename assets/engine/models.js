// Mirrors web/service.py: the page's own network, and the others, which are loaded when they are needed first.

/** @import { Model, ReadFile } from "./model.js" */

import { InsideNetwork } from "./activations.js";
import { loadModel, readJson } from "./model.js";

export class Models {
  #read;
  /** @type {Promise<Model[]> | null} */
  #all = null;
  /** @type {Map<string, Promise<Model>>} the other networks that are loaded, by name */
  #others = new Map();
  /** @type {Map<string, InsideNetwork>} by the name of the network */
  #inside = new Map();

  /**
   * @param {Model} own the page's own network
   * @param {ReadFile} read
   */
  constructor(own, read) {
    this.own = own;
    this.#read = read;
  }

  /**
   * Return a network by its name; without a name, the page's own network.
   * @param {string | null} [name]
   * @returns {Promise<Model>}
   */
  async of(name) {
    if (!name || name === this.own.description.name) return this.own;
    const model = this.#others.get(name) ?? loadModel(name, this.#read);
    this.#others.set(name, model);
    model.catch(() => this.#others.delete(name));
    return model;
  }

  /** Return all networks of the site, the least accurate first. If one cannot be loaded, the next call tries again. */
  all() {
    this.#all ??= this.#loadAll().catch((error) => {
      this.#all = null;
      throw error;
    });
    return this.#all;
  }

  async #loadAll() {
    /** @type {string[]} */
    const names = await readJson("networks/models.json", this.#read);
    return Promise.all(names.map((name) => this.of(name)));
  }

  /**
   * Return the inner layers of a network; null if it has none to show.
   * @param {Model} model
   */
  inside({ classifier, description: { name, inside } }) {
    if (!inside) return null;
    const network = this.#inside.get(name) ?? new InsideNetwork(classifier, name, inside);
    this.#inside.set(name, network);
    return network;
  }
}
