// “It was a …”: a click keeps the drawing with what it is.
// props.value: null; {digit}, that a digit was read (null: none) and may be corrected; {label}, what was clicked, told to
// the host by trigger("taught"), which answers {label, kept}, or {label, error} with null where the server is out of reach. props.text: its words.

const note = element.querySelector(".note");
const NO_DIGIT = "not a digit";

const buttons = [...Array(10).keys()].map(String).concat(NO_DIGIT).map((label) => {
  const button = Object.assign(document.createElement("button"), { type: "button" });
  button.addEventListener("click", () => {
    props.value = { label };
    trigger("taught");
    show();
  });
  element.querySelector(".labels").append(button);
  return [label, button];
});

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const named = (label) => (label === NO_DIGIT ? props.text.noDigit : label);

function words({ label, kept, error }) {
  if (kept) return fill(props.text.taught, { label: named(label) });
  return error === undefined ? props.text.teachNote : fill(props.text.notTaught, { error: error ?? props.text.lost });
}

function show() {
  const given = props.value || {};
  element.querySelector(".question").textContent = props.text.teach;
  element.querySelector(".labels").setAttribute("aria-label", props.text.teachLong);
  for (const [label, button] of buttons) {
    button.textContent = named(label);
    // What was read needs no correction; and a drawing is kept once.
    button.disabled = !("digit" in given) || label === String(given.digit ?? NO_DIGIT);
    button.setAttribute("aria-pressed", label === given.label);
  }
  note.textContent = words(given);
}

show();
watch("value", show);
watch("text", show);
