"""Take the README's animation of the page: python -m tests.tools.animation

A 3 is drawn and closed to an 8. The bars, the timeline and the maps of the network follow. The page is photographed
after each few points, when it has shown its answers. The heading and the rows between bars and maps are cut out.
"""

import argparse
import contextlib
import io
import json
from collections.abc import Iterator

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.helpers.browser import launch, on_pad, ready
from tests.helpers.paths import ROOT
from tests.helpers.server import serving
from tests.tools.screenshots import FOLDER

STROKES = json.loads((ROOT / "assets" / "examples" / "three-to-eight.json").read_text())["strokes"]
PATH = FOLDER / "drawing.webp"
WINDOW = {"viewport": {"width": 1100, "height": 1400}, "color_scheme": "light", "reduced_motion": "reduce"}
MARGIN = 16
"""CSS pixels around each part of the page."""
FRAMES = 44
"""Number of pictures while the digit is drawn."""
MILLISECONDS, FIRST, LAST = 110, 700, 2600
"""How long a picture, the first one and the last one are shown."""
WIDTH = 900
"""Width of the animation, about that of a README on GitHub."""
QUIET = 150
"""Milliseconds without a request until the page has shown all answers."""
PARTS = ("#sketchpad .pad", "#answer", "#timeline", "#inside .strip", "#inside .sizes")
MAX_BYTES = 1_500_000


def main() -> None:
    parser = argparse.ArgumentParser(description=f"Write the README's animation, assets/screenshots/{PATH.name}.")
    parser.add_argument("--address", help="address of a running page (default: start one)")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        address = options.address or stack.enter_context(serving()).address
        page = launch(stack.enter_context(sync_playwright())).new_context(**WINDOW).new_page()
        page.add_init_script(COUNT_REQUESTS)
        ready(page, address)
        frames = list(_frames(page))
    times = [FIRST, *[MILLISECONDS] * (len(frames) - 2), LAST]
    film = {"save_all": True, "append_images": frames[1:], "duration": times, "loop": 0}
    frames[0].save(PATH, "WEBP", quality=80, method=4, minimize_size=True, **film)
    size = PATH.stat().st_size
    print(f"{PATH}: {len(frames)} pictures, {sum(times) / 1000:.1f} s, {size:,} bytes")
    if size > MAX_BYTES:
        raise SystemExit(f"The animation is too large; expected at most {MAX_BYTES:,} bytes.")


# The script counts the requests that have no answer yet, and notes the time of the last change.
COUNT_REQUESTS = """
window.pending = 0;
window.since = 0;
const send = window.fetch;
window.fetch = async (...given) => {
  pending++;
  try { return await send(...given); } finally { pending--; since = performance.now(); }
};
"""


def _frames(page: Page) -> Iterator[Image.Image]:
    """Draw the digit. Yield the page before the first point, after each few points, and at the end."""
    page.locator("#inside .step").last.wait_for()
    page.locator("#sketchpad .pad").click(position={"x": 20, "y": 20})  # The example ends.
    page.keyboard.press("Control+z")  # In contrast to clearing, this shows no message.
    yield _photograph(page)
    count = sum(map(len, STROKES))
    drawn = 0
    for stroke in STROKES:
        (x, y), *rest = on_pad(page, *stroke)
        page.mouse.move(x, y)
        page.mouse.down()
        for point in rest:
            page.mouse.move(*point)
            drawn += 1
            if drawn * FRAMES // count > (drawn - 1) * FRAMES // count:
                yield _photograph(page)
        page.mouse.up()
    page.wait_for_timeout(1200)  # The labels and the attribution follow when the pen rests.
    yield _photograph(page)


def _photograph(page: Page) -> Image.Image:
    """Return the pad, the answer with the timeline, and the maps, one below the other, when the page is quiet."""
    page.wait_for_function(f"pending === 0 && performance.now() - since > {QUIET}")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    pad, answer, time, maps, end = (page.locator(name).first.bounding_box() for name in PARTS)
    left, right = pad["x"] - MARGIN, answer["x"] + answer["width"] + MARGIN
    upper = picture.crop((left, pad["y"] - MARGIN, right, time["y"] + time["height"] + MARGIN))
    lower = picture.crop((left, maps["y"] - MARGIN, right, end["y"] + end["height"] + MARGIN / 4))
    whole = Image.new("RGB", (upper.width, upper.height + lower.height), picture.getpixel((1, 1)))
    whole.paste(upper, (0, 0))
    whole.paste(lower, (0, upper.height))
    return whole.resize((WIDTH, round(whole.height * WIDTH / whole.width)), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
