// Buttons that store the drawing with its correct label, as a correction.
// props.value:
// - null or {}: nothing can be corrected.
// - {digit}: the answer can be corrected. `digit` is null if the answer is “not a digit”.
// - {label}: the visitor has clicked a label.
// - {label, kept: true}: the correction is stored.
// - {label, error}: the correction is not stored. `error` is a message, or null if the server does not answer.
// props.text: the texts in the page's language.
// Emits "taught" after a click. The page then stores the correction and sets the value.

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
    // The label of the answer itself is not a correction. A drawing is stored only once.
    button.disabled = !("digit" in given) || label === String(given.digit ?? NO_DIGIT);
    button.setAttribute("aria-pressed", label === given.label);
  }
  note.textContent = words(given);
}

show();
watch("value", show);
watch("text", show);
