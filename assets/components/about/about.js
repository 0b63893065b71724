// A folded section with the measurements, figures and limitations of the network.
// props.value: null, or the answer of /about: {facts: [{name, kind, value, …}, …], pictures: {name: SVG}}.
// props.text: the texts in the page's language.
// Emits "asked" when the section is opened without a value. The page then sets the value.

const details = element.querySelector("details");

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const percent = (share) => fill(props.text.percent, { percent: (100 * share).toFixed(2) });

// For each kind of fact: the function that formats the fact's value.
const KINDS = {
  share: ({ value }) => percent(value),
  interval: ({ value, low, high }) =>
    fill(props.text.interval, { share: percent(value), low: (100 * low).toFixed(2), high: (100 * high).toFixed(2) }),
  digit: ({ digit, value }) => `${digit}: ${percent(value)}`,
  count: ({ value }) => value.toLocaleString("en"),
  bytes: ({ value }) => `${(value / 1e6).toFixed(2)} MB`,
  seconds: ({ value }) => fill(props.text.minutes, { value: (value / 60).toFixed(0) }),
};

function fact(given) {
  const line = document.createElement("tr");
  const count = given.count?.toLocaleString("en");
  const file = given.development ? fill(props.text.developmentData, given) : given.file;
  const name = fill(props.text[`fact ${given.name}`], { ...given, file, count });
  line.append(
    Object.assign(document.createElement("th"), { scope: "row", textContent: name }),
    Object.assign(document.createElement("td"), { textContent: KINDS[given.kind](given) }),
  );
  return line;
}

// The SVG is inserted as HTML. This is safe: the project's own evaluation drew it.
function picture([name, svg]) {
  const figure = Object.assign(document.createElement("figure"), { className: name });
  figure.append(Object.assign(document.createElement("figcaption"), { textContent: props.text[`picture ${name}`] }));
  figure.insertAdjacentHTML("beforeend", svg);
  const drawn = figure.querySelector("svg");
  drawn.setAttribute("role", "img");
  drawn.setAttribute("aria-label", props.text[`picture ${name}`]);
  return figure;
}

function show() {
  for (const node of element.querySelectorAll("[data-text]")) node.textContent = props.text[node.dataset.text];
  const known = props.value;
  element.querySelector(".hint").hidden = Boolean(known);
  element.querySelector(".portrait").hidden = !known;
  if (!known) return;
  element.querySelector("tbody").replaceChildren(...known.facts.map(fact));
  element.querySelector(".pictures").replaceChildren(...Object.entries(known.pictures).map(picture));
}

details.addEventListener("toggle", () => {
  if (details.open && !props.value) trigger("asked");
});

show();
watch("value", show);
watch("text", show);
