// Accept files and text that are pasted, or dropped anywhere on the page.

/**
 * @typedef {object} Receiver
 * @property {(file: File) => void} openFile
 * @property {(json: string) => void} openText
 * @property {() => void} refuse called for the address of a picture, which the page cannot load
 */

/**
 * Call the receiver until the component is removed from the page. From another site, a browser may drop only the
 * address of a picture.
 * @type {(element: HTMLElement, receiver: Receiver) => void}
 */
export function receiveFiles(element, { openFile, openText, refuse }) {
  /** @type {(data: DataTransfer | null, event: Event) => boolean} */
  function open(data, { target }) {
    const [file] = data?.files ?? [];
    const words = isTextField(target) ? "" : data?.getData("text/plain");
    if (file) openFile(file);
    else if (data?.types.includes("text/uri-list")) refuse();
    else if (words) openText(words);
    else return false;
    return true;
  }

  const removal = new AbortController();
  /** @type {<Type extends "paste" | "drop" | "dragover">(type: Type, act: (event: DocumentEventMap[Type]) => void) => void} */
  const on = (type, act) => document.addEventListener(type, (event) => {
    if (element.isConnected) act(event);
    else removal.abort();
  }, { signal: removal.signal });

  on("paste", (event) => {
    // A copied link is text for a text field.
    if (isTextField(event.target) && !event.clipboardData?.files.length) return;
    if (open(event.clipboardData, event)) event.preventDefault();
  });
  on("drop", (event) => {
    if (accepts(event)) event.preventDefault();
    open(event.dataTransfer, event);
  });
  on("dragover", (event) => {
    // Without this call, the browser would open the dropped file in place of the page.
    if (accepts(event)) event.preventDefault();
  });
}

/** @param {DragEvent} event */
function accepts({ dataTransfer, target }) {
  const types = isTextField(target) ? ["Files", "text/uri-list"] : ["Files", "text/uri-list", "text/plain"];
  return types.some((type) => dataTransfer?.types.includes(type));
}

/** @param {EventTarget | null} target */
const isTextField = (target) =>
  target instanceof Element && target.closest("input:not([type=file]), textarea, [contenteditable]") !== null;
