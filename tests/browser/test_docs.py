"""The documentation of the API in Chromium, and the links to it."""

import pytest
from playwright.sync_api import expect

from web.api import ENDPOINTS


@pytest.fixture
def tab(chromium):
    """A new tab. `tab.urls` collects the addresses of all requests."""
    context = chromium.new_context()
    tab = context.new_page()
    tab.urls = []
    tab.on("request", lambda request: tab.urls.append(request.url))
    yield tab
    context.close()


def test_the_documentation_lists_all_endpoints_and_sends_no_request_to_another_host(tab, server):
    errors = []
    tab.on("pageerror", lambda error: errors.append(error))
    tab.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    tab.goto(f"{server.address}/docs")
    expect(tab.locator(".opblock").first).to_be_visible()
    paths = set(tab.locator(".opblock-summary-path").evaluate_all("(all) => all.map((it) => it.dataset.path)"))
    assert {endpoint.path for endpoint in ENDPOINTS.values()} <= paths
    tab.locator(".opblock", has_text="/api/predict").first.click()
    tab.get_by_role("button", name="Try it out").click()
    tab.get_by_role("button", name="Execute").click()
    expect(tab.locator(".responses-inner .live-responses-table")).to_contain_text('"number": "7"')
    assert errors == []
    assert [url for url in tab.urls if not url.startswith((server.address, "data:", "blob:"))] == []


def test_the_pages_footer_leads_to_the_documentation(page, server):
    link = page.locator("#footer").get_by_role("link", name="API for programs")
    assert link.evaluate("(it) => it.href") == f"{server.address}/docs"


def test_the_address_of_gradios_view_of_the_api_leads_to_the_documentation(tab, server):
    tab.goto(f"{server.address}/?view=api")
    expect(tab.locator(".opblock").first).to_be_visible()
    assert tab.url == f"{server.address}/docs"
