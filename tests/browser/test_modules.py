"""Test how the page loads its scripts, and how it loads below a path, in a frame, and with an added language."""

import contextlib
import json
import re
import shutil

import pytest
from playwright.sync_api import expect
from starlette.responses import HTMLResponse

from tests.helpers.browser import draw, ready
from tests.helpers.drawings import DIGIT_DRAWINGS, number
from tests.helpers.nginx import behind_nginx
from tests.helpers.page import digit, eventually
from tests.helpers.paths import ROOT
from tests.helpers.pictures import picture_from, render
from tests.helpers.proxy import below_path
from tests.helpers.server import Server, free_port, serving_in_thread
from web.scripts import PAGE
from web.texts import TEXTS

SCRIPT = re.compile(r"/static/[0-9a-f]{16}/(.+\.js)$")
"""The URL of a script of this project."""
WORKER = "components/inside/painter_worker.js"
"""The script of a worker. The page requests it when the section “Inside the network” is on the screen."""


@pytest.fixture(scope="module")
def window_of(chromium):
    """window_of(**options): a window with its own storage and cache. options: those of Playwright's `new_context`.

    Tests with the same options share a window, because its cache makes loading the page three times as fast.
    """
    windows = {}

    def window_of(**options):
        key = str(sorted(options.items()))
        if key not in windows:
            windows[key] = chromium.new_context(**options)
        return windows[key]

    return window_of


@pytest.fixture
def new_page(window_of):
    """new_page(**options): a new tab of a window, for a new visitor. The test fails if a script fails."""
    pages, errors = [], []

    def new_page(**options):
        pages.append(window_of(**options).new_page())
        pages[-1].on("pageerror", lambda error: errors.append(str(error)))
        return pages[-1]

    yield new_page
    for page in pages:
        page.evaluate("localStorage.clear(), sessionStorage.clear()")
        page.close()
    assert errors == []  # Errors that the scripts did not catch.


def test_until_the_first_answer_the_page_requests_one_script_of_this_project(new_page, server):
    page = new_page()
    urls = []
    page.on("request", lambda request: urls.append(request.url))
    ready(page, server.address)
    draw(page, DIGIT_DRAWINGS[7])
    expect(digit(page)).to_have_text("7")
    scripts = [match[1] for url in urls if (match := SCRIPT.search(url))]
    assert [name for name in scripts if name != WORKER] == [PAGE]


def test_the_page_logs_no_warning_and_no_error(new_page, server):
    page = new_page()
    messages = []
    page.on("console", lambda message: message.type in ("warning", "error") and messages.append(message.text))
    ready(page, server.address)
    draw(page, DIGIT_DRAWINGS[7])
    expect(digit(page)).to_have_text("7")
    assert messages == []


def test_the_page_adds_nothing_to_window(new_page, server):
    """All names on window are those of the browser or of Gradio."""
    page = new_page()
    ready(page, server.address)
    names = set(page.evaluate("Object.keys(window)"))
    page.goto(f"{server.address}/robots.txt")
    added = names - set(page.evaluate("Object.keys(window)"))
    assert {each for each in added if "gradio" not in each.lower() and not each.startswith("__")} <= {"iFrameResizer"}


ARABIC = {
    "name": "العربية",
    "direction": "rtl",
    # A text that is not translated, such as "redo", is shown in English.
    "texts": {"title": "ارسم رقمًا", "invitation": "ارسم هنا", "undo": "تراجع", "percent": "{percent} %"},
}


@pytest.fixture(scope="module", autouse=True)
def path_server(tmp_path_factory):
    """A server of a page below a path, with one more language, Arabic. It loads while the first tests run."""
    folder = tmp_path_factory.mktemp("page")
    for each in ("demo.py", "model", "web"):
        (folder / each).symlink_to(ROOT / each)
    shutil.copytree(ROOT / "assets", folder / "assets")
    (folder / "assets" / "locales" / "ar.json").write_text(json.dumps(ARABIC), encoding="utf-8")
    server = Server(free_port(), environment={"GRADIO_ROOT_PATH": "/some/path"}, folder=folder)
    server.launch()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def path_address(path_server):
    """The address of the page of `path_server`, behind a reverse proxy."""
    path_server.wait_until_ready()
    with below_path(path_server, "/some/path") as address:
        yield address


def test_the_page_works_below_a_path(new_page, path_address):
    page = new_page(locale="zh-CN")
    failed = []
    page.on("response", lambda response: response.status >= 400 and failed.append(response.url))
    ready(page, f"{path_address}/?__theme=light#section")
    expect(page.locator("#heading h1")).to_have_text(TEXTS["zh-CN"]["title"])
    draw(page, DIGIT_DRAWINGS[7])
    expect(digit(page)).to_have_text("7")
    page.locator("#about summary").click()
    expect(page.locator("#about tr").first).to_contain_text("MNIST")
    assert failed == []


@pytest.mark.parametrize("path", ["", "/some/path"])
def test_the_page_works_in_a_frame(new_page, server, path_address, path):
    page = new_page()
    page.goto((path_address if path else server.address) + "/robots.txt")
    page.evaluate(
        """(path) => {
          const frame = Object.assign(document.createElement("iframe"), { src: `${path}/`, width: 1200, height: 700 });
          document.body.replaceChildren(frame);
        }""",
        path,
    )
    frame = page.frame_locator("iframe")
    frame.locator("#sketchpad .invitation:not(:empty)").wait_for()
    frame.get_by_role("button", name="The number 2026").click()
    expect(frame.locator("#answer .number")).to_have_text("2026")


