// Run small networks with the browser's engine. Usage: node engine_networks.mjs <file of networks>
//
// The file holds {"networks": [{"layers": …, "weights": base64 text}], "image": [784 numbers]}.

import { readFile } from "node:fs/promises";

import { Network } from "../../assets/engine/network.js";

const kernel = await WebAssembly.compile(await readFile(new URL("../../assets/engine/kernel.wasm", import.meta.url)));
const { networks, image } = JSON.parse(await readFile(process.argv[2], "utf-8"));

const results = networks.map(({ layers, weights }) => {
  const bytes = Buffer.from(weights, "base64");
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const [fast, plain] = [kernel, null].map((module) => new Network(layers, file, module));
  const [logits, without] = [fast, plain].map((network) => [...network.forward(image)]);
  const weighted = logits.map((_, index) => index - 4);
  return { logits, plain: without, gradient: [...fast.backward(weighted)] };
});
process.stdout.write(JSON.stringify(results));
