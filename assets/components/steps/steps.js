// A folded section with the intermediate images of normalization, from the drawing to 28×28.
// props.value: null; the answer of /steps: {steps}, where `steps` is empty if nothing is drawn; or {picture: true} for
// a picture, because the page shows no steps for pictures. props.text: the texts in the page's language.
// Emits "asked" when the section is opened. The page sets the value after this event. While the section is open, the
// page also sets the value whenever the pen rests.

const SIDE = 132; // Longer side of an image on the screen, in CSS pixels.

const details = element.querySelector("details");
const way = element.querySelector(".way");

function step({ name, image }) {
  const [height, width] = [image.length, image[0].length];
  const line = document.createElement("li");
  line.className = "step";
  const frame = document.createElement("div");
  frame.className = "frame";
  frame.append(drawn(image, width, height));
  const words = Object.assign(document.createElement("span"), { textContent: props.text[`step ${name}`] });
  words.append(Object.assign(document.createElement("span"), { className: "sizes", textContent: `${width} × ${height}` }));
  line.append(frame, words);
  return line;
}

function drawn(image, width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height, ariaHidden: "true" });
  const scale = SIDE / Math.max(width, height);
  canvas.style.width = `${width * scale}px`;
  canvas.style.height = `${height * scale}px`;
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(width, height);
  image.flat().forEach((ink, i) => { pixels.data[4 * i + 3] = ink; });
  context.putImageData(pixels, 0, 0);
  return canvas;
}

function show() {
  for (const node of element.querySelectorAll("[data-text]")) node.textContent = props.text[node.dataset.text];
  const steps = props.value?.steps ?? [];
  way.replaceChildren(...steps.map(step));
  way.hidden = element.querySelector(".note").hidden = steps.length === 0;
  const hint = props.value?.picture ? "stepsOfPicture" : "stepsWaiting";
  element.querySelector(".hint").textContent = steps.length > 0 ? "" : props.text[hint];
}

details.addEventListener("toggle", () => {
  if (details.open) trigger("asked");
});

show();
watch("value", show);
watch("text", show);
