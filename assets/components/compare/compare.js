// A folded section with a table of the answers of all models.
// props.value: null, or the answer of /compare: {models}. The list `models` is empty if nothing is drawn.
// props.own: the name of the model that serves the page. props.text: the texts in the page's language.
// Emits "asked" when the section is opened. The page sets the value after this event. While the section is open, the
// page also sets the value whenever the pen rests.

const details = element.querySelector("details");
const hint = element.querySelector(".hint");
const table = element.querySelector("table");

const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)} %`;

function cells({ name, digit, verdict, probability, mnist, bytes, milliseconds }) {
  const says = verdict === "not a digit" ? props.text.none : String(digit);
  const sure = probability > 0.995 ? ">99 %" : percent(probability);
  return [name, says, sure, percent(mnist, 2), `${(bytes / 1e6).toFixed(2)} MB`, `${milliseconds.toFixed(1)} ms`];
}

function row(model) {
  const line = document.createElement("tr");
  line.classList.toggle("own", model.name === props.own);
  for (const [place, text] of cells(model).entries()) {
    line.append(Object.assign(document.createElement("td"), { textContent: text, className: place === 1 ? "says" : "" }));
  }
  return line;
}

function show() {
  for (const node of element.querySelectorAll("[data-text]")) node.textContent = props.text[node.dataset.text];
  const models = props.value?.models ?? [];
  table.hidden = models.length === 0;
  table.tBodies[0].replaceChildren(...models.map(row));
  hint.textContent = models.length > 0 ? "" : props.text[props.value?.models ? "nothingToCompare" : "comparing"];
}

details.addEventListener("toggle", () => {
  if (details.open) trigger("asked");
});

show();
watch("value", show);
watch("text", show);
