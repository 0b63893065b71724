"""Take the README's screenshots of the page: python -m tests.tools.screenshots"""

import argparse

from playwright.sync_api import sync_playwright

from tests.helpers.browser import draw, launch, ready
from tests.helpers.drawings import NON_DIGIT_DRAWINGS, STYLES, number
from tests.helpers.paths import ROOT
from tests.helpers.server import serving

FOLDER = ROOT / "assets" / "screenshots"

DESKTOP = {"viewport": {"width": 1100, "height": 740}, "device_scale_factor": 1.5}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
# Each row: name of the file, window, theme, drawing.
SCREENSHOTS = (
    ("desktop-light", DESKTOP, "light", STYLES["slashed zero"][1]),
    ("desktop-dark", DESKTOP, "dark", number("2026")),
    ("phone", PHONE, "light", NON_DIGIT_DRAWINGS["smiley"]),
)


def main() -> None:
    argparse.ArgumentParser(description="Write the README's screenshots into assets/screenshots.").parse_args()
    FOLDER.mkdir(exist_ok=True)
    with serving() as server, sync_playwright() as playwright:
        browser = launch(playwright)
        for name, window, theme, drawing in SCREENSHOTS:
            page = browser.new_context(**window, color_scheme=theme).new_page()
            ready(page, f"{server.address}/?__theme={theme}")
            draw(page, drawing, fully=True)
            page.mouse.move(0, 0)
            page.wait_for_timeout(1200)
            page.screenshot(path=FOLDER / f"{name}.png")
            print(FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
