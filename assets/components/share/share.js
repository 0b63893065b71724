// Buttons that copy a link to the drawing, and that save the drawing as PNG or JSON.
// The link holds the drawing in its fragment, which browsers do not send to the server.
// props.value: after a click, the component sets {as}, where `as` is "link", "png" or "json"; the page then sets
// {as, strokes} with the pad's drawing. If a link opened the page, the component sets {strokes} from the link.
// props.text: the texts in the page's language.
// Emits "asked" after a click, and "opened" if the page was opened by a link.

const PICTURE_SIDE = 1024;
const SAY_FOR = 2000;
const KEY = "#drawing=";

const link = element.querySelector(".link");
let waiting = null; // The button clicked last, until the page replies with the strokes.

const ways = {
  link: async (strokes) => {
    const address = location.href.split("#")[0] + KEY + toText(strokes);
    history.replaceState(null, "", address);
    try {
      await navigator.clipboard.writeText(address);
      say(props.text.linkCopied);
    } catch {
      say(props.text.linkAbove);
    }
  },
  png: (strokes) => picture(strokes).toBlob((blob) => save(blob, "drawing.png")),
  json: (strokes) => save(new Blob([JSON.stringify({ strokes })], { type: "application/json" }), "drawing.json"),
};

function picture(strokes) {
  const canvas = Object.assign(document.createElement("canvas"), { width: PICTURE_SIDE, height: PICTURE_SIDE });
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, PICTURE_SIDE, PICTURE_SIDE);
  paintStrokes(context, strokes, PICTURE_SIDE);
  return canvas;
}

function save(blob, name) {
  const address = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), SAY_FOR);
}

function say(words) {
  link.textContent = element.querySelector(".said").textContent = words;
  setTimeout(label, SAY_FOR);
}

function label() {
  element.querySelector(".caption").textContent = props.text.share;
  element.querySelector(".said").textContent = "";
  for (const way of Object.keys(ways)) element.querySelector(`.${way}`).textContent = props.text[way];
}

function answer() {
  const { as, strokes } = props.value ?? {};
  if (!waiting || as !== waiting || !strokes) return;
  waiting = null;
  if (strokes.length > 0) ways[as](strokes);
}

function open() {
  const strokes = location.hash.startsWith(KEY) && fromText(location.hash.slice(KEY.length));
  if (!strokes) return;
  props.value = { strokes };
  trigger("opened");
}

for (const way of Object.keys(ways)) {
  element.querySelector(`.${way}`).addEventListener("click", () => {
    waiting = way;
    props.value = { as: way };
    trigger("asked");
  });
}

label();
watch("text", label);
watch("value", answer);
// Wait until the other components exist.
setTimeout(open);
