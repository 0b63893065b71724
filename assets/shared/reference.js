// Pass values between components without copies.
//
// For each event, Gradio copies the values of components several times, each number on its own, and compares them as
// JSON. This takes longer than an answer of the network. Gradio neither copies nor reads an EventTarget.

/** @type {WeakMap<object, Reference>} */
const references = new WeakMap();
let count = 0;

/** A value for Gradio. Its JSON is only its id, which tells Gradio whether the value is another one. */
class Reference extends EventTarget {
  id = ++count;
  #value;

  /** @param {object} value */
  constructor(value) {
    super();
    this.#value = value;
  }

  get value() {
    return this.#value;
  }
}

/**
 * Return a reference to an object. It is the same one for the same object. Anything else is returned as it is.
 * @param {unknown} value
 */
export function referenceTo(value) {
  if (typeof value !== "object" || value === null) return value;
  const reference = references.get(value) ?? new Reference(value);
  references.set(value, reference);
  return reference;
}

/**
 * Return the value behind a reference. Anything else is returned as it is.
 * @param {unknown} value
 */
export const valueOf = (value) => (value instanceof Reference ? value.value : value);

/**
 * Return the properties of a component, so that the component gets and sets values, and Gradio gets references.
 * @param {Record<string, unknown>} props
 */
export const withValues = (props) => new Proxy(props, {
  get: (target, name) => valueOf(Reflect.get(target, name)),
  set: (target, name, value) => Reflect.set(target, name, referenceTo(value)),
});
