// The engine of a served page. It loads in the background after the first answer, compares some answers with those of
// the server, and then answers in the browser. If loading or the comparison fails, the server continues to answer.
//
// web/engine.py writes the setting into the document, and serves the network's files.

/** @import { Engine } from "../engine/engine.js" */
/** @import { Example } from "../shared/learned_json.js" */
/** @import { ReadAnswer } from "./api_client.js" */
/** @import { Stroke } from "../shared/strokes.js" */

import { whenIdle } from "../shared/idle.js";
import { pause } from "../shared/pause.js";
import { Timer } from "../shared/timer.js";
import { answerLocally, followServer, predict } from "./api_client.js";
import { Trial } from "./engine_check.js";

/** Number of equal answers until the engine answers. */
export const CHECKED = 6;
// Milliseconds without an answer of the server until the engine loads. While the pen moves, answers come sooner.
const QUIET = 500;
const MODES = ["auto", "server", "browser"];

/** @typedef {{ strokes: Stroke[], examples: Example[], answer: ReadAnswer }} Sample an answer of the server */

/** Follow the server's answers, and take over when the setting of the server or of the address allows it. */
export function useEngine() {
  const setting = document.querySelector("#engine")?.textContent;
  if (!setting) return; // The server's operator has turned the engine off.
  const { mode: served, folder } = JSON.parse(setting);
  const asked = new URL(location.href).searchParams.get("engine") ?? "";
  const mode = MODES.includes(asked) ? asked : served;
  if (mode === "server" || (mode === "auto" && savesData())) return;
  const engine = new ServedEngine(() => load(folder), mode === "browser" ? 0 : CHECKED);
  if (mode === "browser") whenIdle(() => engine.proceed());
}

const savesData = () => /** @type {any} */ (navigator).connection?.saveData === true;

/** @type {(folder: string) => Promise<Engine>} */
async function load(folder) {
  const { Engine } = await import("../engine/engine.js");
  return Engine.load("network", async (path) => {
    const kind = path.endsWith(".features.bin") ? "features.bin" : path.split(".").pop();
    const own = new URL(`${folder}network.${kind}`, document.baseURI);
    const address = kind === "wasm" ? new URL(`../engine/${path}`, import.meta.url) : own;
    const response = await fetch(address, { priority: "low" });
    if (!response.ok) throw new Error((await response.json().catch(() => ({}))).detail ?? `status ${response.status}`);
    return response.arrayBuffer();
  });
}

/** Answers drawings in place of the server, once its answers were equal. */
export class ServedEngine {
  /** @type {Engine | null} */
  #engine = null;
  /** @type {Sample[]} the newest answers of the server that are not compared yet */
  #samples = [];
  #isBusy = false;
  #isStopped = false;
  #timer = new Timer();
  #load;
  #plain;
  #personal;

  /**
   * @param {() => Promise<Engine>} load
   * @param {number} needed number of equal answers until the engine answers
   */
  constructor(load, needed) {
    this.#load = load;
    this.#plain = new Trial(needed);
    this.#personal = new Trial(needed); // The answers to drawings with personal examples need further files.
    followServer((strokes, examples, answer) => this.#follow({ strokes, examples, answer }));
  }

  /** @param {Sample} sample */
  #follow(sample) {
    if (this.#isStopped || this.#trialOf(sample.examples)?.isPassed !== false) return;
    this.#samples = [...this.#samples, sample].slice(-CHECKED);
    this.#timer.start(this.#engine ? 0 : QUIET, () => whenIdle(() => this.proceed()));
  }

  /** Load the engine, or compare its answers to the newest drawings with those of the server. */
  async proceed() {
    if (this.#isBusy || this.#isStopped) return;
    this.#isBusy = true;
    try {
      if (!this.#engine) await this.#start();
      for (const sample of this.#samples.splice(0)) await this.#check(sample);
    } catch (error) {
      this.#stop(error);
    } finally {
      this.#isBusy = false;
    }
  }

  async #start() {
    const engine = await this.#load();
    this.#engine = engine;
    this.#plain.isReady = true;
    /** @type {<Result>(answer: () => Result) => Result | undefined} */
    const ifPassed = (answer) => (this.#plain.isPassed ? answer() : undefined);
    answerLocally({
      predict: (strokes, examples) => this.#predict(engine, strokes, examples),
      explain: (image, digit, contrast) => ifPassed(() => engine.explain(image, digit, contrast, pause)),
      steps: (strokes) => ifPassed(() => engine.steps(strokes)),
      activations: (wanted) => ifPassed(() => {
        const found = engine.activations(wanted);
        return found ? Promise.resolve(found) : undefined; // The server shows the other networks.
      }),
    });
  }

  /** @type {(engine: Engine, strokes: Stroke[], examples: Example[]) => Promise<ReadAnswer> | undefined} */
  #predict(engine, strokes, examples) {
    if (!this.#trialOf(examples)?.isPassed) return undefined;
    return engine.predict(strokes, examples).catch((error) => {
      this.#stop(error);
      return predict(strokes);
    });
  }

  /** @param {Sample} sample */
  async #check({ strokes, examples, answer }) {
    const engine = /** @type {Engine} */ (this.#engine);
    const trial = this.#trialOf(examples);
    if (!trial) return;
    if (!trial.isReady) await engine.loadFeatures();
    trial.isReady = true;
    if (trial.isPassed) return;
    await new Promise((done) => whenIdle(() => done(undefined)));
    trial.compare(await engine.predict(strokes, examples), answer);
  }

  // Return null if the examples belong to another network: after an update, the server has a new one.
  /** @param {Example[]} examples */
  #trialOf(examples) {
    if (examples.length === 0) return this.#plain;
    const engine = this.#engine;
    return !engine || examples.every(({ network }) => network === engine.network) ? this.#personal : null;
  }

  /** @param {unknown} error */
  #stop(error) {
    this.#isStopped = true;
    answerLocally({});
    console.info(`The server reads all drawings: ${error instanceof Error ? error.message : error}`);
  }
}
