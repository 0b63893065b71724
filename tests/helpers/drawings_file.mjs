// Write the static site's file of corrections. Usage: node drawings_file.mjs <file of drawings as JSON> <file to write>

import { readFile, writeFile } from "node:fs/promises";

import { drawingsFile } from "../../assets/site/drawings_file.js";

const [drawings, target] = process.argv.slice(2);
const blob = drawingsFile(JSON.parse(await readFile(drawings, "utf-8")));
await writeFile(target, new Uint8Array(await blob.arrayBuffer()));
