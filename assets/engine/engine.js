// Mirrors web/api.py: the functions of the API, answered in the browser.

/** @import { Activations, ActivationsRequest, Cutouts } from "../shared/activations.js" */
/** @import { Answer as PageAnswer, Reading as PageReading } from "../shared/answers.js" */
/** @import { Example } from "../shared/learned_json.js" */
/** @import { CellRequest } from "../shared/occlusion.js" */
/** @import { Stroke } from "../shared/strokes.js" */
/** @import { Reading } from "./answer.js" */
/** @import { PersonalExample } from "./examples.js" */
/** @import { Model, ReadFile } from "./model.js" */

import { numberOf, verdictOf } from "./answer.js";
import { attribute } from "./attribution.js";
import { imageOf } from "./candidates.js";
import { FeatureSpace } from "./features.js";
import { loadModel } from "./model.js";
import { Models } from "./models.js";
import { PIXELS } from "./normalization.js";
import { largest, rint } from "./numeric.js";
import { occlude, occludeScore } from "./occlusion.js";
import { traceStrokes } from "./trace.js";

const LABEL_NOT_DIGIT = "not a digit";
const CLASSES = [...Array(10).keys()].map(String).concat(LABEL_NOT_DIGIT);

/** Answers in the browser. The images are bytes, as on the page. */
export class Engine {
  #read;
  #own;
  #models;
  /** @type {Promise<FeatureSpace> | null} */
  #space = null;

  /**
   * @param {Model} own
   * @param {ReadFile} read
   */
  constructor(own, read) {
    this.#own = own;
    this.#read = read;
    this.#models = new Models(own, read);
  }

  /** @type {(name: string, read: ReadFile) => Promise<Engine>} */
  static async load(name, read) {
    return new Engine(await loadModel(name, read), read);
  }

  /** The short hash of the network; undefined if it cannot learn. */
  get network() {
    return this.#own.description.features?.network;
  }

  /** Read a blank image, because the browser compiles functions at their first call. */
  warmUp() {
    this.#own.classifier.network.forward(new Float32Array(PIXELS));
  }

  /** Load the features now, so that the first answer with personal examples does not wait for them. */
  async loadFeatures() {
    await this.#features();
  }

  /**
   * Read a digit or a number from strokes, with what the page has learned.
   * @type {(strokes: Stroke[], examples: Example[]) => Promise<Omit<PageAnswer, "id" | "strokes">>}
   */
  async predict(strokes, examples) {
    const personal = examples.length > 0 ? await this.#personal(examples) : null;
    const start = performance.now(); // The features may have been loaded first.
    const answer = this.#own.classifier.read(strokes, personal);
    return {
      number: numberOf(answer),
      verdict: verdictOf(answer),
      readings: answer.readings.map(toPage),
      marks: answer.signs,
      doubt: answer.doubt,
      current: answer.current,
      milliseconds: { network: performance.now() - start },
    };
  }

  /**
   * Return the example that the page can keep.
   * @type {(strokes: Stroke[], label: string, examples: Example[]) => Promise<Example>}
   */
  async learn(strokes, label, examples) {
    const { space, examples: own } = await this.#personal(examples);
    const example = this.#own.classifier.learn(imageOf(strokes), CLASSES.indexOf(label), space, own);
    return {
      features: btoa(String.fromCharCode(...new Uint8Array(example.features.buffer))),
      label,
      rather_than: example.ratherThan === null ? null : CLASSES[example.ratherThan],
      reach: example.reach,
      weight: example.weight,
      network: space.network,
    };
  }

