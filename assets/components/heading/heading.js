// The title and the buttons that choose the language.
// props.value: set by the component: the chosen language, such as "zh-CN".
// props.text: the texts in the page's language.
// Emits "chosen" after a click. Also emits "chosen" when the page opens, if the visitor's language is not the page's
// first language. The visitor's language is the language chosen at an earlier visit, or else the browser's language.

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

// Return the language chosen at an earlier visit, or null. Browser settings can forbid localStorage.
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
      // localStorage is not available: the choice ends with this visit.
    }
    choose(button.lang);
  });
}

label();
mark(buttons[0].lang);
watch("text", label);
// Wait until the other components exist.
if (preferred() !== buttons[0].lang) setTimeout(() => choose(preferred()));
