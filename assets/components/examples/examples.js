// A row of example drawings and a button to choose a picture. Pictures can also be pasted, or dropped on the page.
// props.value: set by the component: {strokes} of an example, or {picture}, the object URL of a picture.
// props.examples: [{name, strokes}, …].
// props.text: the texts in the page's language. The text of an example has the key “example <name>”.
// Emits "input" when the visitor chooses an example or a picture.

const SVG = "http://www.w3.org/2000/svg";

function sketch(strokes) {
  const svg = document.createElementNS(SVG, "svg");
  const points = strokes.flat();
  const [left, right] = [0, 1].map((end) => Math[end ? "max" : "min"](...points.map(([x]) => x)));
  const [top, bottom] = [0, 1].map((end) => Math[end ? "max" : "min"](...points.map(([, y]) => y)));
  const margin = 0.06;
  svg.setAttribute("viewBox", [left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin].join(" "));
  svg.setAttribute("aria-hidden", "true");
  for (const stroke of strokes) {
    const path = document.createElementNS(SVG, "polyline");
    path.setAttribute("points", stroke.map((point) => point.join(",")).join(" "));
    svg.append(path);
  }
  return svg;
}

const file = element.querySelector("input");

function give(value) {
  props.value = value;
  trigger("input");
}

function givePicture(files) {
  const [first] = files ?? [];
  if (!first) return false;
  if (props.value?.picture) URL.revokeObjectURL(props.value.picture);
  give({ picture: URL.createObjectURL(first) });
  return true;
}

function show() {
  element.querySelector(".caption").textContent = props.text.examples;
  const label = element.querySelector(".picture");
  file.title = label.title = props.text.picture;
  file.setAttribute("aria-label", props.text.picture);
  element.querySelector(".drawings").replaceChildren(...props.examples.map(({ name, strokes }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = props.text[`example ${name}`];
    button.setAttribute("aria-label", button.title);
    button.append(sketch(strokes));
    button.addEventListener("click", () => give({ strokes }));
    return button;
  }));
}

file.addEventListener("change", () => {
  givePicture(file.files);
  file.value = ""; // Without this reset, choosing the same file again would emit no event.
});

function paste(event) {
  if (!element.isConnected) return document.removeEventListener("paste", paste);
  if (givePicture(event.clipboardData?.files)) event.preventDefault();
}

function drop(event) {
  if (!element.isConnected) return document.removeEventListener("drop", drop);
  if (givePicture(event.dataTransfer?.files)) event.preventDefault();
}

document.addEventListener("paste", paste);
document.addEventListener("drop", drop);
document.addEventListener("dragover", (event) => {
  // Without this call, the browser would open the dropped file in place of the page.
  if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
});

show();
watch("text", show);
