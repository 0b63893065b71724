// Show the page before Gradio has started: the same markup, styles and texts at the same places, without functions.
//
// Gradio inserts the components one after the other, so that they move while the page loads. The first view covers
// Gradio's page until the module of every component has set its texts. It is in a closed shadow tree, so that its
// elements and ids are not found in place of the components.

import { create } from "../shared/dom.js";
import { isEmbedded } from "../shared/embedded.js";
import { followLanguage, text } from "../shared/text.js";
import { isOpenAtFirst } from "./inside_section.js";
import { endLoadingFrames } from "./loading_frames.js";

/**
 * @typedef {object} ComponentConfig
 * @property {number} id
 * @property {string} type
 * @property {{ visible?: boolean, elem_id: string, html_template: string, props?: { examples?: unknown[] } }} props
 */
/** @typedef {{ id: number, children?: LayoutNode[] }} LayoutNode */
/** @typedef {{ version: string, components: ComponentConfig[], layout: { children: LayoutNode[] } }} GradioConfig */

// Milliseconds until the first view ends although a component has no texts, for example because a request has failed.
const LONGEST = 15_000;
const LABELED = ".html-container > [data-labeled]";

/** Show the first view, and remove it when the components are ready. */
export function showFirstView() {
  const gradio = document.querySelector("gradio-app");
  const config = /** @type {any} */ (window).gradio_config;
  if (!gradio || !config) return;
  const { host, count } = firstView(config);
  gradio.before(host);

  const end = () => {
    host.remove();
    observer.disconnect();
    clearTimeout(timeout);
    endLoadingFrames();
  };
  const observer = new MutationObserver(() => {
    if (gradio.querySelectorAll(LABELED).length >= count) end();
  });
  observer.observe(gradio, { subtree: true, attributeFilter: ["data-labeled"] });
  const timeout = setTimeout(end, LONGEST);
}

/** @type {(config: GradioConfig) => { host: HTMLElement, count: number }} */
function firstView({ version, components, layout }) {
  const dark = isDark() ? "dark" : "";
  const host = create("div", { id: "first-view", className: dark, inert: true, ariaHidden: "true" });
  const column = create("div", { className: "column" }, ...layout.children.flatMap(element));
  const main = create("main", { className: "main app contain" }, column);
  const outer = create("div", { className: `gradio-container gradio-container-${version.replaceAll(".", "-")}` }, main);
  const root = host.attachShadow({ mode: "closed" });
  // A selector does not match an ancestor outside of the shadow tree.
  root.append(create("div", { className: isEmbedded ? `embedded ${dark}` : dark }, outer));
  root.adoptedStyleSheets = [copyOfStyles()];

  followLanguage(host);
  const blocks = [...root.querySelectorAll(".html-container > div")];
  for (const block of blocks) followLanguage(/** @type {HTMLElement} */ (block), () => showLoading(block));
  return { host, count: blocks.length };

  /** @type {(node: LayoutNode) => HTMLElement[]} */
  function element({ id, children = [] }) {
    const { type, props } = components.find((component) => component.id === id) ?? {};
    if (!props || props.visible === false) return [];
    if (type === "row" || type === "column") {
      return [create("div", { id: props.elem_id, className: type }, ...children.flatMap(element))];
    }
    if (type !== "html") return [];
    const content = create("div", { innerHTML: props.html_template });
    if (props.elem_id === "inside") content.querySelector("details")?.toggleAttribute("open", isOpenAtFirst());
    // The examples are drawn later, but their buttons take space.
    content.querySelector(".drawings")?.append(...(props.props?.examples ?? []).map(() => create("button")));
    const container = create("div", { className: "html-container" }, content);
    return [create("div", { id: props.elem_id, className: "block" }, container)];
  }
}

// The pad does not accept strokes yet. Say so in place of the invitation to draw.
/** @param {Element} block */
function showLoading(block) {
  const [invitation, reason] = [block.querySelector(".invitation"), block.querySelector(".reason")];
  if (invitation) invitation.textContent = text("loading");
  if (reason) reason.textContent = text("waiting");
}

// Styles of the document do not apply inside a shadow tree.
function copyOfStyles() {
  const rules = [...document.styleSheets].flatMap(rulesOf);
  const copy = new CSSStyleSheet();
  copy.replaceSync(rules.join("\n"));
  return copy;
}

// A browser's extension may have added a style sheet from another site, which cannot be read.
/** @param {CSSStyleSheet} sheet */
function rulesOf(sheet) {
  try {
    return [...sheet.cssRules].map((rule) => rule.cssText);
  } catch {
    return [];
  }
}

// Gradio chooses the theme in this way.
function isDark() {
  const theme = new URL(location.href).searchParams.get("__theme");
  return theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
}
