// Whether the section “Inside the network” is open. At first, it is open on wide screens. The browser keeps the visitor's
// choice.

const STORAGE_KEY = "inside";
const WIDE = "(min-width: 861px) and (min-height: 561px)";

/** Return whether the window has room for the pad, the answer and the section. */
export const isWide = () => matchMedia(WIDE).matches;

/** Return whether the section is open when the page is opened. */
export function isOpenAtFirst() {
  return read() ? read() === "open" : isWide();
}

/** @param {boolean} isOpen */
export function keepOpen(isOpen) {
  try {
    localStorage.setItem(STORAGE_KEY, isOpen ? "open" : "closed");
  } catch {
    // The browser's settings forbid it.
  }
}

function read() {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}
