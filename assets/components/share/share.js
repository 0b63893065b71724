// Buttons that copy a link to the drawing or a picture of it with its answer, or save the drawing as PNG or JSON.
// After a click, the component sets `props.value` to {format}, where the format is "link", "card", "png" or "json", and
// emits "requested". The page then sets `props.value` to {format, drawing} with the pad's drawing. For the format
// "card", it also sets `answer`, or leaves it undefined if the drawing cannot be read.
// The value `props.rejects` is whether the network can reject a drawing as a non-digit.
// When the pen rests, the page sets `props.value` to {drawing}. The component then updates what depends on the drawing:
// the buttons, and the page's address if it holds a link.
// If the page's address holds a link to a drawing, the component sets `props.value` to {strokes} from the link, and
// emits "linked". If the link is damaged or too large, the component says so.

/** @import { Answer } from "../../shared/answers.js" */
/** @import { Component } from "../../shared/dom.js" */
/** @import { Drawing, Stroke } from "../../shared/strokes.js" */

import { context2d } from "../../shared/canvas.js";
import { create, find } from "../../shared/dom.js";
import { MAX_POINTS, MAX_STROKES, paintStrokes, thinned } from "../../shared/strokes.js";
import { followLanguage, text } from "../../shared/text.js";
import { Timer } from "../../shared/timer.js";
import { paintCard } from "./card.js";
import { copy, openMenu, save, sharesPictures, toPng } from "./clipboard.js";
import { Fallbacks } from "./fallbacks.js";
import { PageAddress } from "./page_address.js";

const PICTURE_SIDE = 1024;
const MESSAGE_DURATION = 2000; // Milliseconds.

/** @typedef {{ strokes: Stroke[], answer?: Answer }} Content */

/** @param {Component} component */
export function mount({ element, props, trigger, watch }) {
  const address = new PageAddress();
  const buttons = ["link", "card", "png", "json"].map((name) => find(element, `.${name}`));
  const [linkButton, cardButton] = buttons;
  const [message, notice] = [find(element, ".message"), find(element, ".notice")];
  const fallbacks = new Fallbacks(element);
  const clearing = new Timer();
  const opensMenu = sharesPictures();
  /** @type {{ format: string, done: (value: { drawing: Drawing, answer?: Answer }) => void }[]} clicks without a reply */
  let waiting = [];
  /** @type {Drawing} the drawing on the pad when the pen rested last */
  let shown = {};

  /** @type {Record<string, (content: Promise<Content>) => Promise<void>>} */
  const actions = {
    link: copyLink,
    card: shareCard,
    png: async (content) => save(await toPng(picture((await content).strokes)), "drawing.png"),
    json: async (content) => {
      const strokes = thinned((await content).strokes, MAX_POINTS);
      if (strokes.length > MAX_STROKES) refuse("tooManyStrokes");
      save(new Blob([JSON.stringify({ strokes })], { type: "application/json" }), "drawing.json");
    },
  };

  /** @param {Promise<Content>} content */
  async function copyLink(content) {
    const link = content.then(({ strokes }) => address.show(strokes) ?? refuse("tooManyStrokes"));
    try {
      await copy("text/plain", link.then((words) => new Blob([words], { type: "text/plain" })));
    } catch {
      return fallbacks.showLink(await link);
    }
    confirm(linkButton, "linkCopied");
  }

  /** @param {Promise<Content>} content */
  async function shareCard(content) {
    const card = content.then(({ strokes, answer }) => toPng(paintCard(strokes, answer, props.rejects)));
    try {
      if (opensMenu) return await openMenu(await card, "digit.png");
      await copy("image/png", card);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      return fallbacks.showCard(await card);
    }
    confirm(cardButton, "cardCopied");
  }

  /** @param {string} format */
  async function run(format) {
    fallbacks.hide();
    showNotice("");
    try {
      await actions[format](request(format));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      showNotice(error.message);
    }
  }

  /**
   * @param {string} format
   * @returns {Promise<Content>}
   */
  async function request(format) {
    props.value = { format };
    trigger("requested");
    const { drawing, answer } = await new Promise((done) => waiting.push({ format, done }));
    const reason = reasonAgainst(drawing);
    return reason ? refuse(reason) : { strokes: drawing.strokes, answer };
  }

  function receive() {
    const { format, drawing, answer } = props.value ?? {};
    if (!drawing) return;
    follow(drawing);
    if (!format) return;
    for (const click of waiting) if (click.format === format) click.done({ drawing, answer });
    waiting = waiting.filter((click) => click.format !== format);
  }

  /** @param {Drawing} drawing */
  function follow(drawing) {
    address.follow(drawing.strokes ?? []);
    if (JSON.stringify(drawing) !== JSON.stringify(shown)) {
      fallbacks.hide();
      // Keep the notice about a damaged link until the visitor draws.
      if (notice.dataset.text !== "linkRefused" || !reasonAgainst(shown)) showNotice("");
    }
    shown = drawing;
    enable();
  }

  // The text of a notice comes with the page's language, which may not be loaded yet.
  /** @param {string} key */
  function showNotice(key) {
    notice.dataset.text = key;
    notice.textContent = key && text(key);
  }

  /** @type {(button: HTMLElement, key: string) => void} */
  function confirm(button, key) {
    button.style.minWidth = `${button.getBoundingClientRect().width}px`; // The buttons beside it do not move.
    button.textContent = text("copied");
    message.textContent = text(key);
    clearing.start(MESSAGE_DURATION, clearMessage);
  }

  function clearMessage() {
    for (const button of buttons) {
      button.textContent = text(button.dataset.text ?? "");
      button.style.minWidth = "";
    }
    message.textContent = "";
  }

  // A button that is disabled in this way still takes clicks, and then says why it is disabled.
  function enable() {
    const reason = reasonAgainst(shown);
    for (const button of buttons) {
      button.setAttribute("aria-disabled", String(reason !== ""));
      button.title = reason && text(reason);
    }
  }

  function openLink() {
    const strokes = address.open();
    if (!strokes) return;
    if (strokes === "damaged") return showNotice("linkRefused");
    showNotice("");
    props.value = { strokes };
    trigger("linked");
  }

  for (const format of Object.keys(actions)) {
    find(element, `.${format}`).addEventListener("click", () => run(format));
  }
  if (opensMenu) cardButton.dataset.text = "shareCard";
  watch("value", receive);
  followLanguage(element, enable);
  // Open the link after the other components exist.
  setTimeout(openLink);
  addEventListener("hashchange", () => element.isConnected && openLink());
}

/** The message of this error is the key of a text that says why the drawing cannot be shared. */
class Refusal extends Error {}

/**
 * @param {string} reason
 * @returns {never}
 */
function refuse(reason) {
  throw new Refusal(reason);
}

/** @param {Drawing} drawing */
function reasonAgainst({ strokes, picture }) {
  if (picture) return "sharePicture";
  return strokes?.length ? "" : "shareBlank";
}

/** @param {Stroke[]} strokes */
function picture(strokes) {
  const canvas = create("canvas", { width: PICTURE_SIDE, height: PICTURE_SIDE });
  const context = context2d(canvas);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, PICTURE_SIDE, PICTURE_SIDE);
  paintStrokes(context, strokes, PICTURE_SIDE);
  return canvas;
}
