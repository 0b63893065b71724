// The title, and the choice of a language.
// props.value: the language chosen, told to the host by trigger("chosen"): by a click, or when the page opens, where the
// last visit or the browser asks for another one than the page came in. props.text: its words.

const KEPT = "language";
const buttons = [...element.querySelectorAll("button")];

function label() {
  for (const node of element.querySelectorAll("[data-text]")) node.textContent = props.text[node.dataset.text];
  element.querySelector(".languages").setAttribute("aria-label", props.text.language);
}

function mark(language) {
  for (const button of buttons) button.setAttribute("aria-pressed", button.lang === language);
}

function choose(language) {
  mark(language);
  props.value = language;
  trigger("chosen");
}

// Where nothing may be kept, the browser's language is asked each time.
function kept() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function preferred() {
  const [came] = buttons;
  const known = [kept(), ...navigator.languages]
    .map((wanted) => buttons.find(({ lang }) => wanted?.split("-")[0] === lang.split("-")[0]))
    .find(Boolean);
  return (known ?? came).lang;
}

for (const button of buttons) {
  button.addEventListener("click", () => {
    try {
      localStorage.setItem(KEPT, button.lang);
    } catch {
      // The choice holds for this visit.
    }
    choose(button.lang);
  });
}

label();
mark(buttons[0].lang);
watch("text", label);
// Once the other components are there to be told.
if (preferred() !== buttons[0].lang) setTimeout(() => choose(preferred()));
