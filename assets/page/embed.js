// The embedded view for slides, lessons and articles: with `?embed` in its address, the page shows only the pad, the
// verdict and the bars, and a link to the full page. The link takes the drawing with it.
//
// page.css has the style of the class “embedded”. On the static site, theme.js sets the class before the first paint.

import { linkTo } from "../shared/link.js";
import { create } from "../shared/dom.js";
import { isEmbedded } from "../shared/embedded.js";
import { followLanguage } from "../shared/text.js";
import { newestView } from "./moments.js";

if (isEmbedded) {
  document.documentElement.classList.add("embedded");
  if (document.body) showLink();
  else addEventListener("DOMContentLoaded", showLink);
}

function showLink() {
  const page = fullPage();
  const link = create("a", { href: page, target: "_blank", rel: "noopener" });
  link.dataset.text = "fullPage";
  const setAddress = () => {
    const strokes = newestView().answer?.strokes ?? [];
    link.href = (strokes.length > 0 && linkTo(`${page}#drawing=`, strokes)) || page;
  };
  for (const event of ["pointerdown", "focus", "click"]) link.addEventListener(event, setAddress);
  const place = create("p", { className: "full-page" }, link);
  document.body.append(place);
  followLanguage(place);
}

// Return the address of the page without “embed” and without a drawing.
function fullPage() {
  const { origin, pathname, search } = location;
  const others = new URLSearchParams(search);
  others.delete("embed");
  const rest = others.toString();
  return `${origin}${pathname}${rest && `?${rest}`}`;
}
