"""The static site in Chromium: it reads drawings without a server, below any path, offline, and like Python."""

import re
import shutil
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from model.data.drawings import read_drawings
from tests.helpers.browser import ready
from tests.helpers.embedded import SMALLEST, check_embedded
from tests.helpers.page import DESKTOP, eventually
from tests.helpers.paths import ROOT
from tests.helpers.waiting import wait_until
from web.export.check import compare, serving
from web.export.sizes import needed_at_first, size_of

pytestmark = pytest.mark.slow
PATH = "some/sub/path"
# Wait until the service worker of a version has taken the place of the one before.
UPDATED = """async (version) => {
  const registration = await navigator.serviceWorker.ready;
  await registration.update();
  const isDone = async () => (await caches.keys()).some((name) => name.endsWith(version))
    && !registration.installing && !registration.waiting && registration.active.state === "activated";
  while (!(await isDone())) await new Promise((done) => setTimeout(done, 50));
}"""
MAX_BYTES = 1_200_000
SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ value }) => value)))
  .observe({ type: "layout-shift", buffered: true });"""


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of a static site, written by the command of the documentation. It is below PATH of another folder."""
    folder = tmp_path_factory.mktemp("host") / PATH
    done = subprocess.run([sys.executable, "demo.py", "--export", folder], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def visitor(chromium):
    """A new window with an empty cache, and the list of the errors in its console."""
    context = chromium.new_context(viewport=DESKTOP)
    context.set_default_timeout(60_000)
    errors = []
    context.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context, errors
    context.close()


def host_of(site):
    """The folder that a web server has as its root."""
    return site.parents[len(PATH.split("/")) - 1]


def open_example(page, index: int) -> None:
    page.locator("#examples .drawings button").nth(index).click()


def answer(page, number: str) -> None:
    expect(page.locator("#answer .number")).to_have_text(number)


def test_the_site_draws_explains_compares_learns_and_speaks_chinese_below_a_path_without_other_hosts(site, visitor):
    context, errors = visitor
    requests = []
    context.on("request", lambda request: requests.append(request.url))
    with serving(host_of(site)) as host:
        page = ready(context.new_page(), f"{host}{PATH}/")
        open_example(page, 0)
        answer(page, "2")
        expect(page.locator("#answer .timing")).not_to_contain_text("round trip")
        expect(page.locator("#answer .why")).to_be_visible()
        for section in ("steps", "compare", "about"):
            page.locator(f"#{section} summary").click()
        expect(page.locator("#steps canvas")).to_have_count(4)
        expect(page.locator("#compare tbody tr")).to_have_count(
            len(list((site / "static").glob("*/networks/*.bin"))) - 1
        )
        expect(page.locator("#about img").first).to_be_visible()
        page.locator("#correction .labels button").nth(3).click()
        answer(page, "3")
        with page.expect_download() as download:
            page.locator("#kept-corrections .save").click()
        assert read_drawings(download.value.path()).labels == ["3"]
        page.locator("#correction .undo").click()
        expect(page.locator("#kept-corrections")).to_be_hidden()
        answer(page, "2")
        page.get_by_role("button", name="简体中文").click()
        expect(page.locator("#answer .reason")).to_contain_text("2")
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
        assert all(url.startswith((host, "data:", "blob:")) for url in requests)
        scripts = {url.rpartition("/")[2] for url in requests if url.endswith(".js")}
        assert scripts <= {"before_paint.js", "first.js", "others.js", "painter_worker.js", "worker.js"}
    assert errors == []


def test_the_site_shows_every_network_tiles_erasures_a_comparison_and_the_timeline_and_opens_links(site, visitor):
    context, errors = visitor
    with serving(host_of(site)) as host:
        page = ready(context.new_page(), f"{host}{PATH}/")
        open_example(page, 0)
        answer(page, "2")
        inside = page.locator("#inside")
        inside.locator(".strip").scroll_into_view_if_needed()
        for network, count in (("softmax", 1), ("dense", 1), ("deep-mnist", 3), ("digits", 6)):
            inside.locator("select").select_option(network)
            expect(inside.locator(".layers > li")).to_have_count(count)
        # The worker has painted: a canvas gets its size from it.
        maps = inside.locator(".step canvas")
        eventually(page, lambda: maps.evaluate_all("(all) => all.every((it) => it.width > 1)"))
        page.locator("#networks").scroll_into_view_if_needed()
        expect(page.locator("#networks .tiles li")).to_have_count(
            len(list((site / "static").glob("*/networks/*.bin"))) - 1
        )
        for change in ("move", "turn"):
            page.locator(f"#networks [data-change={change}]").click()
            expect(page.locator(f"#networks [data-change={change}]")).to_have_attribute("aria-pressed", "true")
        page.locator("#erasures summary").click()
        expect(page.locator("#erasures .blocks > *")).to_have_count(49)
        page.locator("#answer .bar button").nth(7).click()
        expect(page.locator("#answer .bar.contrast")).to_have_count(1)
        expect(page.locator("#answer .reason")).to_contain_text("7")
        expect(page.locator("#timeline [role=slider], #timeline input")).to_be_visible()
        page.locator("#share .link").click()
        link = page.evaluate("location.href")
        assert "#drawing=" in link
        page.locator("#examples input[type=file]").set_input_files(ROOT / "assets" / "icons" / "icon-192.png")
        expect(page.locator("#answer .reason")).to_contain_text("needs the server version of this page")
        page.locator("#quiz summary").click()
        page.locator("#quiz .start").click()
        expect(page.locator("#quiz .prompt")).to_be_visible()
        page.close()
        page = ready(context.new_page(), link)
        answer(page, "2")
    assert errors == []


def test_nothing_moves_while_the_site_loads_and_the_first_answer_comes_before_the_other_sections(site, visitor):
    context, errors = visitor
    held = []
    with serving(host_of(site)) as host:
        page = context.new_page()
        page.route("**/others.js", lambda route: held.append(route))
        page.add_init_script(SHIFTS)
        ready(page, f"{host}{PATH}/")
        assert page.evaluate("shifts") == []
        open_example(page, 0)
        answer(page, "2")
        expect(page.locator("#inside details")).to_have_attribute("open", "")
        expect(page.locator("#correction .labels")).to_be_hidden()
        wait_until(lambda: held, 10, lambda: page.wait_for_timeout(50))
        held[0].continue_()
        expect(page.locator("#correction .labels")).to_be_visible()
        expect(page.locator("#correction .labels button").nth(3)).to_have_attribute("aria-disabled", "false")
    assert errors == []


def test_the_site_has_an_embedded_view_for_a_small_frame(site, visitor):
    context, errors = visitor
    with serving(host_of(site)) as host:
        page = context.new_page()
        page.set_viewport_size(SMALLEST)
        check_embedded(ready(page, f"{host}{PATH}/?embed"))
        expect(page.locator("#correction .labels")).to_be_hidden()
    assert errors == []


def test_the_site_answers_offline_after_the_first_visit_and_can_be_installed(site, visitor):
    context, errors = visitor
    with serving(host_of(site)) as host:
        page = ready(context.new_page(), f"{host}{PATH}/")
        page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
        problems = context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
        assert [problem["errorId"] for problem in problems if problem["errorId"] != "in-incognito"] == []
    page.close()
    page = ready(context.new_page(), f"{host}{PATH}/")
    open_example(page, 2)
    answer(page, "7")


def test_a_new_version_replaces_the_site_without_a_mix_of_versions(site, visitor, tmp_path):
    context, _ = visitor
    folder = tmp_path / "site"
    shutil.copytree(site, folder)
    with serving(tmp_path) as host:
        page = ready(context.new_page(), f"{host}site/")
        page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
        old = rename_version(folder, "0123456789abcdef")
        ready(page, f"{host}site/")
        page.evaluate(UPDATED, "0123456789abcdef")
        requests = []
        page.on("request", lambda request: requests.append(request.url))
        ready(page, f"{host}site/")
        versions = {match[1] for url in requests if (match := re.search(r"/static/(\w+)/", url))}
        assert versions == {"0123456789abcdef"} and old not in versions
        open_example(page, 2)
        answer(page, "7")


def rename_version(folder, version: str) -> str:
    """Give a site another version, as a new export does. Return the old version."""
    [files] = (folder / "static").iterdir()
    files.rename(files.with_name(version))
    for path in (folder / "index.html", folder / "worker.js", *folder.glob("*.webmanifest")):
        path.write_text(path.read_text(encoding="utf-8").replace(files.name, version), encoding="utf-8")
    return files.name


def test_the_site_needs_little_data_for_drawing(site):
    assert size_of(site, needed_at_first(site)) <= MAX_BYTES
    assert "sdk: static" in (site / "README.md").read_text(encoding="utf-8").split("---")[1]


def test_the_site_answers_like_python(site, visitor, classifier):
    context, _ = visitor
    page = context.new_page()
    with serving(site) as address:
        page.goto(address)
        result = compare(page, site, classifier, 2_000)
    print(result)
    assert result.different == [] and result.largest < 1e-4
