// A row of drawings to try; a click makes one of them props.value and tells the host by trigger("input").
// props.examples: [{name, strokes}, …]; props.text: the row's caption, and each drawing's name as “example <name>”.

const SVG = "http://www.w3.org/2000/svg";

function picture(strokes) {
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

function show() {
  element.querySelector(".caption").textContent = props.text.examples;
  element.querySelector(".row").replaceChildren(...props.examples.map(({ name, strokes }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = props.text[`example ${name}`];
    button.setAttribute("aria-label", button.title);
    button.append(picture(strokes));
    button.addEventListener("click", () => {
      props.value = { strokes };
      trigger("input");
    });
    return button;
  }));
}

show();
watch("text", show);
