// Texts, numbers and percentages in the page's language. The page shows every text as plain text, never as HTML.

/**
 * @typedef {object} CurrentLanguage
 * @property {string} tag BCP 47 tag, such as "zh-CN"
 * @property {Record<string, string>} texts each text by its key. In a text, `{name}` marks a value to fill in.
 */

/** @type {CurrentLanguage | null} null until the first language is loaded */
let current = null;
/** @type {Map<HTMLElement, () => void>} the components, each with the function that renders its texts */
const followers = new Map();
/** @type {Map<number, Intl.NumberFormat>} the key is the number of decimal places */
const formats = new Map();
// These languages write a number below 999 as JavaScript does. The first answer then does not wait for the browser's first
// format, which takes 15 ms.
const PLAIN = /^(en|zh)(-|$)/;

/**
 * Set the language, and update every component.
 * @param {string} tag
 * @param {Record<string, string>} texts
 */
export function setTexts(tag, texts) {
  current = { tag, texts };
  formats.clear();
  for (const [element, render] of followers) {
    if (element.isConnected) update(element, render);
    else followers.delete(element);
  }
}

/**
 * Label a component and call `render` after every change of the page's language. If a language is already loaded, also
 * label the component and call `render` now.
 * @param {HTMLElement} element
 * @param {() => void} [render]
 */
export function followLanguage(element, render = () => {}) {
  followers.set(element, render);
  if (current) update(element, render);
}

/** @type {(element: HTMLElement, render: () => void) => void} */
function update(element, render) {
  labelNodes(element);
  render();
  element.dataset.labeled = ""; // page.css hides a component that lacks this attribute.
}

/**
 * Set the texts of the elements inside a component. Three attributes in the HTML hold the key of a text:
 * - `data-text`: the text is the element's content.
 * - `data-label`: the text is the element's label for screen readers.
 * - `data-alt`: the text replaces an image that cannot be shown or seen.
 * Further data attributes are the values to fill in, for example `data-digit`.
 * @param {HTMLElement} root
 */
function labelNodes(root) {
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-text], [data-label], [data-alt]"))) {
    const { text: content, label, alt } = node.dataset;
    if (content) node.textContent = text(content);
    if (label) node.setAttribute("aria-label", text(label, node.dataset));
    if (alt) node.setAttribute("alt", text(alt));
  }
}

/**
 * Return a text in the page's language.
 * @param {string} key
 * @param {Record<string, string | number | null | undefined>} [values] the values to fill in
 */
export function text(key, values = {}) {
  return (current?.texts[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/**
 * Format a number in the page's language.
 * @param {number} value
 * @param {number} [decimals] the number of decimal places
 */
export function number(value, decimals = 0) {
  if (value >= 0 && value < 999 && PLAIN.test(current?.tag ?? "")) return value.toFixed(decimals);
  let format = formats.get(decimals);
  if (!format) {
    format = new Intl.NumberFormat(current?.tag, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    formats.set(decimals, format);
  }
  return format.format(value);
}

/**
 * Format a share from 0 to 1 as a percentage.
 * @param {number} share
 * @param {number} [decimals] the number of decimal places
 */
export const percent = (share, decimals = 0) => text("percent", { percent: number(100 * share, decimals) });

/**
 * Format a probability as a percentage. From 99.5 % on, return “>99 %”, because no answer is certain.
 * @param {number} probability
 */
export const confidence = (probability) => text("percent", { percent: confidenceNumber(probability) });

/**
 * Format a probability as a percentage without the percent sign.
 * @param {number} probability
 */
export const confidenceNumber = (probability) => (probability >= 0.995 ? `>${number(99)}` : number(100 * probability));
