// Run each stage of the browser's engine on drawings. Usage: node engine_stages.mjs <folder of a site> <file of inputs>

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { attribute } from "../../assets/engine/attribution.js";
import { candidatesOf, imageOf } from "../../assets/engine/candidates.js";
import { Classifier } from "../../assets/engine/classifier.js";
import { enclosing } from "../../assets/engine/enclosures.js";
import { Engine } from "../../assets/engine/engine.js";
import { forwardPass } from "../../assets/engine/forward_pass.js";
import { boundingBox, resample } from "../../assets/engine/geometry.js";
import { Network } from "../../assets/engine/network.js";
import { occlude } from "../../assets/engine/occlusion.js";
import { findSigns } from "../../assets/engine/signs.js";
import { rasterize } from "../../assets/engine/strokes.js";
import { traceStrokes } from "../../assets/engine/trace.js";

const [site, inputs] = process.argv.slice(2);
const engine = new URL("../../assets/engine/", import.meta.url);
const bytes = async (path) => {
  const content = await readFile(path.endsWith(".wasm") ? new URL(path, engine) : join(site, path));
  return content.buffer.slice(content.byteOffset, content.byteOffset + content.length);
};
const { network: name, drawings, examples, images, others = [] } = JSON.parse(await readFile(inputs, "utf-8"));
const description = JSON.parse(await readFile(join(site, `networks/${name}.json`), "utf-8"));
const weights = await bytes(`networks/${name}.bin`);
const fast = new Network(description.layers, weights, new WebAssembly.Module(await bytes("kernel.wasm")));
const plain = new Network(description.layers, weights, null);
const classifier = new Classifier(fast, description);
const page = await Engine.load(name, bytes);
const text = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");

async function stages(strokes, index) {
  const boxes = strokes.map((points) => boundingBox([points]));
  const ink = rasterize(strokes);
  const image = imageOf(strokes);
  const found = {
    points: strokes.map((points) => resample(points, 20)),
    ink: [ink.height, ink.width, text(ink.values)],
    image: text(image),
    signs: boxes.length <= 40 ? findSigns(boxes) : null,
    enclosing: boxes.length <= 40 ? enclosing(strokes, boxes) : null,
    groups: candidatesOf(strokes).groups,
    trace: Object.entries(traceStrokes(strokes)).map(([step, { height, width, values }]) => [step, height, width, text(values)]),
    logits: [...fast.forward(image)],
    augmented: [...forwardPass(fast, image, true)],
    answer: forJson(await page.predict(strokes, [])),
    personal: forJson(await page.predict(strokes, examples)),
  };
  // These stages take longer.
  if (index % 10 > 0 || strokes.length === 0) return found;
  const { digit } = classifier.readImage(image);
  return {
    ...found,
    plain: [...plain.forward(image)],
    attribution: [...(await attribute(fast, image, digit, null))],
    contrast: [...(await attribute(fast, image, 3, 5))],
    occlusion: occlude((version) => fast.forward(version), image, digit, null, true),
    inside: insideOf(image),
    silenced: insideOf(image, [[1, 3], [5, 7], [5, 100]]),
    cell: await cellOf(asBytes(image)),
    learned: await page.learn(strokes, "3", examples),
  };
}

async function cellOf(image) {
  const { networks, model } = await page.inside();
  return networks.sensitivity(model, { image, model: null, silenced: [[1, 3]], cell: [5, 102, 17] });
}

function insideOf(image, silenced = []) {
  return shownOf(page.activations({ image: asBytes(image), layer: 2, ledger: true, silenced }));
}

function shownOf({ layers, outcome, silenced, ledger }) {
  return {
    outcome: (silenced ?? outcome).logits,
    layers: layers.map(({ values, weights, ...layer }) => ({ ...layer, values: text(values), weights: weights && text(weights) })),
    ledger: { ...ledger, rows: ledger.rows.map((row) => [...row]) },
  };
}

const asBytes = (image) => Uint8Array.from(image, (value) => Math.round(value * 255));
const forJson = (answer) => ({ ...answer, readings: answer.readings.map((reading) => ({ ...reading, image: text(reading.image) })) });

const results = [];
for (const [index, strokes] of drawings.entries()) results.push(await stages(strokes, index));
const predictions = images.map((image) => classifier.readImage(Float32Array.from(Buffer.from(image, "base64"), (byte) => byte / 255)).digit);
const shown = [];
for (const model of others) {
  const request = { strokes: drawings[0], model, layer: 0, ledger: true, weights: true };
  shown.push(shownOf(await page.activationsOfAny(request)));
}
process.stdout.write(JSON.stringify({ results, predictions, shown }));
