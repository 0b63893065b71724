// Whether a component is in view, so that nothing is requested for a part of the page that nobody sees.

/**
 * Mark a component with the attribute `data-in-view` while a part of it is in the window. Call a function each time it
 * comes into view.
 * @param {HTMLElement} element
 * @param {() => void} enter
 */
export function onView(element, enter) {
  new IntersectionObserver((entries) => {
    const { isIntersecting } = entries[entries.length - 1];
    const isNew = isIntersecting && element.dataset.inView === undefined;
    element.toggleAttribute("data-in-view", isIntersecting);
    if (isNew) enter();
  }).observe(element);
}

/**
 * Return whether the component with this id is in view.
 * @param {string} id
 */
export const isInView = (id) => document.querySelector(`#${id} [data-in-view]`) !== null;
