// Parse the examples that the browser has kept. Another version of the page, or another page of this site, may have
// stored something else, and one damaged example would make the server reject every drawing.

/**
 * A personal example, as the server returns and takes it.
 * @typedef {object} Example
 * @property {string} features base64 text
 * @property {string} label a digit, or "not a digit"
 * @property {string | null} rather_than the network's own answer, which was wrong
 * @property {number} reach
 * @property {number} weight
 * @property {string} network the short hash of the network
 */

const LABEL = /^([0-9]|not a digit)$/;
const FEATURES = /^[A-Za-z0-9+/]{171}=$/; // 128 bytes.
const IMAGE = /^[A-Za-z0-9+/]{1046}==$/; // 28×28 bytes.
const NETWORK = /^[0-9a-f]{12}$/;

/**
 * Return the kept examples with their images. Leave out everything that is not an example.
 * @param {string | null} json
 * @returns {{ image: string, example: Example }[]}
 */
export function parseLearned(json) {
  const list = JSON.parse(json ?? "[]");
  if (!Array.isArray(list)) return [];
  return list.filter((each) => isText(each?.image, IMAGE) && isExample(each.example))
    .map(({ image, example }) => ({ image, example: only(example) }));
}

/** @param {any} value */
const isExample = (value) => value && isText(value.features, FEATURES) && isText(value.label, LABEL)
  && (value.rather_than === null || isText(value.rather_than, LABEL)) && isText(value.network, NETWORK)
  && isBetween(value.reach, -1, 1) && isBetween(value.weight, 0, 1000);

/** @type {(value: unknown, pattern: RegExp) => boolean} */
const isText = (value, pattern) => typeof value === "string" && pattern.test(value);

/** @type {(value: unknown, low: number, high: number) => boolean} */
const isBetween = (value, low, high) => typeof value === "number" && value >= low && value <= high;

// The server rejects unknown fields.
/**
 * @param {Example} example
 * @returns {Example}
 */
const only = ({ features, label, rather_than, reach, weight, network }) =>
  ({ features, label, rather_than, reach, weight, network });
