"""The page's components and events name modules, functions and events that exist."""

import re

import gradio as gr
import pytest

from tests.helpers.paths import ROOT
from tests.helpers.unloaded_page import unloaded_page
from web.components import call_in_page
from web.scripts import PAGE, page_scripts
from web.static_files import address

NAMES = sorted(path.name for path in (ROOT / "assets" / "components").iterdir())


@pytest.fixture(scope="module")
def page() -> gr.Blocks:
    return unloaded_page()


@pytest.fixture(scope="module")
def components(page) -> dict[str, gr.HTML]:
    """The components of the page, by name."""
    return {block.elem_id: block for block in page.blocks.values() if isinstance(block, gr.HTML)}


@pytest.fixture(scope="module")
def mounted() -> list[str]:
    """The names of the components whose function `mount` is in the page's script."""
    return re.search(r"const mounts = { (.+) };", page_scripts()[PAGE].decode())[1].split(", ")


def test_the_page_has_a_component_for_each_folder(components):
    assert sorted(components) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_component_mounts_its_module_which_emits_the_events_of_the_component(components, mounted, name):
    component = components[name]
    assert address(PAGE) in component.js_on_load and component.js_on_load.count("\n") == 0
    assert f"mounts.{name}(" in component.js_on_load and name in mounted
    module = read(f"components/{name}/{name}.js")
    assert "export function mount(" in module
    emitted = re.findall(r'rigger\("(\w+)"\)', module)
    assert set(emitted) == set(re.findall(r'"(\w+)"', component.js_on_load.partition("// Events:")[2]))


def test_every_event_calls_a_function_of_the_module_of_events(page):
    module = read("page/events.js")
    exports = re.findall(r"^export (?:async )?(?:function|const) (\w+)", module, re.MULTILINE)
    for names in re.findall(r"^export { (.+) } from ", module, re.MULTILINE):
        exports += names.split(", ")
    scripts = [function.js for function in page.fns.values() if function.js]
    called = [name for script in scripts for name in exports if script == call_in_page(name)]
    assert len(called) == len(scripts) > 10
    assert set(called) == set(exports)


def read(name: str) -> str:
    return (ROOT / "assets" / name).read_text()


def test_a_module_that_does_not_exist_is_refused():
    with pytest.raises(KeyError):
        address("page/nothing.js")
