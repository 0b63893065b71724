// Find and create elements.

/**
 * The argument of every component's function `mount`.
 * - `props` holds the values of the component.
 * - `trigger(event)` emits an event to the page.
 * - `watch(name, changed)` calls `changed` each time the page has set `props[name]`.
 * @typedef {object} Component
 * @property {HTMLElement} element
 * @property {Record<string, any>} props
 * @property {(event: string) => void} trigger
 * @property {(name: string, changed: () => void) => void} watch
 */

/**
 * Return the first element that matches a selector. Throw an error if no element matches, or if the element is not an
 * instance of `type`.
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} [type]
 * @returns {T}
 */
export function find(root, selector, type = /** @type {any} */ (HTMLElement)) {
  const found = root.querySelector(selector);
  if (found instanceof type) return found;
  throw new Error(`${selector} is not a ${type.name}.`);
}

/**
 * Create an element with properties and children.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Partial<HTMLElementTagNameMap[K]>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function create(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/**
 * Set the label that a screen reader says. A label that stays the same costs nothing.
 * @type {(element: Element, label: string) => void}
 */
export function setLabel(element, label) {
  if (element.getAttribute("aria-label") !== label) element.setAttribute("aria-label", label);
}

/**
 * Set the text of an element. A text that stays the same costs no layout.
 * @type {(element: Element, content: string) => void}
 */
export function setText(element, content) {
  if (element.textContent !== content) element.textContent = content;
}
