"""Gradio writes no type stubs when the page imports it."""

import importlib
import inspect

import gradio  # noqa: F401  Gradio's own components are complete before the tests define others.
import pytest

from web.stub_files import without_stub_files

COMPONENT = "from gradio import HTML\n\n\nclass Own(HTML):\n    EVENTS = []\n"


@pytest.fixture
def define(tmp_path, monkeypatch):
    """define(name): define a component in a new module. Return whether Gradio has written type stubs for the module."""
    monkeypatch.syspath_prepend(tmp_path)

    def define(name: str) -> bool:
        (tmp_path / f"{name}.py").write_text(COMPONENT)
        importlib.import_module(name)
        return (tmp_path / f"{name}.pyi").exists()

    return define


def test_gradio_writes_stubs_for_a_component_but_not_while_the_context_is_open(define):
    with without_stub_files():
        assert not define("component_without_stubs")
    assert define("component_with_stubs")


def test_afterwards_every_class_has_its_source_file_again():
    with pytest.raises(RuntimeError), without_stub_files():
        assert inspect.getfile(Exact) == __file__
        raise RuntimeError
    assert inspect.getfile(gradio.HTML).endswith("html.py")


class Exact:
    """A class that is no component."""
