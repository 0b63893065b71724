"""Draw the icons of the installed page from assets/page/favicon.svg: python -m tests.tools.icons"""

import argparse
import base64
import re

from playwright.sync_api import Page, sync_playwright

from tests.helpers.browser import launch
from tests.helpers.paths import ROOT

SOURCE = ROOT / "assets" / "page" / "favicon.svg"
FOLDER = ROOT / "assets" / "icons"
# Each row: name of the file, side in pixels, whether the system crops the corners.
ICONS = (
    ("icon-192", 192, False),
    ("icon-512", 512, False),
    ("maskable-512", 512, True),
    ("apple-touch-icon", 180, True),
)


def main() -> None:
    argparse.ArgumentParser(description="Write the icons of the installed page into assets/icons.").parse_args()
    FOLDER.mkdir(exist_ok=True)
    svg = SOURCE.read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        page = launch(playwright).new_page()
        for name, side, is_cropped in ICONS:
            # The system rounds the corners of a cropped icon itself. A transparent corner would become black or white.
            picture = re.sub(r' rx="\d+"', "", svg) if is_cropped else svg
            (FOLDER / f"{name}.png").write_bytes(drawn(page, picture, side))
            print(FOLDER / f"{name}.png")


def drawn(page: Page, svg: str, side: int) -> bytes:
    """Return an SVG as PNG of side × side pixels."""
    page.set_viewport_size({"width": side, "height": side})
    address = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
    page.set_content(f'<body style="margin: 0"><img style="display: block; width: {side}px" src="{address}">')
    page.locator("img").evaluate("(image) => image.decode()")
    return page.screenshot(omit_background=True)


if __name__ == "__main__":
    main()
