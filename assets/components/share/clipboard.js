// Hand content to other programs: through the clipboard, through the menu “share” of a phone, or as a file.

import { create } from "../../shared/dom.js";

const REVOKE_AFTER = 2000; // Milliseconds.

/**
 * Copy content that may not be complete yet. Safari allows copying only during a click, so call this function at once.
 * Throw an error if the browser has no clipboard for this content, or does not allow its use, or if the content fails.
 * @param {"text/plain" | "image/png"} type
 * @param {Promise<Blob>} content
 */
export async function copy(type, content) {
  if (typeof ClipboardItem === "undefined" && type === "text/plain") {
    // Firefox before version 127.
    return navigator.clipboard.writeText(await (await content).text());
  }
  await navigator.clipboard.write([new ClipboardItem({ [type]: content })]);
}

/** Return whether the device has a menu “share” that takes pictures. On a computer, copying is more usual. */
export function sharesPictures() {
  const files = [new File([""], "digit.png", { type: "image/png" })];
  return matchMedia("(pointer: coarse)").matches && Boolean(navigator.canShare?.({ files }));
}

/**
 * Open the menu “share”. Throw an error with the name “AbortError” if the visitor closes it.
 * @type {(blob: Blob, name: string) => Promise<void>}
 */
export const openMenu = (blob, name) => navigator.share({ files: [new File([blob], name, { type: blob.type })] });

/** @type {(blob: Blob, name: string) => void} */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  create("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), REVOKE_AFTER);
}

/**
 * Return the content of a canvas as PNG.
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob>}
 */
export const toPng = (canvas) =>
  new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("The canvas is too large."))), "image/png");
  });
