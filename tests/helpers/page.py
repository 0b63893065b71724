"""Read the page in tests: the elements, the pixels, and the requests to the server."""

import base64
import io
from collections.abc import Callable

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from model.preprocessing.normalization import IMAGE_SIDE
from tests.helpers.browser import draw
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.waiting import wait_until
from web.joined_scripts import name_of
from web.scripts import PAGE

DESKTOP = {"width": 1280, "height": 720}
"""The viewport of a desktop window."""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
"""Options of Playwright's `new_context` for a phone's window."""

# This script runs in the page. It records the called endpoint of each call, and the drawing and the answer of each call
# of /predict. While `traffic.held` is true, the script holds back the answers of /predict. `traffic.delay` is the delay
# of each answer of /predict, in milliseconds. A worker requests the maps, so the script records the page's messages to
# it. The script also removes the drawing that the tab has kept for a reload, unless the page is reloaded. It folds the
# section “Inside the network”, which would cost every test time. It asks for reduced data, so that the server answers
# all drawings.
RECORD_TRAFFIC = r"""
Object.defineProperty(navigator, "connection", { value: { saveData: true } });
if (location.pathname.endsWith("/") && performance.getEntriesByType("navigation")[0].type === "navigate") {
  sessionStorage.clear();
}
localStorage.inside ??= "closed";
window.forgetTraffic = () => Object.assign(
  traffic, { endpoints: [], maxPending: 0, sent: [], answers: [], delay: 0, held: false });
window.traffic = { pending: 0, changed: 0 };
forgetTraffic();
{
  const fetchNow = window.fetch.bind(window);
  const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (task, ...moved) {
    if (task.wanted) traffic.endpoints.push("activations");
    return post.call(this, task, ...moved);
  };
  window.fetch = async (address, options) => {
    const endpoint = /^api\/(\w+)$/.exec(String(address))?.[1];
    if (endpoint) traffic.endpoints.push(endpoint);
    if (endpoint !== "predict") return fetchNow(address, options);
    traffic.sent.push(JSON.parse(options.body));
    traffic.maxPending = Math.max(traffic.maxPending, ++traffic.pending);
    try {
      const response = await fetchNow(address, options);
      await wait(traffic.delay);
      while (traffic.held) await wait(20);
      traffic.answers.push(await response.clone().json());
      return response;
    } finally {
      traffic.pending--;
      traffic.changed = performance.now();
    }
  };
}
"""

TIDY = """() => {
  forgetTraffic();
  document.activeElement.blur();
  document.querySelectorAll("details").forEach((section) => { section.open = false; });
  scrollTo(0, 0);
  history.replaceState(null, "", location.pathname);
  document.querySelector("#sketchpad .clear").click();
}"""


def module(path: str) -> str:
    """Return a JavaScript expression that loads a module of the served page. path: the module's path below assets/."""
    return f"import(document.querySelector(\"script[src$='/{PAGE}']\").src).then((file) => file.{name_of(path)})"


def eventually(page, condition: Callable[[], object]) -> None:
    """Wait until a condition is true. Fail after ten seconds. While the function waits, Playwright handles events."""
    wait_until(condition, seconds=10, pause=lambda: page.wait_for_timeout(20))


def settled(page):
    """Wait until 100 ms have passed without a pending request to /predict. Then the newest drawing has its answer."""
    page.wait_for_function("traffic.pending === 0 && performance.now() - traffic.changed > 100")
    return page


def rested(page):
    """Wait until the newest drawing has its answer, and until the page has noticed that the pen rests.

    The page then offers to correct the answer, and calls another endpoint for an explanation.
    """
    settled(page).wait_for_function("traffic.endpoints.at(-1) !== 'predict'")
    return page


def tidy(page) -> None:
    """Empty the pad, fold all sections, scroll to the top, and forget the recorded traffic and all stored values."""
    page.evaluate(TIDY)
    expect(invitation(page)).to_be_visible()
    settled(page)
    page.evaluate("forgetTraffic(), localStorage.clear(), sessionStorage.clear()")


def traffic(page) -> dict:
    """Return the requests and answers that RECORD_TRAFFIC has recorded."""
    return page.evaluate("traffic")


def digit(page):
    return page.locator("#answer .number")


def attribution(page) -> np.ndarray:
    """Return the opacity of each pixel of the attribution that the page shows, uint8 (28, 28)."""
    opacity = alpha(page.locator("#answer .why canvas"))
    scale = len(opacity) // IMAGE_SIDE  # The canvas has several pixels for each pixel of the network's input.
    return opacity.reshape(IMAGE_SIDE, scale, IMAGE_SIDE, scale).max(axis=(1, 3))


def invitation(page):
    return page.locator("#sketchpad .invitation")


def picture_of(locator) -> np.ndarray:
    """Return a screenshot of an element as gray values, uint8 (H, W)."""
    return np.asarray(Image.open(io.BytesIO(locator.screenshot())).convert("L"))


def ink_on(page) -> np.ndarray:
    """Return the opacity of each pixel of the pad's canvas, uint8 (H, W): 0 paper, 255 ink."""
    return alpha(page.locator("#sketchpad canvas"))


def alpha(canvas) -> np.ndarray:
    """Return the opacity of each pixel of a canvas, uint8 (H, W)."""
    png = canvas.evaluate("(it) => it.toDataURL()").partition(",")[2]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).getchannel("A"))


def stage_boxes(page) -> list:
    """Return the places of the pad and of the bars on the page, in CSS pixels."""
    return page.evaluate(
        """() => ["#sketchpad .pad", "#answer .bars"].map((name) => {
          const { x, y, width, height } = document.querySelector(name).getBoundingClientRect();
          return [x, y + scrollY, width, height].map(Math.round);
        })"""
    )


def draw_seven(page):
    draw(page, DIGIT_DRAWINGS[7])
    settled(page)
    expect(digit(page)).to_have_text("7")
    return page
