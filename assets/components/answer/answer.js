// The answer: number, verdict, the network's 28×28 input, the attribution of that input, and ten probability bars.
// For a number, the image and the bars show one digit: the digit drawn last, or the digit that the visitor selects.
// props.value: null; an answer of /predict, with each image as 784 bytes; {verdict: "offline", "warming" or "busy"}; or
// {verdict: "error", reason}.
// The component adds two fields to an answer: `chosen`, the index of the selected reading, and `rather`, the digit to
// compare with. The page adds `why`, the attribution by /explain as 784 signed bytes.
// props.text: the texts in the page's language. The texts are set as text, never as HTML.
// Emits "retry" if there is no answer yet: the page requests the answer again.
// Emits "wondering" when the pen rests: the page adds `why` and updates the sections about the drawing.

const find = (selector) => element.querySelector(selector);
const [number, percent, certainty, reason, timing, spoken, seen, why, whyCaption] = [
  ".number", ".percent", ".certainty", ".reason", ".timing", ".spoken", ".seen canvas", ".why canvas", ".why figcaption",
].map(find);

const RETRY_AFTER = { offline: 2000, warming: 1000, busy: 300 }; // Milliseconds until the next request.
// Milliseconds without a new answer until a screen reader announces it.
const SPEAK_AFTER = 700;
// Milliseconds without a new answer until the attribution is requested. So /explain never delays the bars.
const WONDER_AFTER = 40;

const bars = Array.from({ length: 10 }, (_, number) => {
  const bar = document.createElement("div");
  bar.className = "bar";
  for (const name of ["name", "track", "figure"]) {
    bar.append(Object.assign(document.createElement(name === "name" ? "button" : "span"), { className: name }));
  }
  bar.children[0].type = "button";
  bar.children[0].textContent = number;
  bar.addEventListener("click", () => compare(number));
  for (const [name, value] of Object.entries({ role: "meter", "aria-valuemin": 0, "aria-valuemax": 100 })) {
    bar.children[1].setAttribute(name, value);
  }
  bar.children[1].append(Object.assign(document.createElement("span"), { className: "fill" }));
  find(".bars").append(bar);
  return bar;
});

let retry = null;
let speak = null;
let wonder = null;
let shown = {}; // The value that is on the screen.

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// Never “100 %”, because no answer is certain.
const figure = (probability) => (probability > 0.995 ? ">99" : String(Math.round(probability * 100)));

function label() {
  for (const node of element.querySelectorAll("[data-text]")) node.textContent = props.text[node.dataset.text];
  for (const node of element.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", props.text[node.dataset.label]);
  }
  shown = {}; // Render everything again.
  show();
}

function show() {
  const answer = props.value || { verdict: "blank" };
  const chosen = answer.chosen ?? answer.current;
  const reading = answer.readings?.[chosen] ?? { verdict: "blank" };
  // If only the attribution is new, update only the attribution.
  const known = answer.why && ["id", "chosen", "rather"].every((key) => answer[key] === shown[key]);
  shown = answer;
  if (known) return showWhy(reading, answer.why, answer.rather);
  element.dataset.verdict = answer.verdict;
  reason.textContent = words(answer);
  showNumber(answer.readings ?? [], chosen);
  if (!(answer.verdict in RETRY_AFTER) && answer.verdict !== "error") {
    // Without a new answer, the last answer stays visible. The style sheet fades the last answer.
    showReading(reading);
    showTiming(answer.milliseconds ?? {});
    showWhy(reading, answer.why, answer.rather);
  }
  clearTimeout(wonder);
  if (props.value && !answer.why) wonder = setTimeout(() => trigger("wondering"), WONDER_AFTER);
  clearTimeout(retry);
  if (answer.verdict in RETRY_AFTER) retry = setTimeout(() => trigger("retry"), RETRY_AFTER[answer.verdict]);
  clearTimeout(speak);
  speak = setTimeout(() => { spoken.textContent = sentence(answer); }, SPEAK_AFTER);
}

// Show a single digit as text. Show several digits as buttons that select a reading.
function showNumber(readings, chosen) {
  number.style.setProperty("--length", Math.max(1, readings.length));
  number.replaceChildren(...readings.map((reading, place) => {
    const digit = document.createElement(readings.length > 1 ? "button" : "span");
    digit.className = "digit";
    digit.dataset.verdict = reading.verdict;
    digit.textContent = reading.digit ?? (reading.verdict === "blank" ? "" : "?");
    if (readings.length > 1) {
      digit.setAttribute("aria-pressed", place === chosen);
      digit.addEventListener("click", () => look({ chosen: place, rather: null }));
    }
    return digit;
  }));
}

// Select another reading, or another digit to compare with.
function look(change) {
  props.value = { ...props.value, ...change, why: null };
  show();
}