  /**
   * Return how much each pixel contributed to an answer, as 28×28 numbers from -127 to 127.
   * @param {Uint8Array} image
   * @param {number | null} digit the answer to explain; null for “not a digit”
   * @param {number | null} contrast the digit to compare the answer with; null for all other digits
   * @param {() => Promise<void>} [pause] see `attribute`
   */
  async explain(image, digit, contrast, pause) {
    const contributions = await attribute(this.#own.classifier.network, toInk(image), digit, contrast, pause);
    const strongest = Math.max(largest(contributions.map(Math.abs)), 1e-9);
    return Int8Array.from(contributions, (value) => rint((127 * value) / strongest));
  }

  /**
   * Return how the score of an answer changes if the ink of a block is erased, or if a dot is added to it.
   * @type {(image: Uint8Array, digit: number | null, contrast: number | null) => ReturnType<typeof occlude>}
   */
  occlude(image, digit, contrast) {
    const { network } = this.#own.classifier;
    return occlude((version) => network.forward(version), toInk(image), digit, contrast, contrast !== null);
  }

  /**
   * Read one digit with every model, the least accurate first.
   * @param {Uint8Array} image
   */
  async compare(image) {
    if (image.every((byte) => byte === 0)) return { models: [] };
    const models = await this.#models.all();
    return { models: models.map((model) => this.#compared(model, toInk(image))) };
  }

  /**
   * Return the intermediate images of normalization.
   * @param {Stroke[]} strokes
   */
  async steps(strokes) {
    const steps = Object.entries(traceStrokes(strokes.filter((points) => points.length > 0)));
    return {
      steps: steps.map(([name, { width, height, values }]) => ({ name, width, height, image: toBytes(values) })),
    };
  }

  /**
   * Return the maps of the inner layers of the page's network for one digit. Return null if the network has none, or
   * if the request is about another network.
   * @type {(request: ActivationsRequest) => Activations | null}
   */
  activations(request) {
    const { name } = this.#own.description;
    return (request.model ?? name) === name ? this.#activations(this.#own, request) : null;
  }

  /**
   * Return the maps of the inner layers of any network, which is loaded first. Return null if the network has none.
   * @type {(request: ActivationsRequest) => Promise<Activations | null>}
   */
  async activationsOfAny(request) {
    return this.#activations(await this.#models.of(request.model), request);
  }

  /**
   * Return how a cell of any network changes if the ink of a block is erased. Return null if the network has no cells.
   * @type {(request: CellRequest) => Promise<ReturnType<typeof occludeScore> | null>}
   */
  async sensitivity({ image, model, ...wanted }) {
    const inside = this.#models.inside(await this.#models.of(model));
    return inside && occludeScore((version) => inside.cell(version, wanted), toInk(image), false);
  }

  /**
   * Return the cut-outs of a layer of any network. Return null if the network has no layers to show.
   * @type {(model: string, layer: number) => Promise<Cutouts | null>}
   */
  async cutouts(model, layer) {
    const inside = this.#models.inside(await this.#models.of(model));
    const found = inside?.cutouts(layer);
    if (!found) return inside && { maps: [], count: 0, size: 0, picture: new ArrayBuffer(0) };
    return { ...found, picture: await this.#read(`networks/${model}.cutouts-${layer}.webp`) };
  }

  /** @type {(model: Model, request: ActivationsRequest) => Activations | null} */
  #activations(model, { image, strokes, ...wanted }) {
    const inside = this.#models.inside(model);
    if (!inside) return null;
    const ink = strokes ? imageOf(strokes) : toInk(image ?? new Uint8Array(PIXELS));
    return { ...inside.of(ink, wanted), image: strokes ? toBytes(ink) : null };
  }

  /** @type {(model: Model, image: Float32Array) => object} */
  #compared({ classifier, description: { name, mnist, bytes, kind } }, image) {
    const start = performance.now();
    const { digit, verdict, probabilities, notDigit } = classifier.readImage(image);
    return {
      name, digit, verdict, probabilities, no_digit: notDigit, mnist, bytes, kind,
      probability: digit === null ? notDigit : largest(probabilities),
      milliseconds: performance.now() - start,
      own: name === this.#own.description.name,
    };
  }

  /** @param {Example[]} examples */
  async #personal(examples) {
    const space = await this.#features();
    return { space, examples: examples.filter(({ network }) => network === space.network).map(parsed) };
  }

  // Load the features when they are needed first. They are larger than the network.
  #features() {
    this.#space ??= this.#loadSpace().catch((error) => {
      this.#space = null;
      throw error;
    });
    return this.#space;
  }

  async #loadSpace() {
    const { name, features } = this.#own.description;
    if (!features) throw new Error("The network provides no features.");
    return new FeatureSpace(features, await this.#read(`networks/${name}.features.bin`));
  }
}

/**
 * @param {Example} example
 * @returns {PersonalExample}
 */
const parsed = ({ features, label, rather_than: wrong, reach, weight }) => ({
  features: Int8Array.from(atob(features), (character) => character.charCodeAt(0)),
  label: CLASSES.indexOf(label),
  ratherThan: wrong === null ? null : CLASSES.indexOf(wrong),
  reach, weight,
});

/**
 * @param {Reading} reading
 * @returns {PageReading}
 */
const toPage = ({ digit, verdict, probabilities, notDigit, several, image, box, strokes }) =>
  ({ digit, verdict, probabilities, no_digit: notDigit, several, image: toBytes(image), box, strokes });

/**
 * Return ink as bytes, from 0 for paper to 255.
 * @param {Float32Array} ink
 */
const toBytes = (ink) => Uint8Array.from(ink, (value) => rint(Math.fround(value * 255)));

/** @param {Uint8Array} bytes */
const toInk = (bytes) => Float32Array.from(bytes, (byte) => byte / 255);
