"""The page's visual components, as gr.HTML. The markup, style and module of each are in assets/components/<name>/."""

import json
from collections.abc import Sequence

import gradio as gr
from gradio.components import Component

from web.static_files import address
from web.texts import ASSETS

_NUMBERS = {"type": "array", "items": {"type": "number"}}
_SEVEN = [[0.3, 0.25], [0.7, 0.25], [0.45, 0.8]]


def heading() -> gr.HTML:
    """Return the title and the choice of a language."""
    return _component("heading", label="language")


def sketchpad() -> gr.HTML:
    """Return the pad. Value: {"strokes": [[[x, y], …], …]} in fractions of the pad's side, x right, y down."""
    strokes = {"type": "array", "items": {"type": "array", "items": _NUMBERS}}
    schema = {"type": "object", "properties": {"strokes": strokes}, "required": ["strokes"]}
    return _documented(_component("sketchpad", label="drawing", events=["input"]), schema, {"strokes": [_SEVEN]})


def answer_view() -> gr.HTML:
    """Return the verdict, the network's 28×28 input and ten bars. Value: an AnswerView, see shared/answers.js."""
    return _component("answer", label="answer", events=["retry", "rested"])


def answer_json() -> gr.JSON:
    """Return a hidden component for the API's answers. Value: the result of `schemas.answer_json`."""
    integers = {"type": "array", "items": {"type": "integer"}}
    reading = {
        "digit": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "verdict": {"type": "string"},
        "reason": {"type": "string"},
        "probabilities": _NUMBERS,
        "no_digit": {"type": "number"},
        "image": {"type": "array", "items": integers},
        "box": {"anyOf": [_NUMBERS, {"type": "null"}]},
        "strokes": integers,
    }
    properties = reading | {
        "number": {"type": "string"},
        "readings": {"type": "array", "items": {"type": "object", "properties": reading}},
        "current": {"type": "integer"},
        "milliseconds": {"type": "object", "additionalProperties": {"type": "number"}},
    }
    return _documented(gr.JSON(label="answer", visible=False), {"type": "object", "properties": properties})


def example_row() -> gr.HTML:
    """Return drawings to try, from assets/examples/, and a button to choose a picture.

    Value: {"strokes": …} or {"picture": …}.
    """
    drawings = [
        {"name": name} | json.loads(_read_asset(f"examples/{name}.json"))
        for name in ("two", "slashed-zero", "crossed-seven", "open-four", "2026", "letter", "scribble")
    ]
    return _component("examples", label="example", events=["input"], examples=drawings)


def share_tools() -> gr.HTML:
    """Return the buttons that copy a link or save a file. Value: {"strokes": …, "format": "link", "png" or "json"}."""
    return _component("share", label="share", events=["requested", "linked"])


def correction(visible: bool) -> gr.HTML:
    """Return the buttons that store a drawing with its label, for a server that stores corrections.

    Value: {"digit": …} if the drawing can be corrected, else {}. After a click: {"label": …}. When the correction is
    stored: {"label": …, "stored": true}. If the correction cannot be stored: {"label": …, "error": …}. The error is a
    message, or null if the server does not answer.
    """
    return _component("correction", label="correction", events=["labeled"], visible=visible)


def steps() -> gr.HTML:
    """Return the folded section that shows the steps of normalization. Value: the result of `schemas.trace_json`."""
    return _component("steps", label="steps", events=["opened"])


def comparison(own: str) -> gr.HTML:
    """Return the folded section that shows every model's reading.

    Value: the result of `schemas.comparison_json`.
    own: the name of the model that serves the page.
    """
    return _component("compare", label="every model", events=["opened"], own=own)


def about() -> gr.HTML:
    """Return the folded section with the network's measurements. Value: the result of `Api.about`."""
    return _component("about", label="about", events=["opened"])


def picture_file() -> gr.File:
    """Return a hidden component for the API's pictures."""
    file = gr.File(label="picture", visible=False)
    example = {"path": "digit.png", "url": "digit.png", "orig_name": "digit.png", "meta": {"_type": "gradio.FileData"}}
    return _documented(file, file.api_info(), example)


def hidden_json(label: str, example: object = None) -> gr.JSON:
    """Return a hidden component for a JSON value of the API."""
    return _documented(gr.JSON(label=label, visible=False), {}, example)


def page_settings() -> dict:
    """Return the arguments of `launch` and `mount_gradio_app` that decide how the page looks."""
    return {
        "theme": _theme(),
        "css": _read_asset("page/page.css"),
        "favicon_path": ASSETS / "page" / "favicon.svg",
    }


def _theme() -> gr.themes.Base:
    """Return Gradio's default theme with one accent color and with fonts that visitors already have."""
    return gr.themes.Default(
        primary_hue="indigo",
        secondary_hue="indigo",
        neutral_hue="zinc",
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    ).set(
        # The color of Gradio's default theme has a contrast of only 2.6:1 on white.
        body_text_color_subdued="*neutral_500",
        body_text_color_subdued_dark="*neutral_400",
    )


def call_module(name: str, function: str) -> str:
    """Return a JavaScript function that calls a function of a module.

    name: the path of the module below assets/. The function passes its arguments on, and returns a promise.
    """
    return f"async (...values) => (await {_import(name)}).{function}(...values)"


def _component(name: str, label: str, events: Sequence[str] = (), visible: bool = True, **props) -> gr.HTML:
    """Return a component from assets/components/<name>/<name>.{html,css,js}.

    The module exports `mount`. events: the events that it emits. props: the values that it reads.
    """
    path = f"components/{name}/{name}"
    mount = f"{_import(f'{path}.js')}.then(({{ mount }}) => mount({{ element, props, trigger, watch }}))"
    return gr.HTML(
        label=label,
        html_template=_read_asset(f"{path}.html"),
        css_template=_read_asset(f"{path}.css"),
        # Gradio accepts only events whose quoted names are in this text.
        js_on_load=f"{mount} // Events: {json.dumps(events)}",
        apply_default_css=False,
        elem_id=name,
        visible=visible,
        **props,
    )


def _import(name: str) -> str:
    """Return a JavaScript expression: the promise of a module. The page may be below a path, or in a frame."""
    return f'import(new URL("{address(name)}", document.baseURI))'


def _documented(component: Component, schema: dict, example: object = None) -> Component:
    """Set the JSON schema and an example of a component's value, for Gradio's API page.

    The attributes are set on the instance, not in a subclass: for a module that defines a component subclass, Gradio
    would write a .pyi file beside it.
    """
    component.api_info = lambda: schema
    component.example_payload = component.example_value = lambda: example
    return component


def _read_asset(path: str) -> str:
    return (ASSETS / path).read_text(encoding="utf-8")