function compare(other) {
  const { readings, chosen, current, rather } = props.value ?? {};
  const reading = readings?.[chosen ?? current];
  if (!reading || reading.verdict === "blank") return;
  look({ rather: other === reading.digit || other === rather ? null : other });
}

function showReading(reading) {
  const named = Number.isInteger(reading.digit);
  element.dataset.reading = reading.verdict;
  percent.textContent = named ? fill(props.text.percent, { percent: figure(reading.probabilities[reading.digit]) }) : "";
  certainty.textContent = { digit: props.text.sure, unsure: props.text.unsure, "not a digit": props.text.noDigit }[reading.verdict] ?? "";
  showBars(reading);
  showImage(reading.image);
}

function words({ verdict, reason, readings, number }) {
  if (verdict === "blank") return props.text[readings ? "nothingFound" : "waiting"];
  if (verdict in RETRY_AFTER) return props.text[verdict];
  if (verdict === "error") return reason || props.text.error;
  if (readings.length === 1) return reasonOf(readings[0]);
  if (verdict === "digit") return fill(props.text.isNumber, { number });
  const place = readings.findIndex((reading) => reading.verdict === verdict);
  return fill(props.text.isDoubtful, { number, place: place + 1, reason: reasonOf(readings[place]) });
}

// Return the verdict on one reading as a sentence, like `reading_reason` in web/texts.py.
function reasonOf({ verdict, probabilities }) {
  const [first, second] = [...probabilities.keys()].toSorted((one, other) => probabilities[other] - probabilities[one]);
  const kinds = { digit: "isNumber", unsure: "isBetween", "not a digit": "isNone" };
  return fill(props.text[kinds[verdict]], { number: first, first, second });
}

function sentence(answer) {
  if (answer.verdict === "blank") return "";
  return [words(answer), percent.textContent, certainty.textContent].filter(Boolean).join(" ");
}

function showBars({ verdict, digit: winner, probabilities }) {
  const blank = verdict === "blank";
  bars.forEach((bar, number) => {
    const probability = blank ? 0 : probabilities[number];
    bar.classList.toggle("winner", !blank && number === winner);
    bar.style.setProperty("--part", probability.toFixed(4));
    const meter = bar.children[1];
    meter.setAttribute("aria-valuenow", Math.round(probability * 100));
    meter.setAttribute("aria-label", String(number));
    meter.setAttribute("aria-valuetext", blank ? "" : fill(props.text.percent, { percent: figure(probability) }));
    bar.children[2].textContent = blank ? "" : figure(probability);
  });
}

function showImage(image) {
  const context = seen.getContext("2d");
  context.clearRect(0, 0, 28, 28);
  if (!image) return;
  const pixels = context.createImageData(28, 28);
  image.forEach((ink, i) => { pixels.data[4 * i + 3] = ink; });
  context.putImageData(pixels, 0, 0);
}

// Draw the attribution: one color for ink that supports the answer, another for ink that contradicts it.
function showWhy(reading, evidence, rather) {
  const blank = reading.verdict === "blank";
  whyCaption.textContent = blank ? "" : whyWords(reading, rather);
  bars.forEach((bar, other) => bar.classList.toggle("rather", !blank && other === rather));
  const context = why.getContext("2d");
  if (evidence || blank) context.clearRect(0, 0, 28, 28);
  if (!evidence) return;
  const pixels = context.createImageData(28, 28);
  const [speaksFor, against] = ["--for", "--against"].map((name) => rgb(getComputedStyle(why).getPropertyValue(name)));
  evidence.forEach((part, i) => {
    const colour = part >= 0 ? speaksFor : against;
    // The square root makes small contributions visible. Ink that contributes nothing stays visible as a shadow.
    pixels.data.set([...colour, Math.max(255 * Math.sqrt(Math.abs(part) / 127), reading.image[i] * 0.12)], 4 * i);
  });
  context.putImageData(pixels, 0, 0);
}

function whyWords({ digit, probabilities }, rather) {
  if (digit === null && rather == null) return props.text.whyNone;
  const asked = digit ?? probabilities.indexOf(Math.max(...probabilities));
  return fill(rather == null ? props.text.why : props.text.whyRather, { digit: asked, other: rather });
}

const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.trim().slice(at, at + 2), 16));

const rounded = (value) => (value < 10 ? value.toFixed(1) : Math.round(value));

function showTiming(milliseconds) {
  const parts = Object.entries({
    normalization: (milliseconds.ink ?? 0) + milliseconds.normalization,
    network: milliseconds.network,
    roundTrip: milliseconds.roundTrip,
  }).filter(([, value]) => Number.isFinite(value));
  timing.textContent = parts
    .map(([step, value]) => `${props.text[step]} ${fill(props.text.milliseconds, { value: rounded(value) })}`)
    .join(" · ");
}

label();
watch("value", show);
watch("text", label);
