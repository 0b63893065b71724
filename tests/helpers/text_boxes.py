"""Measure the boxes of the visible texts in a browser, and find texts that are cut or that overlap."""

from playwright.sync_api import Page

# Return a sentence for each text that is cut, that overlaps another text or a bar, or that lies outside the window.
FIND_PROBLEMS = """() => {
  const SLACK = 1;  // CSS pixels
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const spoken = (element) => getComputedStyle(element).clipPath !== "none" || element.closest(".sr-only, [inert]");
  const name = (text) => `“${text.slice(0, 40)}”`;

  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    const text = node.data.trim();
    if (!text || element.closest("script, style") || !shown(element) || spoken(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    // The height of a rectangle is that of the font, which is more than the height of the glyphs.
    for (const { left, right, top, bottom } of range.getClientRects()) {
      const unused = 0.2 * (bottom - top);
      texts.push({ element, text, left, right, top: top + unused, bottom: bottom - unused });
    }
  }

  const problems = new Set();
  const { documentElement } = document;
  if (documentElement.scrollWidth > innerWidth) problems.add(`the page is ${documentElement.scrollWidth} px wide`);
  for (const { element, text, left, right, top, bottom } of texts) {
    for (let box = element; box !== document.body; box = box.parentElement) {
      if (getComputedStyle(box).overflow === "visible") continue;
      const clip = box.getBoundingClientRect();
      const inside = left >= clip.left - SLACK && right <= clip.right + SLACK
        && top >= clip.top - SLACK && bottom <= clip.bottom + SLACK;
      if (!inside) problems.add(`${name(text)} is cut`);
    }
    if (left < -SLACK || right > innerWidth + SLACK) problems.add(`${name(text)} is outside the window`);
  }

  const bars = [...document.querySelectorAll("#answer :is(.track, .frame)")].filter(shown).map((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return { element, text: element.className, left, right, top, bottom };
  });
  const overlap = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > SLACK
    && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > SLACK;
  texts.forEach((one, index) => {
    for (const other of [...texts.slice(index + 1), ...bars]) {
      if (one.element !== other.element && overlap(one, other)) {
        problems.add(`${name(one.text)} overlaps ${name(other.text)}`);
      }
    }
  });
  return [...problems];
}"""


def text_problems(page: Page) -> list[str]:
    """Return a sentence for each visible text that is cut, overlaps another text, or is outside the window."""
    return page.evaluate(FIND_PROBLEMS)
