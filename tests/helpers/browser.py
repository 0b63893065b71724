"""Start Chromium, open the page, and draw on it."""

import shutil

from playwright.sync_api import Browser, FrameLocator, Mouse, Page, Playwright

# --no-sandbox allows Chromium to run as root in a container. Several other options stop requests that Chromium itself
# sends to other hosts, for example to search for updates.
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CURVE = 20
"""Number of points from which a stroke is a curve."""


def chromium_path() -> str | None:
    """Return the path of Chromium, or None if Chromium is not installed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def launch(playwright: Playwright) -> Browser:
    """Start Chromium."""
    return playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_OPTIONS)


def ready(page: Page, address: str) -> Page:
    """Open the page, and wait until the pad accepts strokes."""
    page.goto(address)
    page.locator("#sketchpad .invitation:not(:empty)").wait_for()
    return page


def on_pad(page: Page | FrameLocator, *points: tuple[float, float]) -> list[tuple[float, float]]:
    """Convert points on the pad to CSS pixels in the window. points: (x, y) as fractions of the pad's side."""
    box = page.locator("#sketchpad canvas").bounding_box()
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]


def draw(page: Page | FrameLocator, strokes: list, mouse: Mouse | None = None, fully: bool = False) -> None:
    """Draw strokes on the pad with the mouse. Afterwards, the mouse is at the end of the last stroke.

    Each point costs the time of an answer. Therefore, only every second point of a curve is drawn.

    mouse: the mouse of the tab; needed if `page` is a frame.
    fully: whether to draw all points of a curve.
    """
    mouse = mouse or page.mouse
    page.locator("#sketchpad .pad").scroll_into_view_if_needed()
    for stroke in strokes:
        drawn = stroke if fully or len(stroke) < CURVE else [*stroke[:-1:2], stroke[-1]]
        start, *rest = on_pad(page, *drawn)
        mouse.move(*start)
        mouse.down()
        for point in rest:
            mouse.move(*point)
        mouse.up()
