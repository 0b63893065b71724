// Call endpoints with the npm package @gradio/client. Usage: node gradio_client.mjs ADDRESS < calls.json
// calls.json is a list of [endpoint, arguments]. Prints a list of {data} or {error}.
// A string "file:PATH" as an argument is a file.

import { readFileSync } from "node:fs";
import { Client } from "@gradio/client";

const client = await Client.connect(process.argv[2], { events: ["data"] });
const results = [];
for (const [endpoint, values] of JSON.parse(readFileSync(0, "utf8"))) {
  const given = values.map((value) =>
    String(value).startsWith("file:") ? new Blob([readFileSync(value.slice(5))]) : value);
  try {
    results.push({ data: (await client.predict(endpoint, given)).data[0] });
  } catch (error) {
    results.push({ error: error.message ?? String(error) });
  }
}
console.log(JSON.stringify(results));
process.exit(0);