@pytest.mark.slow
def test_behind_nginx_in_a_frame_of_another_site_the_page_draws_reads_a_picture_and_shares_a_link(
    new_page, path_server, tmp_path
):
    path_server.wait_until_ready()
    picture_from(1 - render(DIGIT_DRAWINGS[2])).save(tmp_path / "two.png")
    with contextlib.ExitStack() as stack:
        address = stack.enter_context(behind_nginx(path_server, "/some/path"))
        frame = f'<iframe src="{address}/" width="1200" height="700" allow="clipboard-write"></iframe>'
        site = stack.enter_context(serving_in_thread(HTMLResponse(frame)))
        page = new_page(permissions=["clipboard-read", "clipboard-write"])
        page.goto(site.replace("127.0.0.1", "localhost"))  # For browsers, these are two sites.
        frame = page.frame_locator("iframe")
        frame.locator("#sketchpad .invitation:not(:empty)").wait_for()
        draw(frame, DIGIT_DRAWINGS[7], page.mouse)
        answer = frame.locator("#answer .number")
        expect(answer).to_have_text("7")
        frame.get_by_role("button", name="Copy link").click()
        expect(frame.locator("#share .link")).to_have_text("Copied")
        link = page.evaluate("navigator.clipboard.readText()")
        frame.locator("#examples input").set_input_files(tmp_path / "two.png")
        expect(answer).to_have_text("2")
        assert link.startswith(f"{address}/#drawing=")
        page.goto(link)
        expect(digit(page)).to_have_text("7")


# --- languages


def test_one_file_adds_a_language(new_page, path_address):
    page = ready(new_page(), f"{path_address}/")
    page.get_by_role("button", name="العربية").click()
    expect(page.locator("#heading h1")).to_have_text("ارسم رقمًا")
    expect(page.locator("#sketchpad .undo")).to_have_text("تراجع")
    expect(page.locator("#sketchpad .redo")).to_have_text("Redo")
    assert language(page) == ["ar", "rtl", "ارسم رقمًا"]
    draw(page, number("74"))
    expect(digit(page)).to_have_text("74")
    left = [each.bounding_box()["x"] for each in digit(page).get_by_role("button").all()]
    assert left == sorted(left)  # Numbers are written from left to right in every language.
    heading, languages = (page.locator(f"#heading {part}").bounding_box() for part in (".words", ".languages"))
    assert heading["x"] > languages["x"]
    page.get_by_role("button", name="English").click()
    expect(page.locator("#heading h1")).to_have_text("Draw a digit")
    assert language(page) == ["en", "ltr", "Draw a digit"]


def test_a_visitor_with_a_new_language_gets_it_at_once(new_page, path_address):
    page = ready(new_page(locale="ar-EG"), f"{path_address}/")
    assert language(page) == ["ar", "rtl", "ارسم رقمًا"]


def language(page) -> list[str]:
    return page.evaluate("[document.documentElement.lang, document.documentElement.dir, document.title]")


def test_a_slow_language_is_not_preceded_by_english(new_page, server):
    page = new_page(locale="zh-CN")
    page.add_init_script(RECORD_TITLES)
    held = []
    page.route("**/locales/zh-CN.json", lambda route: held.append(route))
    page.goto(server.address)
    eventually(page, lambda: held)
    page.locator("#heading h1").wait_for(state="attached")
    page.wait_for_timeout(300)
    held[0].continue_()
    expect(page.locator("#heading h1")).to_have_text(TEXTS["zh-CN"]["title"])
    assert page.evaluate("titles") == [TEXTS["zh-CN"]["title"]]


RECORD_TITLES = """
window.titles = [];
new MutationObserver(() => {
  const title = document.querySelector("#heading h1")?.textContent;
  if (title && title !== titles.at(-1)) titles.push(title);
}).observe(document, { childList: true, characterData: true, subtree: true });
"""


def test_a_language_that_cannot_be_loaded_leaves_the_page_in_english(new_page, server):
    page = new_page(locale="zh-CN")
    page.route("**/locales/zh-CN.json", lambda route: route.abort())
    ready(page, server.address)
    expect(page.locator("#heading h1")).to_have_text("Draw a digit")
    assert language(page) == ["en", "ltr", "Draw a digit"]
    draw(page, DIGIT_DRAWINGS[7])
    expect(digit(page)).to_have_text("7")


# --- older browsers

# Functions that browsers have had only since 2021 or later. Gradio's own scripts do not need them.
NEWER_FUNCTIONS = """
for (const [owner, ...names] of [
  [AbortSignal, "timeout", "any"],
  [Array.prototype, "toSorted", "toReversed", "toSpliced", "with", "findLast", "findLastIndex"],
  [Object, "groupBy"],
  [Map, "groupBy"],
  [Promise, "withResolvers", "try"],
  [Uint8Array, "fromBase64"],
  [Uint8Array.prototype, "toBase64"],
  [Set.prototype, "union", "difference"],
  [window, "scheduler", "requestIdleCallback"],
  [HTMLElement.prototype, "showPopover"],
]) for (const name of names) delete owner[name];
"""


def test_a_browser_without_newer_functions_reads_a_drawing(new_page, server):
    page = new_page()
    page.add_init_script(NEWER_FUNCTIONS)
    draw(ready(page, server.address), DIGIT_DRAWINGS[7])
    expect(digit(page)).to_have_text("7")
    assert page.evaluate("'toSorted' in [] || 'timeout' in AbortSignal") is False


def test_a_browser_that_is_too_old_says_what_it_lacks(chromium, server):
    page = chromium.new_page()  # Gradio's scripts fail, too. Therefore, this test does not use `new_page`.
    page.add_init_script("delete window.ResizeObserver; delete HTMLScriptElement.prototype.noModule")
    page.goto(server.address)
    expect(page.get_by_role("alert")).to_have_text(
        "This page needs a newer browser: this one lacks JavaScript modules, resize observers."
    )
    page.close()
